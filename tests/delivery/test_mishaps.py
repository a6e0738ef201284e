"""Lost answers, throttles, conflicts, partial failures, and late, doubled and shuffled messages."""

import pytest

from infra.platform.platform import Platform
from tests.delivery.everywhere import (
    doubled_and_shuffled,
    each_message_in_turn,
    everywhere_at_once,
    everywhere_in_turn,
)
from tests.delivery.mishaps import (
    CONTENDED,
    LATE,
    MESSAGES,
    ONCE,
    PARTIAL,
    PLAN,
    REFUSED,
    SWEEP,
    UNHEARD,
    Mishap,
    Scene,
)


def named(kinds: tuple[Mishap, ...]) -> pytest.MarkDecorator:
    """A test of each of these."""
    return pytest.mark.parametrize("mishap", kinds, ids=lambda mishap: mishap.name)


SCENES = pytest.mark.parametrize("of", [PLAN, SWEEP, LATE], ids=lambda of: of.name)


@named((UNHEARD[1], REFUSED))
def test_to_the_end_of_the_invocation(stage: Platform, mishap: Mishap) -> None:
    assert everywhere_in_turn(stage, PLAN, mishap, whole=False).runs > 35


@named(ONCE)
def test_once_at_every_call_of_one_run(stage: Platform, mishap: Mishap) -> None:
    for of in (PLAN, LATE):
        assert everywhere_at_once(stage, of, mishap).positions > 20


@named(PARTIAL)
def test_what_is_taken_in_part(stage: Platform, mishap: Mishap) -> None:
    runs = [everywhere_in_turn(stage, of, mishap, whole=True).runs for of in (PLAN, SWEEP, LATE)]
    assert sum(runs) >= 3


@pytest.mark.parametrize("kind", ["again after 20 minutes", "20 minutes late"])
def test_each_message(stage: Platform, kind: str) -> None:
    assert each_message_in_turn(stage, MESSAGES[kind]).runs > 20


@pytest.mark.parametrize("seed", range(3))
def test_every_message_twice_in_any_order(stage: Platform, seed: int) -> None:
    doubled_and_shuffled(stage, seed)


@pytest.mark.soak
@named((*UNHEARD, REFUSED, CONTENDED, *ONCE))
@SCENES
def test_at_every_call(stage: Platform, mishap: Mishap, of: Scene) -> None:
    everywhere_in_turn(stage, of, mishap, whole=True)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["again after 200 seconds", "200 seconds late"])
def test_each_message_within_the_grace(stage: Platform, kind: str) -> None:
    assert each_message_in_turn(stage, MESSAGES[kind]).runs > 20


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 103))
def test_every_message_twice_in_a_hundred_orders(stage: Platform, seed: int) -> None:
    doubled_and_shuffled(stage, seed)
