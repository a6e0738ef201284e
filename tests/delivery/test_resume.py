"""A pause and a resume, or an extension, with a crash at every call that writes: those left get it, once."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.control import extend, pause, resume
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plan import SENDING, SENT
from infra.aws.faults import Fault, FunctionCrashed, crash
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, run, spec, world
from tests.delivery.harness import Made, places, watched

STARTS = ("00", "03", "80", "fc")


def launched(platform: Platform) -> str:
    """A plan over four people, two chunks, of which nothing happened yet."""
    platform.reset()
    platform.account.max_send_rate = 2
    for number, start in enumerate(STARTS):
        person(number, subscriber_id=f"{start}{number:030x}")
    now = world().clock()
    return launch(spec(), plan_id=time_ordered_id(now), now=now, wiring=world())


def begun(platform: Platform) -> str:
    """A plan whose first chunk is out."""
    plan_id = launched(platform)
    for _ in range(2):
        platform.drain_once()
    return plan_id


def sent(platform: Platform) -> str:
    """A plan that was sent, and two people who came late."""
    plan_id = launched(platform)
    run(platform)
    for number, start in enumerate(("01", "ff"), start=10):
        person(number, subscriber_id=f"{start}{number:030x}")
    return plan_id


def stop_and_go(platform: Platform, plan_id: str) -> None:
    """Pauses, and resumes, each again if that crashed, as a caller would."""
    for steer in (pause, resume):
        for _ in range(2):
            with suppress(FunctionCrashed):
                steer(plan_id, wiring=world())
        platform.drain_once()
    run(platform)


def go_further(platform: Platform, plan_id: str) -> None:
    """Extends, again if that crashed, as a caller would."""
    for _ in range(2):
        with suppress(FunctionCrashed):
            extend(plan_id, now=world().clock(), wiring=world())
    run(platform)


@pytest.mark.parametrize(
    "done", [pytest.param(False, id="before", marks=pytest.mark.soak), pytest.param(True, id="after")]
)
@pytest.mark.parametrize(
    ("begin", "act", "people"), [(begun, stop_and_go, 4), (sent, go_further, 6)], ids=["pause", "extend"]
)
def test_a_crash_at_any_call_loses_nobody_and_doubles_nobody(
    platform: Platform,
    begin: Callable[[Platform], str],
    act: Callable[[Platform, str], None],
    people: int,
    *,
    done: bool,
) -> None:
    calls: list[Made] = []
    plan_id = begin(platform)
    assert outcome(plan_id).status in (SENDING, SENT)
    with watched(platform, calls.append):
        act(platform, plan_id)
    assert outcome(plan_id).sent == people
    for place in places(calls, whole=False):
        _crashed(platform, begin(platform), act, place, people=people, done=done)


def _crashed(
    platform: Platform,
    plan_id: str,
    act: Callable[[Platform, str], None],
    place: int,
    *,
    people: int,
    done: bool,
) -> None:
    count = -1

    def on_call(_call: Made) -> Fault | None:
        nonlocal count
        count += 1
        return crash(done=done) if count == place else None

    with watched(platform, on_call):
        act(platform, plan_id)
    run(platform, sweeps=3)
    found, got = outcome(plan_id), addressed(platform)
    assert (found.status, found.waiting, found.planned) == (SENT, 0, people), f"call {place}"
    assert found.closed_at
    assert set(got.values()) == {1}, "somebody got it twice"
    assert found.sent + found.unknown == people
    assert found.sent <= len(got) <= people
