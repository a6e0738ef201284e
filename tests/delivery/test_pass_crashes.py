"""A crash at every call that writes between two passes, and in the second: nobody lost, nobody doubled."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from chalicelib.delivery.plan import SENT
from infra.aws.faults import Fault, FunctionCrashed, crash
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, settle, spec
from tests.delivery.harness import Made, dead, places, watched
from tests.delivery.night import campaign, evening, pass_hours

ASLEEP = ("01", "80", "fe")
AWAKE = ("00", "fc")
MESSAGES = len(ASLEEP) * 2 + len(AWAKE)


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with evening() as running:
        yield running


def begun(platform: Platform) -> str:
    """A plan whose first pass is out, and its expanders have not looked since."""
    platform.reset()
    for number, start in enumerate(ASLEEP):
        one = f"{start}{number:030x}"
        person(number, channels=("email", "sms"), zone="Europe/London", subscriber_id=one)
    for number, start in enumerate(AWAKE, start=len(ASLEEP)):
        person(number, subscriber_id=f"{start}{number:030x}")
    plan_id = campaign(replace(spec(sms=True), daylight=True))
    settle(platform, within_s=0.5)
    found = outcome(plan_id)
    assert (found.sent, found.waiting, found.held) == (2, 0, {"quiet-hours": 6})
    return plan_id


def into_the_morning(platform: Platform) -> None:
    """Its waves go to sleep, and are woken by the sweep at eight in London."""
    settle(platform, within_s=60)
    platform.clock.advance(7 * 3600)
    for _ in range(2):
        with suppress(FunctionCrashed, Exception):
            platform.fire("sweep")
        settle(platform, within_s=60)


@pytest.mark.parametrize(
    ("done", "whole"),
    [
        pytest.param(True, False, id="after"),
        pytest.param(True, True, id="after any", marks=pytest.mark.soak),
        pytest.param(False, True, id="before any", marks=pytest.mark.soak),
    ],
)
def test_a_crash_at_any_call_loses_nobody_and_doubles_nobody(
    platform: Platform, *, done: bool, whole: bool
) -> None:
    calls: list[Made] = []
    plan_id = begun(platform)
    with watched(platform, calls.append):
        into_the_morning(platform)
    assert outcome(plan_id).sent == MESSAGES
    assert "Sweep" in {call.function for call in calls}
    for place in places(calls, whole=False):
        if not whole and calls[place].function not in {"ExpandBulk", "Sweep"}:
            continue  # workers do what they always do
        _crashed(platform, begun(platform), place, done=done)


def _crashed(platform: Platform, plan_id: str, place: int, *, done: bool) -> None:
    count = -1

    def on_call(_call: Made) -> Fault | None:
        nonlocal count
        count += 1
        return crash(done=done) if count == place else None

    with watched(platform, on_call):
        into_the_morning(platform)
    for _ in range(3):
        platform.clock.advance(1200)
        platform.fire("sweep")
        settle(platform)
    found, got = outcome(plan_id), addressed(platform)
    assert (found.status, found.waiting, found.planned) == (SENT, 0, MESSAGES), f"call {place}: {found}"
    assert found.closed_at
    assert set(got.values()) == {1}, f"call {place}: somebody got it twice"
    assert found.sent + found.unknown == MESSAGES
    assert found.sent <= len(got) <= MESSAGES
    assert not dead(platform)


def test_doubled_and_shuffled_messages_change_nothing(platform: Platform) -> None:
    plan_id = begun(platform)
    platform.world.sqs.mishaps.double = True
    try:
        pass_hours(platform, 8)
    finally:
        platform.world.sqs.mishaps.double = False
    assert (outcome(plan_id).status, outcome(plan_id).planned) == (SENT, MESSAGES)
    assert set(addressed(platform).values()) == {1}
