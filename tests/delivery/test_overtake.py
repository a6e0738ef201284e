"""An urgent plan overtakes bulk on its channels, loses bulk nobody, and bulk goes on by itself."""

from dataclasses import replace

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.expand import expand
from chalicelib.delivery.halts import halted_until
from chalicelib.delivery.launch import launch
from chalicelib.delivery.overtake import MARGIN_S
from chalicelib.delivery.plans import plans
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, settle, spec, world

RATE = 5
PEOPLE = 150


def crowd(number: int, *, topic: str, first: int = 0) -> None:
    for n in range(first, first + number):
        person(n, topics=(topic,))


def at(platform: Platform) -> float:
    return platform.clock().timestamp()


@pytest.mark.parametrize(
    ("lane", "mode", "waits"),
    [("urgent", "live", True), ("urgent", "test", False), ("service", "live", False)],
)
def test_bulk_stands_aside_from_the_launch_on(platform: Platform, lane: str, mode: str, waits: bool) -> None:
    plan(lane=lane, mode=mode)
    assert (halted_until("bulk", "email", wiring=world()) > at(platform)) == waits
    assert halted_until("bulk", "sms", wiring=world()) == 0
    assert halted_until("service", "email", wiring=world()) == 0


def test_it_stands_aside_until_the_provider_has_taken_what_was_made(platform: Platform) -> None:
    platform.account.max_send_rate = RATE
    crowd(40, topic="roads")
    urgent = plan(lane="urgent")
    expand({"plan": urgent, "wave": 0, "beat": 0}, wiring=world())
    paced_until = plans(world()).wave(urgent, 0).paced_until
    assert paced_until == pytest.approx(at(platform) + 40 / RATE, abs=2)
    assert halted_until("bulk", "email", wiring=world()) == pytest.approx(paced_until + MARGIN_S)


def test_a_plan_too_old_to_send_holds_nobody_up(platform: Platform) -> None:
    now = platform.clock()
    old = replace(spec(lane="urgent"), send_until=int(now.timestamp()) - 1)
    launch(old, plan_id=time_ordered_id(now), now=now, wiring=world())
    assert halted_until("bulk", "email", wiring=world()) == 0


def test_an_urgent_plan_overtakes_and_bulk_loses_nobody(platform: Platform) -> None:
    platform.account.max_send_rate = RATE
    crowd(PEOPLE, topic="parks")
    crowd(20, topic="roads", first=PEOPLE)
    bulk = plan(audience={"topic": "parks"})
    settle(platform, within_s=10)
    before = len(platform.outbox)
    assert 0 < before < PEOPLE
    urgent = plan(lane="urgent")
    settle(platform, within_s=3600)
    order = [letter.tags["plan"] for letter in platform.outbox.letters()][before:]
    handed_over = len(order) - order[::-1].index(urgent)
    assert order[:handed_over].count(bulk) <= 0.02 * PEOPLE
    assert (outcome(urgent).sent, outcome(bulk).sent) == (20, PEOPLE)
    assert set(addressed(platform).values()) == {1}


def test_bulk_goes_on_seconds_after_the_urgent_plan(platform: Platform) -> None:
    platform.account.max_send_rate = RATE
    crowd(PEOPLE, topic="parks")
    crowd(1, topic="roads", first=PEOPLE)
    bulk = plan(audience={"topic": "parks"})
    settle(platform, within_s=10)
    before = len(platform.outbox)
    urgent = plan(lane="urgent")
    settle(platform, within_s=3600)
    later = platform.outbox.letters()[before:]
    end = max(letter.at for letter in later if letter.tags["plan"] == urgent)
    again = min(letter.at for letter in later if letter.tags["plan"] == bulk and letter.at > end)
    assert (again - end).total_seconds() <= MARGIN_S + 15
