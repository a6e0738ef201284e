"""When a drill is next."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.drills.model import REPEATS
from chalicelib.alerts.drills.schedule import after

BOSTON = "America/New_York"


class Example(NamedTuple):
    """Days, each meaning ten in the morning there."""

    name: str
    first: str
    repeat: str
    moment: str
    following: str | None


EXAMPLES = [
    Example("to come", "2026-11-22", "never", "2026-11-21", "2026-11-22"),
    Example("once", "2026-11-22", "never", "2026-11-22", None),
    Example("weekly", "2026-11-22", "weekly", "2026-11-22", "2026-11-29"),
    Example("from winter to summer", "2026-11-22", "weekly", "2027-03-10", "2027-03-14"),
    Example("a short month", "2027-01-31", "monthly", "2027-02-01", "2027-02-28"),
    Example("and a long one after it", "2027-01-31", "monthly", "2027-03-01", "2027-03-31"),
    Example("a leap day", "2028-02-29", "yearly", "2028-03-01", "2029-02-28"),
    Example("years missed", "2026-11-22", "monthly", "2036-06-01", "2036-06-22"),
]


def at_ten(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZoneInfo(BOSTON)).astimezone(UTC)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_the_next_time_is_at_the_same_hour_of_the_agencys_clocks(example: Example) -> None:
    found = after(at_ten(example.first), example.repeat, at_ten(example.moment), time_zone=BOSTON)
    assert found == (at_ten(example.following) if example.following else None)


moments = st.integers(0, 16 * 365 * 24).map(
    lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)


@given(moments, st.sampled_from(REPEATS[1:]), moments)
def test_the_next_time_is_to_come_and_none_was_passed_over(
    first: datetime, repeat: str, moment: datetime
) -> None:
    found = after(first, repeat, moment, time_zone=BOSTON)
    assert found is not None
    assert found > moment
    longest = {"weekly": 7, "monthly": 31, "yearly": 366}[repeat]
    assert found >= first
    assert found - max(moment, first) <= timedelta(days=longest, hours=2)
