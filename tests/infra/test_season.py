"""The season of the demonstration: what its own arithmetic says; `make demo` runs the whole."""

from datetime import UTC, datetime

import pytest

from infra.demo.season import ZONE, _near, _next


@pytest.mark.parametrize(
    ("now", "hour", "day"),
    [
        (datetime(2026, 11, 22, 12, tzinfo=UTC), 9, 22),
        (datetime(2026, 11, 22, 15, tzinfo=UTC), 9, 23),
        (datetime(2026, 11, 23, 1, tzinfo=UTC), 19, 23),
        (datetime(2026, 11, 23, 0, tzinfo=UTC), 19, 23),
    ],
)
def test_the_next_hour_is_ahead(now: datetime, hour: int, day: int) -> None:
    found = _next(now, hour).astimezone(ZONE)
    assert (found.hour, found.minute, found.day) == (hour, 0, day)
    assert found > now


def test_near_is_within_a_tenth() -> None:
    assert [_near(found, 200) for found in (179, 180, 200, 220, 221)] == [False, True, True, True, False]
