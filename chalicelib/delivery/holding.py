"""Whom a wave holds: who must not be written to at this moment, why, and until when."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.caps import Caps, Other
from chalicelib.delivery.daylight import Daylight
from chalicelib.delivery.plan import PlanHead
from chalicelib.subscribers.streams import Row

QUIET_HOURS, CAPPED = "quiet-hours", "capped"


class Hold(NamedTuple):
    """Why somebody is held, and when they may be written to (epoch seconds)."""

    reason: str
    until: float


def usual_hours(settings: Settings) -> tuple[int, int]:
    """The deployment's hours, for people who chose none."""
    return settings.daylight_from, settings.daylight_to


class Holding:
    """Who is held by a plan on a channel at a moment; asked in ascending order of subscriber ids.

    `others` are the plans that count against its cap.
    """

    def __init__(
        self, head: PlanHead, channel: str, others: Sequence[Other], *, now: datetime, wiring: Wiring
    ) -> None:
        self._light = Daylight(usual_hours(wiring.settings), now) if head.daylight else None
        self._caps = Caps(head, channel, others, now=now, wiring=wiring) if others else None

    def of(self, row: Row) -> Hold | None:
        """Whether a person is held; None for those who may be written to."""
        if self._light is not None and (opens_at := self._light.opens_at(row)):
            return Hold(QUIET_HOURS, opens_at)
        if self._caps is not None and (free_at := self._caps.free_at(row.subscriber_id)):
            return Hold(CAPPED, free_at)
        return None
