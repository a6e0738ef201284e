"""How fast an alert went: its plans' timings, counted in parts, and kept with the record.

A plan of a hundred thousand messages takes seconds to count. So whoever wants to know counts on for a while
from where the last one stopped: a request of staff, and the watch.
"""

import json
import time
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.alerts.record import tables
from chalicelib.alerts.record.tables import TimingItem
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plans import plans
from chalicelib.delivery.timing import Timing, timing_of, walk


@dataclass(frozen=True)
class Measured:
    """The last whole count of a plan's timing, as of `at` (RFC 3339); `closed`: nothing was sent after it.

    None where there is none yet: another part must be counted first.
    """

    timing: Timing | None
    at: str = ""
    closed: bool = False


def measured(alert_id: str, plan_id: str) -> Measured:
    """What was counted last."""
    return _measured(tables.timing(alert_id, plan_id))


def measure(
    alert_id: str, plan_id: str, *, seconds: float, fresh: timedelta, now: datetime, wiring: Wiring
) -> Measured:
    """Counts on for so many seconds, unless the last count is `fresh`; answers the last whole one.

    Raises NotFound where there is no such plan.
    """
    item = tables.timing(alert_id, plan_id)
    if not item.walk:
        if item.counted_at and now - parse_rfc3339(item.counted_at) < fresh:
            return _measured(item)
        item.begun_at, item.walk_closed = rfc3339(now), plans(wiring).state(plan_id, fresh=True).closed_at
    timing = timing_of(_read(item.walk)) if item.walk else Timing()
    until = time.monotonic() + seconds
    walk(timing, plan_id, enough=lambda: time.monotonic() >= until, wiring=wiring)
    item.walk = _written(timing)
    if timing.done:
        item.counted, item.counted_at, item.closed = item.walk, item.begun_at, item.walk_closed
        item.walk = b""
    if tables.keep_timing(item):
        return _measured(item)
    return measured(alert_id, plan_id)


def _measured(item: TimingItem) -> Measured:
    if not item.counted:
        return Measured(None)
    return Measured(timing_of(_read(item.counted)), item.counted_at, bool(item.closed))


def _read(document: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(zlib.decompress(document))
    return found


def _written(timing: Timing) -> bytes:
    return zlib.compress(json.dumps(timing.document(), separators=(",", ":")).encode())
