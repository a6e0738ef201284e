"""Quiet hours and pauses: when a person wants to be written to, by the clock where they are. Pure.

Hours are whole and local: `(8, 21)` from eight in the morning until nine in the evening, `(20, 2)` passes
midnight, `(0, 24)` is the whole day. They are read from a clock on the wall: on the two days of a year on
which it is changed, an hour that comes twice counts twice, and one that is left out begins with the next.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chalicelib.core.settings import Settings
from chalicelib.subscribers.model import Row

DAYS = 3
"""Looked ahead for hours that begin: on one day of the year a short window may be left out."""

Hours = tuple[int, int]


def awake(hours: Hours, local: datetime) -> bool:
    """Whether a local time lies within hours."""
    start, end = hours
    if start < end:
        return start <= local.hour < end
    return local.hour >= start or local.hour < end


def opens_at(hours: Hours, zone: ZoneInfo, now: datetime) -> float:
    """When hours begin next in a zone (epoch seconds); 0.0 while they last."""
    local = now.astimezone(zone)
    if awake(hours, local):
        return 0.0
    return next(_openings(hours, zone, local.date(), now.timestamp()))


def _openings(hours: Hours, zone: ZoneInfo, day: date, now: float) -> Iterator[float]:
    for ahead in range(DAYS):
        # A time that the clock leaves out is read by the clock from before, and so falls on the change.
        start = datetime.combine(day + timedelta(days=ahead), time(hours[0]), tzinfo=zone)
        opens = start.timestamp()
        if opens > now and awake(hours, datetime.fromtimestamp(opens, zone)):
            yield opens
    yield now + timedelta(days=1).total_seconds()


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; UTC for one that is not known any more."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def paused(row: Row, now: datetime) -> bool:
    """Whether a person wants no newsletters yet: they come again from a day of their own calendar on."""
    until = row.wishes.paused_until
    return bool(until) and f"{now.astimezone(zone_of(row.time_zone)):%Y-%m-%d}" < until


def usual_hours(settings: Settings) -> Hours:
    """The deployment's hours, for people who chose none."""
    return settings.daylight_from, settings.daylight_to


class Daylight:
    """One moment, as many people's clocks show it; each zone and choice of hours is looked up once."""

    def __init__(self, usual: Hours, now: datetime) -> None:
        self._usual = usual
        self.now = now.astimezone(UTC)
        self._known: dict[tuple[str, Hours | None], float] = {}

    def opens_at(self, row: Row) -> float:
        """When newsletters may come to a person next (epoch seconds); 0.0 where they may now.

        The hours are the person's own, else the usual ones.
        """
        key = (row.time_zone, row.wishes.hours)
        found = self._known.get(key)
        if found is None:
            found = opens_at(row.wishes.hours or self._usual, zone_of(row.time_zone), self.now)
            self._known[key] = found
        return found
