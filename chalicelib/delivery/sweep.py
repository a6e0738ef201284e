"""The sweep: every minute, settles what was left. It alone moves a claim that ran out.

ready, due and no message   its message is sent again
a wave that stood still     its expander is woken
a claim that ran out        a `Send` event settles sent; with none after the lane's grace, `unknown` ("may
have been sent"), never resent
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.channels.base import Outcome, State
from chalicelib.core.clock import rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunks import CLAIMED, OPEN_BUCKETS, READY, RESEND_AFTER_S, Chunk, chunks
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.lanes import LANES, Lane
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.record import record

LOST = "worker-lost"
HANDED_OVER = ("sent_at", "delivered_at", "bounced_at", "complained_at", "failed_at")
"""Flags that prove that the provider took the message (`failed_at`.

It failed after that, and its counts have moved already).
"""


def sweep(*, wiring: Wiring) -> dict[str, int]:
    """One round over all lanes.

    Answers how many chunks were sent again, settled, and how many waves woken.
    """
    now = wiring.clock()
    done = {"resent": 0, "settled": 0, "woken": 0}
    for lane in LANES.values():
        for bucket in range(OPEN_BUCKETS):
            for state in chunks(wiring).unattended(lane.name, bucket, now=now):
                done[_attend(state, lane, now=now, wiring=wiring)] += 1
        done["woken"] += _wake(lane, now=now, wiring=wiring)
    if any(done.values()):
        logger.info("swept", **done)
    return done


def _attend(state: Mapping[str, Any], lane: Lane, *, now: datetime, wiring: Wiring) -> str:
    if state["state"] == READY:
        plan_id, key, due_at = state["plan_id"], state["seq"], now.timestamp() + RESEND_AFTER_S
        if chunks(wiring).look_again(plan_id, key, was=state["due_at"], due_at=due_at):
            wiring.queues.send(lane.deliver_queue, {"plan": plan_id, "chunk": key})
        return "resent"
    chunk = chunks(wiring).read(state["plan_id"], state["seq"])
    if chunk is not None and chunk.state == CLAIMED and chunk.lease_until + lane.grace_s <= now.timestamp():
        settle_lost(chunk, now=now, wiring=wiring)
    return "settled"


def settle_lost(chunk: Chunk, *, now: datetime, wiring: Wiring) -> bool:
    """Settles a chunk whose claim ran out, by what its deliveries' events say.

    False if somebody was faster.
    """
    known = deliveries(wiring).read(chunk, chunk.recipients)
    outcomes, more = {}, []
    for recipient in chunk.recipients:
        delivery = known.get(recipient.subscriber_id)
        if delivery is None or delivery.get("chunk") != chunk.key:
            outcome = Outcome(State.CANCELLED, reason="already-taken")
        elif any(delivery.get(flag) for flag in HANDED_OVER):
            outcome = Outcome(State.SENT)
        else:
            outcome = Outcome(State.UNKNOWN, reason=LOST)
            more.append(deliveries(wiring).marking_unknown(chunk, recipient, at=rfc3339(now)))
        outcomes[recipient.subscriber_id] = outcome
    return record(chunk, outcomes, attempt=chunk.attempt, wiring=wiring, more=more)


def _wake(lane: Lane, *, now: datetime, wiring: Wiring) -> int:
    stood_still = pulses(wiring).unattended(lane.name, now=now)
    for pulse, walking in stood_still:
        following = pulses(wiring).take(pulse, walking=walking, until=now.timestamp())
        if following is not None:
            wiring.queues.send(lane.expand_queue, following.message())
    return len(stood_still)
