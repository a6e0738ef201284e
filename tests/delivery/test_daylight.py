"""Quiet hours: who is awake, when the next hours begin, in every zone and over every change of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.delivery.daylight import Daylight, awake, opens_at, paused, zone_of
from chalicelib.subscribers.model import Row, Wishes

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "America/Sao_Paulo",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Ho_Chi_Minh",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda hours: hours[0] != hours[1])
USUAL = (8, 21)


def row(zone: str, *, hours: tuple[int, int] | None = None, paused_until: str = "") -> Row:
    """Somebody of a zone, with wishes."""
    wishes = Wishes(paused_until=paused_until, hours=hours)
    return Row("0" * 32, "a@city.example", None, ("email",), "immediate", "en", zone, "", (), wishes=wishes)


def changes(zone: str) -> list[datetime]:
    """The hours of 2026 and 2027 in which the zone's clock is changed."""
    start, one = datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1)
    hours = [start + one * n for n in range(2 * 365 * 24)]
    info = ZoneInfo(zone)
    return [h for h in hours if h.astimezone(info).utcoffset() != (h + one).astimezone(info).utcoffset()]


NEAR_CHANGES = [
    (zone, change + timedelta(minutes=minutes))
    for zone in ("America/New_York", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo")
    for change in changes(zone)
    for minutes in (-90, -1, 1, 45, 150)
]


def walked(hours: tuple[int, int], zone: ZoneInfo, now: datetime) -> float:
    """The same by looking at the clock every quarter of an hour: all changes and hours fall on one."""
    quarter = timedelta(minutes=15)
    moment = now
    if not awake(hours, moment.astimezone(zone)):
        moment = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + quarter
    while not awake(hours, moment.astimezone(zone)):
        moment += quarter
    return 0.0 if moment == now else moment.timestamp()


@pytest.mark.parametrize(
    ("hours", "hour", "is_awake"),
    [
        ((8, 21), 7, False),
        ((8, 21), 8, True),
        ((8, 21), 20, True),
        ((8, 21), 21, False),
        ((20, 2), 19, False),
        ((20, 2), 20, True),
        ((20, 2), 1, True),
        ((20, 2), 2, False),
        ((0, 24), 0, True),
        ((0, 24), 23, True),
        ((22, 24), 23, True),
        ((22, 24), 0, False),
    ],
)
def test_hours_begin_with_their_first_and_end_before_their_last(
    hours: tuple[int, int], hour: int, *, is_awake: bool
) -> None:
    assert awake(hours, datetime(2026, 11, 22, hour, 59, tzinfo=UTC)) is is_awake


@settings(deadline=None)
@given(HOURS, st.sampled_from(ZONES), MOMENTS)
@example((2, 3), "America/New_York", datetime(2026, 3, 8, 6, 30, tzinfo=UTC))  # the hour is left out that day
@example((2, 5), "America/New_York", datetime(2026, 3, 8, 6, 30, tzinfo=UTC))  # it begins at three
@example((0, 6), "America/Havana", datetime(2026, 3, 8, 4, 30, tzinfo=UTC))  # midnight is left out
@example((2, 9), "Australia/Lord_Howe", datetime(2026, 10, 3, 15, 0, tzinfo=UTC))  # by half an hour
@example((1, 2), "America/New_York", datetime(2026, 11, 1, 4, 30, tzinfo=UTC))  # the hour comes twice
def test_the_next_opening_is_the_first_moment_of_the_hours(
    hours: tuple[int, int], zone: str, now: datetime
) -> None:
    assert opens_at(hours, ZoneInfo(zone), now) == walked(hours, ZoneInfo(zone), now)


@settings(deadline=None)
@given(HOURS, st.sampled_from(NEAR_CHANGES))
def test_so_it_is_around_every_change_of_the_clock(
    hours: tuple[int, int], near: tuple[str, datetime]
) -> None:
    zone, now = near
    assert opens_at(hours, ZoneInfo(zone), now) == walked(hours, ZoneInfo(zone), now)


@settings(deadline=None)
@given(st.none() | HOURS, st.sampled_from(ZONES), MOMENTS)
def test_a_person_is_looked_up_by_their_own_hours_else_the_usual_ones(
    hours: tuple[int, int] | None, zone: str, now: datetime
) -> None:
    light = Daylight(USUAL, now)
    expected = opens_at(hours or USUAL, ZoneInfo(zone), now)
    assert [light.opens_at(row(zone, hours=hours)) for _ in range(2)] == [expected, expected]


@settings(deadline=None)
@given(st.sampled_from(ZONES), MOMENTS)
def test_a_pause_ends_with_the_day_where_the_person_is(zone: str, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(zone)).date()
    tomorrow = today + timedelta(days=1)
    assert not paused(row(zone), now)
    assert not paused(row(zone, paused_until=today.isoformat()), now)
    assert paused(row(zone, paused_until=tomorrow.isoformat()), now)


def test_a_zone_that_is_gone_counts_as_utc() -> None:
    assert zone_of("America/Atlantis") == ZoneInfo("UTC")
