"""Calls for help: made and added to by answers, worked off by the queue `answers`, seen to by staff.

A call is written before its message leaves, and is looked at again until the duty web hook has taken it and
it stands in the contact history: a message that is lost is sent again by the watch. Whoever works on a call
claims it by moving the moment at which it is due, so that a doubled message finds nothing to do.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.alerts.answers import tables
from chalicelib.alerts.answers.asked import Asked
from chalicelib.alerts.answers.model import HelpCall, Where, revised
from chalicelib.alerts.record.chain import note as record
from chalicelib.alerts.record.model import Event
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.answering import HELP
from chalicelib.delivery.flags import TRIES, Contended

QUEUE = "answers"
LEASE = timedelta(seconds=90)
"""How long a worker has; more than its function's time-out."""

WAITS_S = (5, 15, 30, 60, 120, 300)
"""Seconds between tries of what was in vain; the last one for ever."""

QUICK = 3
"""So many of these waits are the queue's; the longer ones the watch's: nothing circles in a queue long."""

LOST_AFTER = timedelta(seconds=45)
AT_ONCE = 100


def tell(
    asked: Asked, said: str, *, words: str, where: Where, entered: bool, at: datetime, wiring: Wiring
) -> None:
    """Makes a call for help of an answer, or adds to the one that there is. The same again is harmless.

    Another answer than "I need help" is told of a call only. `entered`: it stands in the history already.
    Raises Contended.
    """
    now = wiring.clock()
    for _ in range(TRIES):
        before = tables.read(asked.ref.subscriber_id, asked.alert.id)
        if before is None and said != HELP:
            return
        after = (
            revised(before, said, words, where, at=rfc3339(at)) if before else _first(asked, words, where, at)
        )
        if after == before:
            return
        after = replace(after, due_at=rfc3339(now))
        if (entered or said != HELP) and (before is None or before.entered >= before.revision):
            after = replace(after, entered=after.revision)
        if tables.write(after, was=before, now=now, wiring=wiring):
            _send(after, wiring=wiring)
            return
    raise Contended


def _first(asked: Asked, words: str, where: Where, at: datetime) -> HelpCall:
    return HelpCall(
        alert_id=asked.alert.id,
        subscriber_id=asked.ref.subscriber_id,
        plan_id=asked.ref.plan_id,
        channel=asked.ref.channel,
        mode=asked.alert.mode,
        asked_at=rfc3339(at),
        told_at=rfc3339(at),
        words=words,
        where=where,
    )


def claimed(subscriber_id: str, alert_id: str, *, due_at: str, wiring: Wiring) -> HelpCall | None:
    """The call, for the worker whose message names the moment at which it is due; None for a doubled one."""
    now = wiring.clock()
    call = tables.read(subscriber_id, alert_id)
    if call is None or call.due_at != due_at or parse_rfc3339(due_at) > now:
        return None
    mine = replace(call, due_at=rfc3339(now + LEASE))
    return mine if tables.write(mine, was=call, now=now, wiring=wiring) else None


def rest(call: HelpCall, *, told: bool, entered: bool, wiring: Wiring) -> None:
    """Notes what became of a claimed call; what was in vain is tried again after a while.

    What people or staff changed meanwhile stays, and has its own message.
    """
    now = wiring.clock()
    for _ in range(TRIES):
        present = tables.read(call.subscriber_id, call.alert_id)
        if present is None:
            return
        after = replace(
            present,
            told=max(present.told, call.revision if told else 0),
            entered=max(present.entered, call.revision if entered else 0),
        )
        if after.due_at == call.due_at:
            after = _next(after, now=now)
        if tables.write(after, was=present, now=now, wiring=wiring):
            if after.due_at not in ("", present.due_at) and after.tries <= QUICK:
                _send(after, wiring=wiring)
            return
    raise Contended


def _next(call: HelpCall, *, now: datetime) -> HelpCall:
    if call.done:
        return replace(call, due_at="", tries=0)
    wait_s = WAITS_S[min(call.tries, len(WAITS_S) - 1)] * random.uniform(1, 1.2)  # noqa: S311 - jitter
    return replace(call, due_at=rfc3339(now + timedelta(seconds=wait_s)), tries=call.tries + 1)


def send_again(*, wiring: Wiring) -> int:
    """Sends a message for each call that is due and has none, as it seems; how many there were."""
    found = tables.due(wiring.clock() - LOST_AFTER, limit=AT_ONCE)
    for subscriber_id, alert_id in found:
        if (call := tables.read(subscriber_id, alert_id)) and call.due_at:
            _send(call, wiring=wiring)
    return len(found)


def _send(call: HelpCall, *, wiring: Wiring) -> None:
    """Sends a call's message; where the queue fails, the watch does later."""
    message = {"subscriber": call.subscriber_id, "alert": call.alert_id, "due_at": call.due_at}
    wait_s = (parse_rfc3339(call.due_at) - wiring.clock()).total_seconds()
    try:
        wiring.queues.send(QUEUE, message, delay_s=max(0, int(wait_s) + 1) if wait_s > 0 else 0)
    except Exception as error:  # noqa: BLE001 - the call is written; nobody who needs help sees an error
        logger.failure("help-message-lost", error, alert=call.alert_id)


def waits(subscriber_id: str, alert_id: str) -> bool:
    """Whether somebody called for help in an alert, and did not say since that they need none."""
    call = tables.read(subscriber_id, alert_id)
    return call is not None and call.answer == HELP


def take(alert_id: str, subscriber_id: str, *, note: str, by: str, now: datetime, wiring: Wiring) -> HelpCall:
    """Notes who of the staff looks after a call, in the alert's record, too.

    Raises NotFound, Conflict (`help-taken` where somebody else does; `changed-meanwhile`).
    """
    call = tables.read(subscriber_id, alert_id)
    if call is None:
        raise NotFound("Nobody with this id called for help in this alert.")
    if call.taken_at:
        raise Conflict("Somebody looks after this call already.", code="help-taken")
    taken = replace(call, taken_at=rfc3339(now), taken_by=by, note=note)
    once = sha256(f"{subscriber_id} {call.revision}".encode()).hexdigest()
    detail = {"asked_at": call.asked_at, "told_at": call.told_at}
    record(alert_id, Event.ANSWERED_HELP, by=by, detail=detail, once=once, now=now, wiring=wiring)
    if not tables.write(taken, was=call, now=now, wiring=wiring):
        raise Conflict("This call was changed meanwhile; read it again.", code="changed-meanwhile")
    return taken
