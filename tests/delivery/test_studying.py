"""When a plan is studied: four times, by whoever asks first, and from the last on its totals are taken."""

from datetime import timedelta

import pytest

from chalicelib.delivery import studying
from chalicelib.delivery.studying import HOURS, LAST, LEASE_S, Studying
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, world


@pytest.fixture
def made(platform: Platform) -> str:
    """A plan that was launched just now; its id."""
    person(1)
    return plan()


def due(after_s: float) -> list[Studying]:
    """What falls due so long from now."""
    return list(studying.due(now=world().clock() + timedelta(seconds=after_s), wiring=world()))


def test_it_falls_due_so_many_hours_after_its_launch_each_time_done(made: str) -> None:
    for taking, hours in enumerate(HOURS):
        assert due(hours * 3600 - 60) == []
        assert due(hours * 3600 + 60) == [Studying(made, taking, taken=False)]
        studying.done(made, taking, wiring=world())
        assert studying.is_over(made, wiring=world()) == (taking == LAST)
    assert due(1000 * 3600) == []
    assert studying.standing(made, wiring=world()) == Studying(made, LAST + 1, taken=False)


def test_who_asks_first_has_it_until_the_lease_ends(made: str) -> None:
    first = HOURS[0] * 3600 + 60
    assert len(due(first)) == 1
    assert due(first + LEASE_S - 60) == []
    assert len(due(first + LEASE_S + 60)) == 1


def test_a_time_that_is_done_is_not_done_again(made: str) -> None:
    for _ in range(2):
        studying.done(made, 0, wiring=world())
    found = studying.standing(made, wiring=world())
    assert found is not None
    assert found.taking == 1


def test_one_that_is_put_off_falls_due_later(made: str) -> None:
    studying.put_off(made, until=world().clock() + timedelta(hours=9), wiring=world())
    assert due(8 * 3600) == []
    assert len(due(9 * 3600 + 60)) == 1


def test_totals_once_taken_stay_so(made: str) -> None:
    for _ in range(2):
        studying.take_totals(made, wiring=world())
    assert studying.standing(made, wiring=world()) == Studying(made, 0, taken=True)


def test_of_a_plan_that_is_never_studied_nothing_is_made(made: str) -> None:
    unknown = "0" * 32
    studying.take_totals(unknown, wiring=world())
    studying.put_off(unknown, until=world().clock(), wiring=world())
    assert studying.standing(unknown, wiring=world()) is None
    assert not studying.is_over(unknown, wiring=world())
