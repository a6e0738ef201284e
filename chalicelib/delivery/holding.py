"""Whom a wave holds: who must not be written to at this moment, why, and until when."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.core.settings import Settings
from chalicelib.delivery.daylight import Daylight
from chalicelib.delivery.plan import PlanHead
from chalicelib.subscribers.streams import Row

QUIET_HOURS = "quiet-hours"


class Hold(NamedTuple):
    """Why somebody is held, and when they may be written to (epoch seconds)."""

    reason: str
    until: float


def usual_hours(settings: Settings) -> tuple[int, int]:
    """The deployment's hours, for people who chose none."""
    return settings.daylight_from, settings.daylight_to


class Holding:
    """Who is held by a plan at a moment; asked in ascending order of subscriber ids."""

    def __init__(self, head: PlanHead, *, now: datetime, settings: Settings) -> None:
        self._light = Daylight(usual_hours(settings), now) if head.daylight else None

    def of(self, row: Row) -> Hold | None:
        """Whether a person is held; None for those who may be written to."""
        if self._light is not None and (opens_at := self._light.opens_at(row)):
            return Hold(QUIET_HOURS, opens_at)
        return None
