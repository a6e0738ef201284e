"""Faults planned ahead come when they were meant to, as often, and then no more."""

from infra.planned import Planned


def taken(planned: Planned[int, str], *calls: int) -> list[str | None]:
    return [planned.take(call) for call in calls]


def test_a_fault_is_skipped_to_and_counted() -> None:
    planned: Planned[int, str] = Planned()
    planned.add("late", skip=1, times=2)
    assert taken(planned, 1, 2) == [None, "late"]
    assert planned.left == 1
    assert taken(planned, 3, 4) == ["late", None]
    assert planned.left == 0


def test_only_calls_that_are_meant_count() -> None:
    planned: Planned[int, str] = Planned()
    planned.add("even", skip=1, when=lambda call: call % 2 == 0)
    planned.add("any")
    assert taken(planned, 1, 2, 3, 4) == ["any", None, None, "even"]


def test_what_was_planned_can_be_forgotten() -> None:
    planned: Planned[int, str] = Planned()
    planned.add("never")
    planned.clear()
    assert (planned.left, planned.take(1)) == (0, None)
