"""Notifications, one by one, to browsers and to the app alike."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.channels import push as module
from chalicelib.channels.base import Envelope, HaltLane, Letter, State
from chalicelib.channels.push import Push
from chalicelib.channels.push_crypto import public_key
from chalicelib.core.settings import Settings
from chalicelib.core.web import Web
from infra.aws.faults import refuse
from infra.aws.world import World
from infra.stand_ins.push_services import Browser, PushServices
from infra.stand_ins.transport import StandIns, too_many
from tests.channels.test_app_push import client, device, world
from tests.channels.test_web_push import SECRET

__all__ = ["client", "world"]

LETTER = Letter("Roads", "", "Closed. https://city.example/t/{{t}}/0", {})


@pytest.fixture
def services(world: World) -> Iterator[PushServices]:
    web = StandIns(world.clock)
    web.install()
    yield web.of(PushServices)
    web.uninstall()


@pytest.fixture
def push(world: World, client: Any) -> Push:
    return Push(client=client, web=Web(), secret=lambda: SECRET, settings=Settings(), clock=world.clock)


def send(push: Push, *addresses: str, seconds_left: float = 25) -> list[State]:
    envelopes = [Envelope(address, {"t": f"token{n}"}) for n, address in enumerate(addresses)]
    return [one.state for one in push.send(LETTER, envelopes, seconds_left=seconds_left)]


def browser(services: PushServices) -> Browser:
    return services.browser(public_key(SECRET))


def test_each_device_gets_its_own_link(services: PushServices, push: Push, world: World, client: Any) -> None:
    one, two = browser(services), device(client)
    assert send(push, one.address, two.arn, "nonsense") == [State.SENT, State.SENT, State.FAILED]
    assert one.shown[0]["url"].endswith("/t/token0/0")
    assert world.sns.devices.all[two.arn].shown[0]["url"].endswith("/t/token1/0")


def test_a_push_service_that_rests_holds_up_no_other_device(
    services: PushServices,
    push: Push,
    client: Any,
) -> None:
    services.faults.add(too_many())
    states = send(push, browser(services).address, browser(services).address, device(client).arn)
    assert states == [State.RETRY, State.RETRY, State.SENT]


def test_what_there_is_no_time_for_is_put_off(services: PushServices, push: Push) -> None:
    assert send(push, browser(services).address, seconds_left=module.SECONDS_PER_CALL - 1) == [State.RETRY]
    assert services.requests == []


def test_what_halts_the_lane_keeps_what_was_sent(
    services: PushServices,
    push: Push,
    world: World,
    client: Any,
) -> None:
    app = device(client).arn
    world.faults.add("sns", "Publish", refuse("AuthorizationError", status=403), times=2)
    assert send(push, browser(services).address, app) == [State.SENT, State.RETRY]
    with pytest.raises(HaltLane):
        send(push, app, browser(services).address)


def test_the_rate_is_of_the_settings(push: Push) -> None:
    assert (push.limits().chunk, push.limits().per_second) == (20, 100.0)
