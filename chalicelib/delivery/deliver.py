"""Deliver: claim · send · record, three calls for a chunk of email.

A chunk is owned by one attempt of a worker, a delivery by a chunk. The provider is called once; whatever
happens after the claim is settled by
the record of this attempt or, if that never comes, by the sweep.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from chalicelib.channels.base import (
    Ambiguous,
    Envelope,
    HaltLane,
    HaltPlan,
    Letter,
    Outcome,
    Retryable,
    State,
    Unfit,
)
from chalicelib.core.dynamo import Cancelled, transact
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunks import CLAIMED, READY, RESEND_AFTER_S, Chunk, Recipient, chunks
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.envelopes import envelope, letter
from chalicelib.delivery.halts import halted_until, halts
from chalicelib.delivery.lanes import LANES, LEASE_S, WORKER_SECONDS
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, SENDING, PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.delivery.record import record
from chalicelib.delivery.reread import still_due
from chalicelib.delivery.ways_out import channel_of

PAUSE_LOOK_S = 60
DUPLICATE = "already-taken"
READ_TIMEOUT_S = 10


@dataclass
class Attempt:
    """One attempt of a worker at a chunk: who is written to, and what became of those who are not."""

    head: PlanHead
    chunk: Chunk
    name: str
    started: float
    people: list[Recipient]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    letter: Letter | None = None
    envelopes: dict[str, Envelope] = field(default_factory=dict)

    def drop(self, recipient: Recipient, reason: str) -> None:
        """Takes a recipient out, as cancelled."""
        self.people.remove(recipient)
        self.outcomes[recipient.subscriber_id] = Outcome(State.CANCELLED, reason=reason)

    def seconds_left(self) -> float:
        """Seconds until the worker's time-out, by the monotonic clock."""
        return WORKER_SECONDS - (time.monotonic() - self.started)


def deliver(message: dict[str, Any], *, wiring: Wiring) -> None:
    """Handles one chunk's message; harmless however often and however late it comes."""
    started = time.monotonic()
    chunk = chunks(wiring).read(message["plan"], message["chunk"])
    if chunk is None or chunk.state not in (READY, CLAIMED):
        return
    now = wiring.clock().timestamp()
    if chunk.state == CLAIMED:
        if chunk.lease_until > now:
            delay_s = int(chunk.lease_until - now) + 1
            wiring.queues.send(LANES[chunk.lane].deliver_queue, message, delay_s=delay_s)
        return
    head = plans(wiring).head(chunk.plan_id)
    attempt = Attempt(head, chunk, secrets.token_hex(8), started, list(chunk.recipients))
    status = plans(wiring).state(chunk.plan_id).status
    if status == CANCELLED:
        cancel_ready(attempt, wiring=wiring)
        return
    halted = halted_until(chunk.lane, chunk.channel, wiring=wiring) - now
    if status in (PAUSED, HALTED) or halted > 0:
        delay_s = int(halted) + 1 if halted > 0 else PAUSE_LOOK_S
        _later(message, chunk, delay_s=delay_s, now=now, wiring=wiring)
        return
    _reread(attempt, now=now, wiring=wiring)
    _prepare(attempt, wiring=wiring)
    if claim(attempt, wiring=wiring):
        send(attempt, wiring=wiring)


def _later(message: dict[str, Any], chunk: Chunk, *, delay_s: int, now: float, wiring: Wiring) -> None:
    """Sends a ready chunk's message again after a delay, unless a doubled one did so already."""
    due_at = now + delay_s + RESEND_AFTER_S
    if chunks(wiring).look_again(chunk.plan_id, chunk.key, was=chunk.due_at, due_at=due_at):
        wiring.queues.send(LANES[chunk.lane].deliver_queue, message, delay_s=delay_s)


def cancel_ready(attempt: Attempt, *, wiring: Wiring) -> None:
    """Settles a ready chunk of a cancelled plan as cancelled."""
    for recipient in list(attempt.people):
        attempt.drop(recipient, "plan-cancelled")
    record(attempt.chunk, attempt.outcomes, attempt="", wiring=wiring)


def _reread(attempt: Attempt, *, now: float, wiring: Wiring) -> None:
    """A chunk older than its horizon reads its people again, consistently; who is gone drops out."""
    chunk, head = attempt.chunk, attempt.head
    if not head.rereads or now - chunk.read_at <= LANES[chunk.lane].horizon_s(wiring.settings):
        return
    gone = still_due(head, chunk.channel, attempt.people)
    for recipient in [r for r in attempt.people if r.subscriber_id in gone]:
        attempt.drop(recipient, gone[recipient.subscriber_id])


def _prepare(attempt: Attempt, *, wiring: Wiring) -> None:
    """Fills the envelopes before the claim.

    So that a fault in it leaves the chunk to the next message instead of in doubt.
    """
    head, chunk = attempt.head, attempt.chunk
    rendition = plans(wiring).rendition(chunk.plan_id, chunk.rendition)
    attempt.letter = letter(head, rendition)
    attempt.envelopes = {r.subscriber_id: envelope(head, chunk, r, wiring=wiring) for r in attempt.people}


def claim(attempt: Attempt, *, wiring: Wiring) -> bool:
    """Takes the chunk and its deliveries in one transaction; False if somebody else has the chunk.

    A recipient whose delivery belongs to another chunk drops out, and the rest go.
    """
    now = wiring.clock().timestamp()
    lease = now + LEASE_S
    look_at = lease + LANES[attempt.chunk.lane].grace_s
    while True:
        operations = [
            chunks(wiring).claiming(attempt.chunk, attempt=attempt.name, lease_until=lease, look_at=look_at),
            *(deliveries(wiring).taking(attempt.chunk, recipient) for recipient in attempt.people),
        ]
        try:
            transact(wiring.dynamodb, operations)
        except Cancelled as refused:
            places = refused.failed()
            if 0 in places:
                return False
            for recipient in [attempt.people[place - 1] for place in places]:
                attempt.drop(recipient, DUPLICATE)
            continue
        return True


def send(attempt: Attempt, *, wiring: Wiring) -> None:
    """One provider call, and the record of what it answered.

    An ambiguous answer is left to the sweep, as a crash would be.
    """
    chunk = attempt.chunk
    if not attempt.people:
        record(chunk, attempt.outcomes, attempt=attempt.name, wiring=wiring)
        return
    children: list[list[Recipient]] = []
    retry_s = 0
    try:
        results = _call(attempt, wiring=wiring)
        for recipient, outcome in zip(attempt.people, results, strict=True):
            attempt.outcomes[recipient.subscriber_id] = outcome
        again = [r for r in attempt.people if attempt.outcomes[r.subscriber_id].state is State.RETRY]
        children, retry_s = [again], 5
    except Ambiguous as error:
        logger.warning("send-ambiguous", plan=chunk.plan_id, chunk=chunk.key, code=error.code)
        return
    except Retryable as error:
        logger.info("send-retryable", plan=chunk.plan_id, chunk=chunk.key, code=error.code)
        children, retry_s = [attempt.people], 5
    except HaltLane as error:
        halts(wiring).halt(chunk.lane, chunk.channel, reason=error.code)
        children, retry_s = [attempt.people], 900
    except HaltPlan as error:
        plans(wiring).move(chunk.plan_id, to=HALTED, allowed=(SENDING,), reason=error.code)
        logger.warning("plan-halted", plan=chunk.plan_id, reason=error.code)
        children, retry_s = [attempt.people], PAUSE_LOOK_S
    except Unfit as error:
        children = _halves(attempt, error.code)
    record(chunk, attempt.outcomes, attempt=attempt.name, wiring=wiring, children=children, retry_s=retry_s)


def _call(attempt: Attempt, *, wiring: Wiring) -> list[Outcome]:
    if attempt.letter is None or attempt.seconds_left() < READ_TIMEOUT_S + 5:
        raise Retryable("no-time")
    channel = channel_of(attempt.chunk.channel, mode=attempt.head.mode, wiring=wiring)
    return channel.send(
        attempt.letter,
        [attempt.envelopes[r.subscriber_id] for r in attempt.people],
        seconds_left=attempt.seconds_left() - 3,
    )


def _halves(attempt: Attempt, code: str) -> list[list[Recipient]]:
    """A request refused whole is tried in halves, until the one who is refused stands alone and fails."""
    people = attempt.people
    if len(people) == 1:
        attempt.outcomes[people[0].subscriber_id] = Outcome(State.FAILED, reason=code)
        return []
    return [people[: len(people) // 2], people[len(people) // 2 :]]
