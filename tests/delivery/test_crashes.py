"""A crash before and after every AWS call of a plan: nobody lost, nobody doubled, the equation exact, closed.

A clean run tells the calls; then each of them, by its place in the order, kills its function once.
"""

import pytest

from infra.platform.platform import Platform
from tests.delivery.everywhere import Tally, calls_of, everywhere_in_turn, run
from tests.delivery.harness import PEOPLE, SHARDS
from tests.delivery.mishaps import (
    CRASHES,
    LATE,
    PLAN,
    STILL,
    SWEEP,
    Mishap,
    Scene,
)

BANDED = Scene("a plan in bands", lambda call: call.function == "ExpandBulk", banded=True)
EACH = pytest.mark.parametrize("mishap", [*CRASHES, STILL], ids=lambda mishap: mishap.name)


def test_the_plan_has_three_chunks_of_mail_over_three_shards_and_one_of_texts(stage: Platform) -> None:
    calls = calls_of(stage, PLAN)
    assert [call.operation for call in calls].count("SendBulkEmail") == 3
    assert [call.operation for call in calls].count("Publish") == 2
    assert {int(start, 16) >> 2 for start, _ in PEOPLE} == set(range(SHARDS))


def test_a_run_makes_the_same_calls_each_time(stage: Platform) -> None:
    first, second = ([call[:3] for call in calls_of(stage, PLAN)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("mishap", "operation", "unknown"),
    [
        (CRASHES[0], "SendBulkEmail", 2),  # nothing is heard of them: they may have been sent
        (CRASHES[1], "SendBulkEmail", 0),  # their Send events settle them
        (
            STILL,
            "SendBulkEmail",
            0,
        ),  # unknown until the worker wakes up, and their Send events come after all
        (CRASHES[0], "Publish", 2),
        (CRASHES[1], "Publish", 2),  # no events tell of texts
    ],
    ids=lambda one: one.name if isinstance(one, Mishap) else str(one),
)
def test_between_a_claim_and_its_record(
    stage: Platform, mishap: Mishap, operation: str, unknown: int
) -> None:
    place = [call.operation for call in calls_of(stage, PLAN)].index(operation)
    tally = Tally()
    run(stage, PLAN, mishap, place, tally)
    assert tally.unknown == unknown


@EACH
def test_at_any_call_that_writes(stage: Platform, mishap: Mishap) -> None:
    assert everywhere_in_turn(stage, PLAN, mishap, whole=False).runs > 35


@pytest.mark.parametrize("mishap", CRASHES, ids=lambda mishap: mishap.name)
@pytest.mark.parametrize("of", [SWEEP, LATE], ids=lambda of: of.name)
def test_in_the_sweep_and_where_people_are_read_again(stage: Platform, mishap: Mishap, of: Scene) -> None:
    assert everywhere_in_turn(stage, of, mishap, whole=of is LATE).runs >= 4


@pytest.mark.parametrize(
    "mishap",
    [pytest.param(CRASHES[0], marks=pytest.mark.soak), CRASHES[1]],
    ids=lambda mishap: mishap.name,
)
def test_in_the_steps_of_a_plan_in_bands(stage: Platform, mishap: Mishap) -> None:
    assert everywhere_in_turn(stage, BANDED, mishap, whole=False).runs > 10


@pytest.mark.soak
@EACH
@pytest.mark.parametrize("of", [PLAN, SWEEP, LATE], ids=lambda of: of.name)
def test_at_any_read_too(stage: Platform, mishap: Mishap, of: Scene) -> None:
    assert everywhere_in_turn(stage, of, mishap, whole=True).runs >= 4
