"""Whatever goes wrong where it is collected, settled, studied what readers did, the same stands at last."""

from collections.abc import Iterator
from random import Random

import pytest

from infra.aws.sqs_queue import Mishaps
from tests.delivery import mishaps
from tests.delivery.engine import world
from tests.delivery.mishaps import CONTENDED, CRASHES, ONCE, PARTIAL, REFUSED, UNHEARD, Mishap
from tests.engagement import faults
from tests.engagement.faults import READING, STUDYING, Scene

LASTING = (REFUSED, UNHEARD[1])
IN_PART = tuple(one for one in PARTIAL if "mail" not in one.name)
BOTH = pytest.mark.parametrize("of", [READING, STUDYING], ids=lambda of: of.name)


def every(reading: int, studying: int) -> pytest.MarkDecorator:
    """Both scenes, each with a mishap at every so many calls; `make soak` takes all."""
    found = [(READING, reading), (STUDYING, studying)]
    return pytest.mark.parametrize(("of", "every"), found, ids=[of.name for of, _ in found])


def named(*kinds: Mishap) -> pytest.MarkDecorator:
    """A test of each of these."""
    return pytest.mark.parametrize("mishap", kinds, ids=lambda mishap: mishap.name)


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    with faults.scene() as made:
        yield made


@every(1, 6)
def test_a_function_that_dies_before_or_after_a_write(stage: Scene, of: mishaps.Scene, every: int) -> None:
    assert faults.everywhere_in_turn(stage, of, CRASHES, every=every) >= 7


@every(4, 12)
def test_what_is_busy_or_unheard_to_the_end(stage: Scene, of: mishaps.Scene, every: int) -> None:
    assert faults.everywhere_in_turn(stage, of, LASTING, every=every) >= 3


@named(*ONCE, *IN_PART[:1], *IN_PART[2:4])
def test_once_at_every_call_of_one_run(stage: Scene, mishap: Mishap) -> None:
    assert faults.everywhere_at_once(stage, mishap) >= 2


@pytest.mark.parametrize("seed", range(2))
def test_every_message_twice_in_any_order(stage: Scene, seed: int) -> None:
    assert stage.run(double=Mishaps(double=True, shuffle=Random(seed))) == stage.right


def test_a_message_that_cannot_be_read_stops_no_other_of_its_batch(stage: Scene) -> None:
    def poisoned() -> None:
        world().queues.send("events", {"id": "x", "kind": "nonsense", "plan": stage.plan_id})

    found = stage.run(before=poisoned)
    assert found.pop("dead") == ["crier-events-dead"]
    assert found.items() <= stage.right.items()


@pytest.mark.soak
@BOTH
@named(*CRASHES, *LASTING, CONTENDED)
def test_at_every_call(stage: Scene, of: mishaps.Scene, mishap: Mishap) -> None:
    faults.everywhere_in_turn(stage, of, [mishap], reads=True)
