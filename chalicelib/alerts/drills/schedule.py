"""When a drill is next. Pure."""

from calendar import monthrange
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.alerts.drills.model import MONTHLY, NEVER, WEEKLY, Drill
from chalicelib.core.clock import parse_rfc3339, rfc3339

TOO_LATE = timedelta(hours=1)
"""A drill that could not be begun in this time is not begun any more: who expects it at ten goes at noon."""


def after(first: datetime, repeat: str, moment: datetime, *, time_zone: str) -> datetime | None:
    """The first time after a moment; None where there is none any more.

    The hour is that of the agency's clocks, summer and winter. A month without the day has its last one.
    """
    if repeat == NEVER:
        return first if first > moment else None
    begun = first.astimezone(ZoneInfo(time_zone))
    number = _passed(begun, repeat, moment)
    while (found := _nth(begun, repeat, number)) <= moment:
        number += 1
    return found


def due_at(drill: Drill) -> str:
    """When a drill is to be looked after next (RFC 3339, UTC); empty: never."""
    if drill.open_run or not drill.next_at:
        return drill.open_run.at if drill.open_run else ""
    if drill.reminded_at == drill.next_at or not drill.remind_minutes:
        return drill.next_at
    return rfc3339(parse_rfc3339(drill.next_at) - timedelta(minutes=drill.remind_minutes))


def _passed(begun: datetime, repeat: str, moment: datetime) -> int:
    """How many times have passed for sure."""
    days = max(0, (moment - begun).days)
    return max(0, days // {WEEKLY: 7, MONTHLY: 31}.get(repeat, 366) - 1)


def _nth(begun: datetime, repeat: str, number: int) -> datetime:
    """The n-th time, from 0."""
    if repeat == WEEKLY:
        return begun + timedelta(weeks=number)  # the same hour of the local clock: `begun` has its zone
    months = begun.month - 1 + number * (1 if repeat == MONTHLY else 12)
    year, month = begun.year + months // 12, months % 12 + 1
    return begun.replace(year=year, month=month, day=min(begun.day, monthrange(year, month)[1]))
