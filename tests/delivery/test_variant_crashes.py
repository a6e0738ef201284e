"""A crash at every call that writes between two batches: nobody is lost or doubled, or gets other words."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.best_hour import FLAT, BestHour
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plan import SENT
from chalicelib.delivery.variants import HOLD_OUT_SHARE, draw, place
from infra.aws.faults import Fault, FunctionCrashed, crash
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, settle, world
from tests.delivery.harness import Made, dead, places, watched
from tests.delivery.night import DAYLIGHT
from tests.delivery.varied import HOURS, few, varied, versions

MORNING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TEN = BestHour((10, 11), 24, FLAT)
"""From ten to eleven, for all but control."""

PEOPLE = [f"{start:02x}{start:030x}" for start in (0x01, 0x42, 0x81, 0x9C, 0xC4, 0xFE)]


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with few(), Platform(frozen=MORNING, parameters=DAYLIGHT) as running:
        yield running


def batches_of(plan_id: str) -> list[int]:
    return [place(draw(plan_id, one).batch, (100, 100, 100, 700)) for one in PEOPLE]


def plan_id() -> str:
    """An id whose draws put one at least into each of the first two batches, and hold one out."""
    while True:
        found = time_ordered_id(MORNING)
        held_out = [draw(found, one).held_out < HOLD_OUT_SHARE for one in PEOPLE]
        if Counter(batches_of(found))[0] == 1 and Counter(batches_of(found))[1] == 2 and sum(held_out) == 1:
            return found


ID = plan_id()


def begun(platform: Platform, *, best: bool = False) -> None:
    """A plan whose first batch is out, an hour before the second is looked at; `best`: that waited."""
    platform.reset()
    for number, one in enumerate(PEOPLE):
        person(number, subscriber_id=one)
    made = replace(varied(), best_hour=TEN if best else None)
    launch(made, plan_id=ID, now=world().clock(), wiring=world())
    settle(platform, within_s=60)
    assert outcome(ID).sent == (0 if best else 1)
    platform.clock.advance((HOURS - 1) * 3600)
    if best:
        platform.fire("sweep")
        settle(platform, within_s=60)
        assert outcome(ID).sent == 1


def second_batch(platform: Platform) -> None:
    """It is looked at, and opens."""
    platform.clock.advance(3600 - 240)
    for _ in range(2):
        for schedule in ("variants", "sweep"):
            with suppress(FunctionCrashed, Exception):
                platform.fire(schedule)
        settle(platform, within_s=60)
        platform.clock.advance(240)


@pytest.mark.parametrize(
    ("done", "whole", "best"),
    [
        pytest.param(True, False, False, id="after"),
        pytest.param(False, False, True, id="before, at the best hour"),
        pytest.param(True, True, False, id="after any", marks=pytest.mark.soak),
        pytest.param(False, True, False, id="before any", marks=pytest.mark.soak),
        pytest.param(True, True, True, id="after any, at the best hour", marks=pytest.mark.soak),
    ],
)
def test_a_crash_at_any_call_loses_nobody_and_changes_nobodys_words(
    platform: Platform, *, done: bool, whole: bool, best: bool
) -> None:
    calls: list[Made] = []
    begun(platform, best=best)
    with watched(platform, calls.append):
        second_batch(platform)
    assert outcome(ID).sent == 3
    assert {"Variants", "ExpandBulk", "Sweep"} <= {call.function for call in calls}
    found = places(calls, whole=False)
    # Workers and the sweep do what they always do.
    few_of = [at for at in found if calls[at].function in {"Variants", "ExpandBulk"}][:: 5 if best else 2]
    for at in found if whole else few_of:
        begun(platform, best=best)
        _crashed(platform, at, done=done)


def _crashed(platform: Platform, place: int, *, done: bool) -> None:
    count = -1

    def on_call(_call: Made) -> Fault | None:
        nonlocal count
        count += 1
        return crash(done=done) if count == place else None

    with watched(platform, on_call):
        second_batch(platform)
    before = versions(ID)
    for _ in range(8):
        platform.clock.advance(2400)
        for schedule in ("variants", "sweep"):
            platform.fire(schedule)
        settle(platform, within_s=600)
    found, got, told = outcome(ID), addressed(platform), versions(ID)
    assert (found.status, found.waiting, found.planned) == (SENT, 0, len(PEOPLE)), f"call {place}: {found}"
    assert set(got.values()) == {1}, f"call {place}: somebody got it twice"
    assert found.sent + found.unknown == len(PEOPLE)
    assert all(len(versions) == 1 for versions in told.values())
    assert {one: told[one] for one in before} == before
    subjects = {letter.to: letter.subject.partition(":")[0] for letter in platform.outbox.letters()}
    for number, one in enumerate(PEOPLE):
        ((_, variant),) = told[one]
        assert subjects.get(f"person{number}@city.example", variant) == variant
    assert not dead(platform)


@pytest.mark.parametrize("best", [False, True])
def test_doubled_messages_change_nothing(platform: Platform, *, best: bool) -> None:
    begun(platform, best=best)
    platform.world.sqs.mishaps.double = True
    try:
        for _ in range(3 * HOURS * 3):
            platform.clock.advance(1200)
            for schedule in ("variants", "variants", "sweep"):
                platform.fire(schedule)
            settle(platform, within_s=600)
    finally:
        platform.world.sqs.mishaps.double = False
    assert (outcome(ID).status, outcome(ID).planned) == (SENT, len(PEOPLE))
    assert set(addressed(platform).values()) == {1}
