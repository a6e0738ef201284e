"""Asking again and again: waits grow while a server is in trouble, and end where it asks for too much."""

from datetime import timedelta

import pytest

from chalicelib.core.polling import pause

FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("failures", "after_s", "minutes"),
    [(0, 0, 5), (1, 0, 10), (3, 0, 40), (9, 0, 60), (500, 0, 60), (0, 900, 15), (0, 10**8, 24 * 60)],
)
def test_waits_grow_up_to_the_furthest_and_follow_the_server_for_a_day(
    failures: int, after_s: float, minutes: int
) -> None:
    waited = pause(FIVE, failures=failures, furthest=timedelta(hours=1), after_s=after_s)
    assert waited == timedelta(minutes=minutes)


def test_a_source_that_is_seldom_looked_at_is_not_looked_at_more_often_for_failing() -> None:
    assert pause(timedelta(hours=3), failures=2, furthest=timedelta(hours=1), after_s=0) == timedelta(hours=3)
