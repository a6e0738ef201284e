"""Deliver: claim · send · record, three calls for a chunk of email.

A chunk is owned by one attempt of a worker, a delivery by a chunk. The provider is called once; whatever
happens after the claim is settled by the record of this attempt or, if that never comes, by the sweep.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from chalicelib.channels.base import (
    Ambiguous,
    Outcome,
    ProviderError,
    Retryable,
    State,
    Unfit,
)
from chalicelib.core.dynamo import Cancelled, Item, transact
from chalicelib.core.hotpath import Prepared
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import standing
from chalicelib.delivery.again import PAUSE_LOOK_S, backoff_s, halted, halves, put_off, tried_again
from chalicelib.delivery.attempt import Attempt
from chalicelib.delivery.carried import carried
from chalicelib.delivery.child_keys import resends_of
from chalicelib.delivery.chunk import READY, Chunk, look_at, message_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.costs import PAID, handed_over
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.doubt import record_doubts, sent_after_all, settle_in_doubt
from chalicelib.delivery.envelopes import envelopes, letter
from chalicelib.delivery.gone import tell_gone
from chalicelib.delivery.halts import halted_until, look_in_s
from chalicelib.delivery.ladder import awaits_answers, before, rungs_of
from chalicelib.delivery.lanes import LANES, LEASE_S
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, TOO_OLD
from chalicelib.delivery.plans import plans
from chalicelib.delivery.record import record
from chalicelib.delivery.reread import LATER, still_due
from chalicelib.delivery.ways_out import channel_of

SPREAD_S = 10
"""Seconds over which the chunks that waited for the end of one halt go on: all at once would be throttled."""

DUPLICATE = "already-taken"
ANSWERED_MEANWHILE = "answered"
SEND_S = 15
"""Seconds that a worker needs for one provider call (3 to connect, 10 to read) and its record."""

START_S = SEND_S + 5
"""Seconds below which a worker leaves a chunk to another."""


def deliver(message: dict[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Handles one chunk's message; harmless however often and however late it comes.

    `left`: the seconds until the worker's time-out, which the messages of its batch share. A claimed chunk is
    left to the attempt that holds it and, if that died, to the sweep.
    """
    head = plans(wiring).head(message["plan"])
    whole = carried(message, head)
    chunk = whole or chunks(wiring).read(head.plan_id, message["chunk"])
    if chunk is None or chunk.state != READY:
        return
    attempt = Attempt(head, chunk, secrets.token_hex(8), left, list(chunk.recipients))
    if whole is None or left() < START_S or _expired(attempt, now=wiring.clock().timestamp()):
        _look(message, attempt, wiring=wiring)
        return
    try:
        _go(attempt, standing.checks(chunk, wiring=wiring), wiring=wiring)
    except standing.Stopped:
        standing.stopped(chunk, wiring=wiring)
        again = Attempt(head, chunk, secrets.token_hex(8), left, list(chunk.recipients))
        _look(message, again, wiring=wiring)


def _look(message: dict[str, Any], attempt: Attempt, *, wiring: Wiring) -> None:
    """Looks how plan and lane stand, and sends, settles or puts off the chunk accordingly."""
    chunk = attempt.chunk
    status = plans(wiring).state(chunk.plan_id).status
    if status == CANCELLED:
        settle_ready(attempt, Outcome(State.CANCELLED, reason="plan-cancelled"), wiring=wiring)
        return
    now = wiring.clock().timestamp()
    if why := _expired(attempt, now=now):
        settle_ready(attempt, Outcome(State.EXPIRED, reason=why), wiring=wiring)
        return
    delay_s = _wait_s(chunk, status, left=attempt.left(), now=now, wiring=wiring)
    if delay_s:
        _later(message, chunk, delay_s=delay_s, now=now, wiring=wiring)
        return
    _go(attempt, [], wiring=wiring)


def _expired(attempt: Attempt, *, now: float) -> str:
    """Why nobody of a chunk is written to any more; empty while they are."""
    return attempt.chunk.let_go or (TOO_OLD if attempt.head.too_old(now) else "")


def _go(attempt: Attempt, checks: Sequence[Item], *, wiring: Wiring) -> None:
    _out_of_doubt(attempt, wiring=wiring)
    _reread(attempt, now=wiring.clock(), wiring=wiring)
    _answered(attempt, wiring=wiring)
    _prepare(attempt, wiring=wiring)
    if claim(attempt, checks, wiring=wiring):
        send(attempt, wiring=wiring)


def _wait_s(chunk: Chunk, status: str, *, left: float, now: float, wiring: Wiring) -> int:
    """Seconds that a chunk must wait: for its lane, its plan, or a worker with time; 0 if it may go."""
    halted = halted_until(chunk.lane, chunk.channel, wiring=wiring)
    if halted > now:
        return look_in_s(halted, now=now) + chunk.root % SPREAD_S
    if status in (PAUSED, HALTED):
        return PAUSE_LOOK_S
    return 1 if left < START_S else 0


def _later(message: dict[str, Any], chunk: Chunk, *, delay_s: int, now: float, wiring: Wiring) -> None:
    """Sends a ready chunk's message again after a delay, unless a doubled one or the sweep did so already."""
    if message.get("look") != chunk.due_at:
        return
    due_at = look_at(now + delay_s)
    look = chunks(wiring).look_again(chunk.plan_id, chunk.key, was=chunk.due_at, due_at=due_at)
    if look is not None:
        following = message_of(chunk.plan_id, chunk.key, look=look)
        wiring.queues.send(LANES[chunk.lane].deliver_queue, following, delay_s=delay_s)


def settle_ready(attempt: Attempt, outcome: Outcome, *, wiring: Wiring) -> None:
    """Settles a ready chunk unsent, with one outcome for all: its plan was cancelled or is too old.

    Whoever was to be sent to again stays in doubt.
    """
    if resends_of(attempt.chunk.key):
        settle_in_doubt(attempt.chunk, again=False, now=wiring.clock(), wiring=wiring)
        return
    outcomes = {recipient.subscriber_id: outcome for recipient in attempt.people}
    record(attempt.chunk, outcomes, attempt="", wiring=wiring)


def _out_of_doubt(attempt: Attempt, *, wiring: Wiring) -> None:
    """Who was to be sent to again, and was sent to after all, as events say by now, drops out as sent."""
    if resends_of(attempt.chunk.key):
        for recipient in sent_after_all(attempt.chunk, wiring=wiring):
            attempt.people.remove(recipient)
            attempt.outcomes[recipient.subscriber_id] = Outcome(State.SENT)


def _reread(attempt: Attempt, *, now: datetime, wiring: Wiring) -> None:
    """A chunk older than its horizon reads its people again, consistently; who is gone drops out."""
    chunk, head = attempt.chunk, attempt.head
    if not head.rereads or now.timestamp() - chunk.read_at <= LANES[chunk.lane].horizon_s(wiring.settings):
        return
    gone = still_due(head, chunk, attempt.people, now=now, wiring=wiring)
    if not LATER.isdisjoint(gone.values()):
        plans(wiring).put_off(head.plan_id, at=now.timestamp())
    for recipient in [r for r in attempt.people if r.subscriber_id in gone]:
        attempt.drop(recipient, gone[recipient.subscriber_id])


def _answered(attempt: Attempt, *, wiring: Wiring) -> None:
    """Who answered meanwhile, on whatever channel, is not tried on a later rung, nor again.

    Who was to be sent to again stays in doubt.
    """
    head, chunk = attempt.head, attempt.chunk
    if not awaits_answers(head) or not (before(rungs_of(head), chunk.channel) or chunk.parent):
        return
    ids = [one.subscriber_id for one in attempt.people]
    answered = deliveries(wiring).answered(head.plan_id, head.channels, ids)
    for recipient in [one for one in attempt.people if one.subscriber_id in answered]:
        attempt.drop(recipient, ANSWERED_MEANWHILE)
        if resends_of(chunk.key):
            attempt.outcomes[recipient.subscriber_id] = Outcome(State.UNKNOWN, reason=ANSWERED_MEANWHILE)


def _prepare(attempt: Attempt, *, wiring: Wiring) -> None:
    """Fills the envelopes before the claim.

    So that a fault in it leaves the chunk to the next message instead of in doubt.
    """
    head, chunk = attempt.head, attempt.chunk
    rendition = plans(wiring).rendition(chunk.plan_id, chunk.rendition)
    attempt.letter = letter(head, rendition, settings=wiring.settings)
    attempt.envelopes = envelopes(head, chunk, attempt.people, wiring=wiring)


def claim(attempt: Attempt, checks: Sequence[Item] = (), *, wiring: Wiring) -> bool:
    """Takes the chunk and its deliveries in one transaction; False if somebody else has the chunk.

    A recipient whose delivery belongs to another chunk drops out, and the rest go. Raises Stopped, and takes
    nothing, if one of `checks` does not hold.
    """
    now = wiring.clock().timestamp()
    lease = now + LEASE_S
    look_at = lease + LANES[attempt.chunk.lane].grace_for(attempt.chunk.channel, wiring.settings)
    while True:
        operations: list[Item | Prepared] = [
            chunks(wiring).claiming(attempt.chunk, attempt=attempt.name, lease_until=lease, look_at=look_at),
            *deliveries(wiring).taking(attempt.chunk, attempt.people, at=now),
            *checks,
        ]
        try:
            transact(wiring.dynamodb, operations)
        except Cancelled as refused:
            places = refused.failed()
            if 0 in places:
                return False
            if places[-1] > len(attempt.people):
                raise standing.Stopped from refused
            for recipient in [attempt.people[place - 1] for place in places]:
                attempt.drop(recipient, DUPLICATE)
            continue
        if checks:
            standing.held(attempt.chunk, wiring=wiring)
        return True


def send(attempt: Attempt, *, wiring: Wiring) -> None:
    """One provider call, and the record of what it answered.

    An ambiguous answer is left to the sweep, as a crash would be.
    """
    chunk = attempt.chunk
    if not attempt.people:
        record(chunk, attempt.outcomes, attempt=attempt.name, wiring=wiring)
        return
    try:
        results = _call(attempt, wiring=wiring)
    except Ambiguous as error:
        logger.warning("send-ambiguous", plan=chunk.plan_id, chunk=chunk.key, code=error.code)
        return
    except Unfit as error:
        children, retry_s = halves(attempt, error.code), 0
    except ProviderError as error:
        children, retry_s = put_off(attempt, error), halted(attempt, error, wiring=wiring)
    else:
        for recipient, outcome in zip(attempt.people, results, strict=True):
            attempt.outcomes[recipient.subscriber_id] = outcome
        children, retry_s = tried_again(attempt), backoff_s(chunk)
    record_doubts(
        chunk,
        attempt.outcomes,
        attempt=attempt.name,
        wiring=wiring,
        children=children,
        retry_s=retry_s,
        handed=_handed(attempt, wiring=wiring),
    )
    tell_gone(chunk, attempt.outcomes, scope=attempt.head.scope, wiring=wiring)


def _handed(attempt: Attempt, *, wiring: Wiring) -> dict[str, int]:
    """What was paid for of what this attempt handed over, for the plan's counts."""
    chunk = attempt.chunk
    if chunk.channel not in PAID or attempt.head.mode == "test":
        return {}
    taken = {one for one, outcome in attempt.outcomes.items() if outcome.state is State.SENT}
    sent = [recipient for recipient in attempt.people if recipient.subscriber_id in taken]
    rendition = plans(wiring).rendition(chunk.plan_id, chunk.rendition)
    return handed_over(rendition, sent, settings=wiring.settings)


def _call(attempt: Attempt, *, wiring: Wiring) -> list[Outcome]:
    if attempt.letter is None or attempt.left() < SEND_S:
        raise Retryable("no-time")
    channel = channel_of(attempt.chunk.channel, mode=attempt.head.mode, wiring=wiring)
    return channel.send(
        attempt.letter,
        [attempt.envelopes[r.subscriber_id] for r in attempt.people],
        seconds_left=attempt.left() - 2,
    )
