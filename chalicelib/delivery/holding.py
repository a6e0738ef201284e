"""Whom a wave holds: who must not be written to at this moment, why, and until when."""

import math
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.core.wiring import Wiring
from chalicelib.delivery import waiting
from chalicelib.delivery.caps import Caps, Other
from chalicelib.delivery.daylight import Daylight, usual_hours
from chalicelib.delivery.ladder import Ladder
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.variants import Variants
from chalicelib.subscribers.streams import Row

QUIET_HOURS, CAPPED, FALL_BACK = "quiet-hours", "capped", "fall-back"
BEST_HOUR, VARIANTS = "best-hour", "variants"


class Hold(NamedTuple):
    """Why somebody is held, and when they may be written to (epoch seconds; infinity: never)."""

    reason: str
    until: float


def never(hold: Hold | None) -> bool:
    """Whether somebody is not to be written to at all: an earlier rung of the ladder reached them."""
    return hold is not None and math.isinf(hold.until)


class Holding:
    """Who is held by a plan on a channel at a moment; asked in ascending order of subscriber ids.

    `others` are the plans that count against its cap.
    """

    def __init__(
        self, head: PlanHead, channel: str, others: Sequence[Other], *, now: datetime, wiring: Wiring
    ) -> None:
        self._light = Daylight(usual_hours(wiring.settings), now) if head.daylight else None
        self._caps = Caps(head, channel, others, now=now, wiring=wiring) if others else None
        self._ladder = Ladder(head, channel, now=now.timestamp(), wiring=wiring) if head.ladder else None
        self._waiting = waiting.of_plan(head, wiring=wiring)
        self._now = now.timestamp()
        self._variants = Variants(head, channel, now=now, wiring=wiring) if head.variants else None

    def of(self, row: Row, ways: Collection[str]) -> Hold | None:
        """Whether a person is held, whom these channels lead to; None for those who may be written to."""
        if self._ladder is not None and (turn_at := self._ladder.turn_at(row.subscriber_id, ways)):
            return Hold(FALL_BACK, turn_at)
        if self._waiting is not None and (comes_at := self._waiting.turn(row)[1]) > self._now:
            return Hold(BEST_HOUR, comes_at)
        if self._variants is not None and (batch_at := self._variants.waits_until(row)):
            return Hold(VARIANTS, batch_at)
        if self._light is not None and (opens_at := self._light.opens_at(row)):
            return Hold(QUIET_HOURS, opens_at)
        if self._caps is not None and (free_at := self._caps.free_at(row.subscriber_id)):
            return Hold(CAPPED, free_at)
        return None
