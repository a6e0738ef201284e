"""A cancel of an alert that is half-way out: to exactly whom it reached, each once, whatever is cut short."""

from collections.abc import Iterator

import pytest

from chalicelib.delivery.lanes import LEASE_S
from infra.aws.faults import Fault, crash
from infra.platform.platform import Platform
from tests.alerts.follow import half_way
from tests.delivery import harness
from tests.delivery.harness import Made, places


@pytest.fixture(scope="module")
def stage() -> Iterator[Platform]:
    with harness.stage() as platform:
        yield platform


def taken_back(
    stage: Platform, fault: Fault | None = None, place: int = -1
) -> tuple[half_way.Told, list[Made]]:
    """Whoever was told, and the calls of whoever took it back, and of the watch; one met a fault."""
    half_way.scene(stage)
    made = half_way.half_way(stage)
    since, calls = len(stage.outbox.letters()), list[Made]()

    def meet(call: Made) -> Fault | None:
        if not call.invocation or call.function not in {"-", "AlertWatch"}:
            return None
        calls.append(call)
        return fault if len(calls) - 1 == place else None

    half_way.take_back(stage, made, meet)
    return half_way.holds(stage, made, since=since), calls


def test_who_was_just_being_sent_it_is_corrected_too(stage: Platform) -> None:
    found, _ = taken_back(stage)
    assert found.alert.total() == 6
    assert {f"person{n}@city.example" for n in range(6)} - found.correction.keys() == {
        "person4@city.example",
        "person5@city.example",
    }
    at = {x.to: x.at for x in stage.outbox.letters() if "Cancelled" in f"{x.subject}{x.text}"}
    late = (at["+12025550000"] - at["person0@city.example"]).total_seconds()
    assert late > LEASE_S, "its claim had to settle first"


def test_a_crash_at_what_it_writes_whole_changes_nothing(stage: Platform) -> None:
    _, calls = taken_back(stage)
    marks = [n for n, call in enumerate(calls) if call.operation == "TransactWriteItems"]
    own = [n for n in marks if '"part":{"S":"head"}' in calls[n].body or "crier-alerts" in calls[n].body]
    extended = [n for n in marks if "REMOVE closed_at" in calls[n].body]
    assert len(own) > 2
    assert extended
    for place in (*own[:2], *extended):
        crashed(stage, calls, place, done=True)


@pytest.mark.soak
@pytest.mark.parametrize("done", [False, True])
def test_nor_does_one_at_any_call(stage: Platform, *, done: bool) -> None:
    _, calls = taken_back(stage)
    for place in places(calls, whole=not done):
        crashed(stage, calls, place, done=done)


def crashed(stage: Platform, calls: list[Made], place: int, *, done: bool) -> None:
    try:
        taken_back(stage, crash(done=done), place)
    except AssertionError as error:
        raise AssertionError(f"at call {place}: {calls[place].place}") from error
