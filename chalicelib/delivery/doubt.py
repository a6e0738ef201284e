"""Doubt: what becomes of people of whom it is not known whether they were sent to.

A worker died between its claim and its record, or the provider's answer never came. What events say of a
delivery proves that it was sent. Without that it is `unknown` ("may have been sent") and never sent again by
itself; but on a lane that resends it moves to a child chunk and is sent again, so often and no more.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.channels.base import Outcome, State
from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import Item
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.child_keys import resend_of, resends_of
from chalicelib.delivery.chunk import Chunk, Recipient
from chalicelib.delivery.deliveries import HANDED_OVER, deliveries, owners
from chalicelib.delivery.lanes import LANES, LEASE_S
from chalicelib.delivery.record import record

LOST = "worker-lost"
TRIES = 3


def proven(delivery: Mapping[str, Any]) -> bool:
    """Whether events prove that a delivery was sent. If it failed after that, its counts have moved."""
    return any(delivery.get(flag) for flag in (*HANDED_OVER, "failed_at"))


def sent_after_all(chunk: Chunk, *, wiring: Wiring) -> list[Recipient]:
    """The recipients of a chunk who were sent to, as events prove by now."""
    known = deliveries(wiring).read(chunk, chunk.recipients)
    return [r for r in chunk.recipients if proven(known.get(r.subscriber_id, {}))]


def sent_again(chunk: Chunk) -> bool:
    """Whether those of a chunk who are in doubt are sent to again: by its lane, and how often they were."""
    return resends_of(chunk.key) < LANES[chunk.lane].resends


def record_doubts(
    chunk: Chunk,
    outcomes: Mapping[str, Outcome],
    *,
    attempt: str,
    wiring: Wiring,
    children: Mapping[str, Sequence[Recipient]],
    retry_s: int,
    handed: Mapping[str, int],
) -> None:
    """Records what a provider answered, where its events may tell more of those whose answer never came.

    Who is sent to again is so once events had the lane's grace to come; who is not is flagged as unknown, or
    was sent, as they say by now. Events that come at this very moment leave the chunk to the sweep at last.
    """
    moved = {recipient.subscriber_id for child in children.values() for recipient in child}
    grace_s = LANES[chunk.lane].grace_for(chunk.channel, wiring.settings)
    found, waits_s = dict(outcomes), {resend_of(chunk.key): grace_s}
    for _ in range(TRIES):
        more = _doubted(chunk, found, moved, wiring=wiring) if grace_s else []
        if (
            record(
                chunk,
                found,
                attempt=attempt,
                wiring=wiring,
                children=children,
                retry_s=retry_s,
                waits_s=waits_s if grace_s else {},
                handed=handed,
                more=more,
            )
            or not more
        ):
            return


def _doubted(
    chunk: Chunk, outcomes: dict[str, Outcome], moved: Collection[str], *, wiring: Wiring
) -> list[Item]:
    """The flags of those who stay in doubt, for a transaction; whose events prove it become sent."""
    in_doubt = [
        r
        for r in chunk.recipients
        if r.subscriber_id not in moved and outcomes[r.subscriber_id].state is State.UNKNOWN
    ]
    known = deliveries(wiring).read(chunk, in_doubt) if in_doubt else {}
    at, flags = rfc3339(wiring.clock()), []
    for recipient in in_doubt:
        if proven(known.get(recipient.subscriber_id, {})):
            outcomes[recipient.subscriber_id] = Outcome(State.SENT)
        else:
            flags.append(deliveries(wiring).marking_unknown(chunk, recipient, at=at))
    return flags


def settle_in_doubt(chunk: Chunk, *, again: bool, now: datetime, wiring: Wiring) -> bool:
    """Settles a chunk in doubt by what its deliveries' events say; the rest is sent `again` or unknown.

    False if somebody was faster.
    """
    known = deliveries(wiring).read(chunk, chunk.recipients)
    outcomes, rest, more = {}, [], []
    for recipient in chunk.recipients:
        delivery = known.get(recipient.subscriber_id)
        if delivery is None or delivery.get("chunk") not in owners(chunk):
            outcomes[recipient.subscriber_id] = Outcome(State.CANCELLED, reason="already-taken")
        elif proven(delivery):
            outcomes[recipient.subscriber_id] = Outcome(State.SENT)
        elif again:
            rest.append(recipient)
        else:
            outcomes[recipient.subscriber_id] = Outcome(State.UNKNOWN, reason=LOST)
            more.append(deliveries(wiring).marking_unknown(chunk, recipient, at=rfc3339(now)))
    children = {resend_of(chunk.key): rest} if rest else {}
    return record(
        chunk,
        outcomes,
        attempt=chunk.attempt,
        wiring=wiring,
        children=children,
        more=more,
        sent_at=chunk.lease_until - LEASE_S if chunk.attempt else None,
    )
