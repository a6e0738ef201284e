"""Collecting: what a batch of events becomes, and what of it must come again."""

from typing import Any

import pytest

from chalicelib.core.clock import rfc3339
from chalicelib.delivery import counters, engaged, studying
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef
from chalicelib.engagement import collect
from chalicelib.subscribers.model import Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.features.driver import BROWSER


@pytest.fixture
def sent(platform: Platform) -> DeliveryRef:
    """A message to somebody who gives no leave, ten minutes old."""
    one = person(1, wishes=Wishes(tracking=False)).id
    plan_id = plan()
    run(platform)
    platform.clock.advance(600)
    return DeliveryRef(plan_id, one, "email")


def event(ref: DeliveryRef, event_id: str, **more: Any) -> dict[str, Any]:
    named = {"plan": ref.plan_id, "subscriber": ref.subscriber_id, "channel": ref.channel}
    at = rfc3339(world().clock())
    return {"id": event_id, "kind": "click", **named, "link": 0, "at": at, "agent": BROWSER, **more}


def told(*messages: dict[str, Any]) -> set[str]:
    """The places of those that must come again."""
    return collect.collect([(str(n), one) for n, one in enumerate(messages)], wiring=world())


def events_on(ref: DeliveryRef) -> set[str]:
    (item,) = engaged.read([ref], wiring=world())
    return set(engaged.events_on(item))


def asked(platform: Platform) -> int:
    """How many messages ask that something be settled."""
    return len(platform.world.sqs.queue("crier-settle").messages)


def test_the_events_of_a_message_stand_on_it_and_it_is_to_be_settled(
    platform: Platform, sent: DeliveryRef
) -> None:
    assert told(event(sent, "a"), event(sent, "b"), event(sent, "a")) == set()
    assert (events_on(sent), asked(platform)) == ({"a", "b"}, 1)


@pytest.mark.parametrize(
    "poison", [{"kind": "look"}, {"at": "now"}, {"signs": ["new"]}, {"kind": "reason", "reason": ""}]
)
def test_one_that_cannot_be_read_comes_again_and_stops_no_other(
    platform: Platform, sent: DeliveryRef, poison: dict[str, Any]
) -> None:
    assert told(event(sent, "a"), event(sent, "b", **poison), event(sent, "c")) == {"1"}
    assert (events_on(sent), asked(platform)) == ({"a", "c"}, 1)


def test_of_what_is_gone_nothing_comes_again(
    platform: Platform, sent: DeliveryRef, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = DeliveryRef(sent.plan_id, "7" * 32, "email")
    short = {"id": "s", "kind": "click", "plan_number": 99, "chunk": 0, "place": 0, "link": 0, "at": "x"}
    assert told(event(stranger, "a"), short) == set()
    assert "event-without-delivery" in caplog.text
    assert "event-without-plan" in caplog.text
    assert asked(platform) == 0


def test_a_short_token_is_looked_up_once(
    platform: Platform, sent: DeliveryRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[ShortRef] = []

    def resolve(short: ShortRef, **_: Any) -> DeliveryRef:
        looked.append(short)
        return sent

    monkeypatch.setattr(collect, "resolve", resolve)
    at = rfc3339(world().clock())
    short = {"kind": "click", "plan_number": 7, "chunk": 3, "place": 1, "link": 0, "at": at}
    assert told({"id": "a", **short}, {"id": "b", **short}) == set()
    assert (looked, events_on(sent)) == ([ShortRef(7, 3, 1)], {"a", "b"})


@pytest.mark.parametrize("how", ["asks not to be tracked", "without leave, totals taken"])
def test_what_is_of_nobody_is_counted_at_once_and_stands_on_no_delivery(
    platform: Platform, sent: DeliveryRef, how: str
) -> None:
    private = how.startswith("asks")
    if not private:
        studying.take_totals(sent.plan_id, wiring=world())
    told(event(sent, "a", signs=["private"] if private else []))
    assert (events_on(sent), asked(platform)) == (set(), 0)
    assert counters.read(sent.plan_id, wiring=world())["email#nobody#clicks"] == 1
