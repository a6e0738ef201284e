"""Doubt: what becomes of people of whom it is not known whether they were sent to.

A worker died between its claim and its record, or the provider's answer never came. What events say of a
delivery proves that it was sent. Without that it is `unknown` ("may have been sent") and never sent again by
itself; but on a lane that resends it moves to a child chunk and is sent again, so often and no more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.channels.base import Outcome, State
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.child_keys import resend_of, resends_of
from chalicelib.delivery.chunks import Chunk, Recipient
from chalicelib.delivery.deliveries import HANDED_OVER, deliveries, owners
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.record import record

LOST = "worker-lost"


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
    return record(chunk, outcomes, attempt=chunk.attempt, wiring=wiring, children=children, more=more)
