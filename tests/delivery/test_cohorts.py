"""Cohorts: each plan is learned once, a topic stays close to all until more is known."""

from dataclasses import replace

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.core.wiring import Wiring, wiring
from chalicelib.delivery import cohorts
from chalicelib.delivery.best_hour import FLAT, best_of
from infra.platform.platform import Platform


@pytest.fixture
def world(platform: Platform) -> Wiring:
    del platform
    return wiring()


def test_nothing_is_known_at_first(world: Wiring) -> None:
    assert cohorts.read("all", wiring=world) == cohorts.NOTHING
    assert cohorts.rates(["roads"], wiring=world) == FLAT


def test_a_plan_is_learned_once_and_old_ones_fade(world: Wiring) -> None:
    for _ in range(2):
        cohorts.add("all", "one", {9: (100.0, 50.0)}, 1_000, wiring=world)
    assert cohorts.read("all", wiring=world).hours == {9: (100.0, 50.0)}
    cohorts.add("all", "two", {18: (10.0, 5.0)}, 1_090, wiring=world)
    cohorts.add("all", "old", {18: (8.0, 4.0)}, 1_000, wiring=world)
    found = cohorts.read("all", wiring=world)
    assert (found.hours, found.day) == ({9: (50.0, 25.0), 18: (14.0, 7.0)}, 1_090)
    assert found.learned == ("one", "two", "old")


def test_a_topic_has_its_own_hours_once_enough_is_known(world: Wiring) -> None:
    cohorts.add("all", "one", {9: (5_000.0, 500.0), 18: (5_000.0, 1_500.0)}, 1_000, wiring=world)
    cohorts.add(cohorts.of_topic("roads"), "one", {9: (9_000.0, 4_000.0)}, 1_000, wiring=world)
    cohorts.add(cohorts.of_topic("parks"), "one", {9: (2.0, 2.0)}, 1_000, wiring=world)
    hours = range(24)
    assert best_of(cohorts.rates([], wiring=world), hours) == 18
    assert best_of(cohorts.rates(["roads"], wiring=world), hours) == 9
    assert best_of(cohorts.rates(["parks"], wiring=world), hours) == 18
    assert best_of(cohorts.rates(["parks", "roads"], wiring=world), hours) == 9
    many = ["roads", *(f"t{n}" for n in range(cohorts.TOPICS))]
    assert cohorts.rates(many, wiring=world) == cohorts.rates([], wiring=world)


def test_what_another_wrote_meanwhile_is_not_lost(world: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    cohorts.add("all", "one", {9: (1.0, 1.0)}, 1_000, wiring=world)
    before = cohorts.read("all", wiring=world)
    cohorts.add("all", "two", {9: (1.0, 0.0)}, 1_000, wiring=world)
    stale = iter([before])
    real = cohorts.read
    monkeypatch.setattr(cohorts, "read", lambda name, wiring: next(stale, None) or real(name, wiring=wiring))
    cohorts.add("all", "three", {9: (1.0, 0.0)}, 1_000, wiring=world)
    assert real("all", wiring=world).hours == {9: (3.0, 1.0)}
    monkeypatch.setattr(cohorts, "read", lambda name, wiring: replace(before, version=1))
    with pytest.raises(Conflict):
        cohorts.add("all", "four", {9: (1.0, 0.0)}, 1_000, wiring=world)
