"""What was sent and came back is counted by plan and by day; a resume sets a mark."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.core.dynamo import transact
from chalicelib.delivery.protection import ANYWHERE, BOUNCES, COMPLAINTS, Tally
from chalicelib.delivery.tallies import account_on, tallies
from infra.platform.platform import Platform
from tests.delivery import engine
from tests.delivery.returns import NOW, PLAN, World, world

EMPTY: dict[str, dict[int, int]] = {BOUNCES: {}, COMPLAINTS: {}}


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def scene(stage: World) -> World:
    stage.clear()
    return stage


def returns(scene: World, number: int, *, reason: str = BOUNCES, chunk: int = 0, first: int = 0) -> None:
    """So many people, spread over all shards, come back."""
    for n in range(first, first + number):
        operations = tallies(scene.wiring).coming_back(
            PLAN, f"{n * 4 % 256:02x}" + "0" * 30, reason, chunk=chunk, handed_at=NOW
        )
        transact(scene.wiring.dynamodb, operations)


def test_places_and_slots_are_summed(scene: World) -> None:
    returns(scene, 20, chunk=3)
    returns(scene, 5, chunk=8)
    returns(scene, 2, reason=COMPLAINTS, chunk=1_000_003)
    own, before = tallies(scene.wiring).read(PLAN)
    assert own == Tally(0, {BOUNCES: {4: 20, 10: 5}, COMPLAINTS: {4: 2}})
    assert before == Tally()
    everyone, _ = tallies(scene.wiring).read(account_on(NOW))
    assert everyone == Tally(0, {BOUNCES: {ANYWHERE: 25}, COMPLAINTS: {ANYWHERE: 2}})
    assert tallies(scene.wiring).read(account_on(NOW + timedelta(days=1)))[0] == Tally(0, EMPTY)
    assert len([one for one in scene.items("plans") if one["plan_id"] == PLAN]) == 8


def test_beginning_anew_keeps_what_was_counted(scene: World) -> None:
    returns(scene, 3)
    then, _ = tallies(scene.wiring).read(PLAN)
    tallies(scene.wiring).begin_anew(PLAN)
    returns(scene, 4, chunk=2)
    now, before = tallies(scene.wiring).read(PLAN)
    assert before == then
    assert now.total(BOUNCES) == 7


@pytest.mark.parametrize(("mode", "sent"), [("live", 60), ("test", 0)])
def test_the_account_counts_what_leaves(platform: Platform, mode: str, sent: int) -> None:
    for number in range(60):
        engine.person(number)
    plan = engine.plan(mode=mode)
    engine.run(platform)
    today = account_on(engine.world().clock())
    assert tallies(engine.world()).read(today)[0].sent == sent
    assert tallies(engine.world()).read(plan)[0].sent == 60
