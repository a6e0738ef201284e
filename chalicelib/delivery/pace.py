"""How fast a plan goes, when it should be done, and since when it stands still.

The sweep notes its counts every minute; a few notes are kept, in one small item of the plan.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.dynamo import marshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import CANCELLED, SENDING
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import Progress

WINDOW_S = 300
LEAST_S = 20
"""A rate is measured over the last five minutes, and over no less than this."""

Note = tuple[float, Mapping[str, int]]
"""A moment (epoch seconds), and how many messages of each channel the provider had answered by then."""


@dataclass(frozen=True)
class Pace:
    """The last minutes' notes, the oldest first, and since when nothing was planned or settled."""

    notes: tuple[Note, ...] = ()
    planned: int = -1
    waiting: int = -1
    since: float = 0.0

    def still_s(self, now: float) -> float:
        """Seconds for which it has stood still."""
        return max(0.0, now - self.since)


@dataclass(frozen=True)
class Outlook:
    """Messages a second over the last minutes, and when it should be done (RFC 3339), if it can be said."""

    per_second: float
    finish: str | None


def noted(pace: Pace, found: Progress, *, now: float, aside: bool = False) -> Pace:
    """The pace with the present counts. Pure.

    What somebody paused or halted does not stand still, nor what waits for its next pass, nor what stands
    `aside` for another plan.
    """
    kept = tuple(note for note in pace.notes if now - WINDOW_S <= note[0] <= now)
    present = {channel: one.handled for channel, one in found.by_channel.items()}
    moved = (pace.planned, pace.waiting) != (found.planned, found.waiting)
    asleep = bool(found.next_pass_at) and not found.waiting
    resting = asleep or aside or found.status not in (SENDING, CANCELLED)
    since = now if moved or resting else pace.since
    return Pace((*kept, (now, present)), found.planned, found.waiting, since)


def rates(pace: Pace, found: Progress, *, now: float) -> dict[str, float]:
    """Messages a second of each channel, since the oldest note of the last minutes. Pure."""
    began: Note = (parse_rfc3339(found.started_at).timestamp(), {})
    at, then = next((note for note in pace.notes if now - WINDOW_S <= note[0] <= now - LEAST_S), began)
    seconds = max(1.0, now - at)
    return {
        channel: max(0, one.handled - then.get(channel, 0)) / seconds
        for channel, one in found.by_channel.items()
    }


def finish(found: Progress, per_second: Mapping[str, float], *, now: float) -> str | None:
    """When the slowest channel should be done, as RFC 3339; None where one stands still. Pure."""
    longest = 0.0
    for channel, one in found.by_channel.items():
        left = max(one.expected, one.planned) - (one.planned - one.waiting)
        if left and not per_second[channel]:
            return None
        longest = max(longest, left / per_second[channel] if left else 0.0)
    try:
        return rfc3339(datetime.fromtimestamp(now + longest, UTC))
    except (ValueError, OverflowError):
        return None


def outlook(plan_id: str, found: Progress, *, now: datetime, wiring: Wiring) -> Outlook:
    """The outlook of a plan that is being sent."""
    moment = now.timestamp()
    per_second = rates(paces(wiring).read(plan_id), found, now=moment)
    return Outlook(round(sum(per_second.values()), 2), finish(found, per_second, now=moment))


class Paces:
    """The paces of one deployment: items `pace` of the table `plans`."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._table = wiring.settings.table("plans")

    def read(self, plan_id: str) -> Pace:
        """A plan's pace; an empty one before the first note."""
        key = marshal({"plan_id": plan_id, "part": "pace"})
        item = self._wiring.dynamodb.get_item(TableName=self._table, Key=key).get("Item")
        if item is None:
            return Pace()
        notes, *rest = json.loads(item["pace"]["S"])
        return Pace(tuple((at, counts) for at, counts in notes), *rest)

    def keep(self, plan_id: str, pace: Pace) -> None:
        """Keeps a plan's pace."""
        text = json.dumps([pace.notes, pace.planned, pace.waiting, pace.since], separators=(",", ":"))
        item = {
            "plan_id": plan_id,
            "part": "pace",
            "pace": text,
            "expires_at": plans(self._wiring).head(plan_id).expires_at,
        }
        self._wiring.dynamodb.put_item(TableName=self._table, Item=marshal(item))


@lru_cache(maxsize=8)
def paces(wiring: Wiring) -> Paces:
    """The paces of this process."""
    return Paces(wiring)
