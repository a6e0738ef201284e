"""Answers to alerts, whatever the order and however often."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.delivery import counters, evidence
from chalicelib.delivery.answering import ANSWERS, ATTRIBUTES, Answered, answered, changes_of
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import moment_text
from tests.delivery.returns import NOW, PLAN, World, world

ANA = DeliveryRef(PLAN, "0" * 32, "email")
BEN = DeliveryRef(PLAN, "1" * 32, "sms")
STRANGER = DeliveryRef(PLAN, "7" * 32, "email")


class Told(NamedTuple):
    answer: str
    minutes: int
    ref: DeliveryRef = ANA

    @property
    def at(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def scene(stage: World) -> World:
    return cleared(stage)


def cleared(stage: World) -> World:
    stage.clear()
    stage.deliver(ANA)
    stage.deliver(BEN)
    return stage


def tell(scene: World, told: Told) -> Answered:
    return answered(told.ref, told.answer, at=told.at, wiring=scene.wiring)


def standing(scene: World) -> list[dict[str, object]]:
    """What stands on both deliveries."""
    return [{one: scene.delivery(ref).get(one) for one in ATTRIBUTES} for ref in (ANA, BEN)]


def people(scene: World) -> dict[str, int]:
    """The people counters, without those that came back to zero."""
    found = [counters.people(PLAN, slot, wiring=scene.wiring) for slot in range(counters.SLOTS)]
    return {name: amount for one in found for name, amount in one.items() if amount}


def recounted(scene: World) -> dict[str, int]:
    """The same by the flags of the deliveries."""
    total: Counter[str] = Counter()
    for shard in (0, 4):
        total += evidence.flags(PLAN, shard, "", wiring=scene.wiring).counts
    return dict(total)


said = st.builds(Told, st.sampled_from(ANSWERS), st.integers(0, 5), st.sampled_from((ANA, BEN)))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(said, min_size=1, max_size=6).flatmap(lambda one: st.permutations(one + one[:2])))
def test_in_any_order_the_latest_holds_and_counts_agree(stage: World, told: list[Told]) -> None:
    cleared(stage)
    for one in told:
        tell(stage, one)
    for ref, found in zip((ANA, BEN), standing(stage), strict=True):
        mine = sorted((one.at, one.answer) for one in told if one.ref == ref)
        if not mine:
            assert not any(found.values())
            continue
        assert (found["answer_at"], found["answer"]) == (moment_text(mine[-1][0]), mine[-1][1])
        assert found["answered_at"] == moment_text(mine[0][0])
        for answer, name in (("safe", "safe_at"), ("help", "help_at"), ("not-here", "not_here_at")):
            moments = [moment_text(at) for at, one in mine if one == answer]
            assert found[name] == (min(moments) if moments else None)
    assert people(stage) == recounted(stage)


def test_help_after_safe_is_real_and_both_times_are_kept(scene: World) -> None:
    assert tell(scene, Told("safe", 1)) == Answered(True, "safe", new=True)
    assert tell(scene, Told("help", 9)) == Answered(True, "help", new=True)
    assert tell(scene, Told("help", 9)) == Answered(True, "help", new=False)
    assert people(scene) == {"email#answered": 1, "email#answer#help": 1}
    found = counters.read(PLAN, wiring=scene.wiring)
    timed = {name: amount for name, amount in found.items() if "#answers#" in name}
    assert timed == {
        "email#answers#2026-11-22T06:00#safe": 1,
        "email#answers#2026-11-22T06:05#help": 1,
    }
    events = [(item["name"], item["at"]) for item in scene.items("events")]
    assert sorted(events) == [
        ("answer-help", "2026-11-22T06:09:00.000000Z"),
        ("answer-safe", "2026-11-22T06:01:00.000000Z"),
    ]


def test_an_answer_to_a_message_that_is_not_there_leaves_nothing(scene: World) -> None:
    assert tell(scene, Told("help", 1, STRANGER)) == Answered(delivery=False)
    assert scene.items("events") == scene.items("counters") == []


def test_a_repeat_changes_nothing() -> None:
    first = changes_of({}, "safe", "2026-11-22T06:00:00")
    assert changes_of(first, "safe", "2026-11-22T06:00:00") == {}


def test_after_a_day_answers_are_counted_without_their_time(scene: World) -> None:
    tell(scene, Told("safe", 25 * 60))
    found = counters.read(PLAN, wiring=scene.wiring)
    assert found == {"email#answered": 1, "email#answer#safe": 1}
