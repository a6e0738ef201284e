"""The watch over records: notes what went wrong, counts how fast alerts went, sees whether all is whole.

Every minute while something of an alert is being sent; then ever more rarely, for reports come late, and no
more after three days.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.alerts import tables as alerts
from chalicelib.alerts.record import measure, report, tables
from chalicelib.alerts.record.chain import note, verify
from chalicelib.alerts.record.model import Event, Record
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.halts import halts
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.plan import HALTED
from chalicelib.delivery.plans import plans

AT_ONCE = 50
ROUND_S = 20.0
"""Seconds for which a round counts."""

SENDING_FRESH = timedelta(minutes=5)
EVERY = timedelta(minutes=1)
AFTERWARDS = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
"""How long after the last plan closed it is counted again."""


def look_after(*, wiring: Wiring) -> int:
    """One round over all records that are due; answers how many are broken or could not be looked at."""
    until = time.monotonic() + ROUND_S
    due = tables.due(rfc3339(wiring.clock()), limit=AT_ONCE)
    return sum(not _looked(alert_id, was, until=until, wiring=wiring) for alert_id, was in due)


def _looked(alert_id: str, was: str, *, until: float, wiring: Wiring) -> bool:
    try:
        at = look(alert_id, until=until, now=wiring.clock(), wiring=wiring)
        tables.look_again(alert_id, was=was, at=at)
        return _whole(alert_id)
    except Conflict:
        return True
    except Exception as error:  # noqa: BLE001 - the others must not wait for this one
        logger.failure("alert-record-failed", error, alert=alert_id)
        return False


def _whole(alert_id: str) -> bool:
    """Whether nobody tampered with a record, as far as it shows in itself; the log tells where."""
    broken_at = verify(tables.read(alert_id))
    if broken_at is not None:
        logger.warning("alert-record-broken", alert=alert_id, number=broken_at)
    return broken_at is None


def look(alert_id: str, *, until: float, now: datetime, wiring: Wiring) -> str:
    """Looks at one record; answers when to look again (RFC 3339), empty for never."""
    record = tables.read(alert_id)
    try:
        sent = list(report.plans_of(record, alerts.read(alert_id).plan_id, wiring=wiring))
    except NotFound:
        return ""
    for plan_id in sent:
        note_faults(record, plan_id, now=now, wiring=wiring)
    closed = [plans(wiring).state(plan_id).closed_at for plan_id in sent]
    open_, whole = not all(closed), True
    for plan_id in sent:
        seconds = max(0.0, until - time.monotonic())
        fresh = SENDING_FRESH if open_ else timedelta(0)
        found = measure.measure(alert_id, plan_id, seconds=seconds, fresh=fresh, now=now, wiring=wiring)
        whole = whole and found.closed
    if not sent:
        return ""
    return rfc3339(now + EVERY) if open_ or not whole else next_look(closed, now=now)


def next_look(closed: Iterable[str], *, now: datetime) -> str:
    """When to count again what was closed at these moments; empty for never. Pure."""
    last = max(map(parse_rfc3339, closed))
    return next((rfc3339(last + after) for after in AFTERWARDS if last + after > now), "")


def note_faults(record: Record, plan_id: str, *, now: datetime, wiring: Wiring) -> None:
    """Notes what stood in a plan's way, and that it is over; each once."""
    state, head = plans(wiring).state(plan_id, fresh=True), plans(wiring).head(plan_id)
    if state.status == HALTED:
        detail = {"plan": plan_id, "reason": state.reason}
        once = f"halted#{plan_id}#{state.reason}"
        note(record.alert_id, Event.SENDING_HALTED, detail=detail, once=once, now=now, wiring=wiring)
    begun = parse_rfc3339(head.created_at).timestamp()
    over = parse_rfc3339(state.closed_at).timestamp() if state.closed_at else now.timestamp()
    for channel in head.channels:
        halt = halts(wiring).read(head.lane, channel)
        halted_at = halt.until - LANES[head.lane].halt_s
        if halt.held:
            detail = {"channel": channel, "reason": halt.held}
            _halted(record, detail, once=f"held#{channel}#{halt.held_at}", now=now, wiring=wiring)
        elif begun <= halted_at <= over:
            detail = {"channel": channel, "reason": halt.reason}
            _halted(record, detail, once=f"halted#{channel}#{int(halt.until)}", now=now, wiring=wiring)
        if halt.end <= now.timestamp():
            _goes_on(record, channel, now=now, wiring=wiring)


def _halted(record: Record, detail: dict[str, str], *, once: str, now: datetime, wiring: Wiring) -> None:
    note(record.alert_id, Event.CHANNEL_HALTED, detail=detail, once=once, now=now, wiring=wiring)


def _goes_on(record: Record, channel: str, *, now: datetime, wiring: Wiring) -> None:
    """Notes that a channel that was seen halted goes on."""
    told = [one for one in record.entries if one.detail.get("channel") == channel]
    if told and told[-1].event == Event.CHANNEL_HALTED:
        once = f"goes-on#{told[-1].number}"
        detail = {"channel": channel}
        note(record.alert_id, Event.CHANNEL_GOES_ON, detail=detail, once=once, now=now, wiring=wiring)
