"""Addresses of which a provider says, in the very answer to a send, that they are no more: they end.

A mail's bounce comes later, as a receipt; a push service says at once that a browser has gone. So the worker
sends such a receipt itself, to the function that may change people.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.channels.base import Outcome
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunks import Chunk

QUEUE = "receipts"
KIND = "gone"
BOUNCE = "bounce"


def tell_gone(chunk: Chunk, outcomes: Mapping[str, Outcome], *, wiring: Wiring) -> None:
    """Sends a receipt for each address of a chunk that is no more. The same again is harmless."""
    for recipient in chunk.recipients:
        outcome = outcomes.get(recipient.subscriber_id)
        if outcome and outcome.gone:
            message = {
                "kind": KIND,
                "channel": chunk.channel,
                "address": recipient.address,
                "reason": outcome.reason,
                "at": rfc3339(wiring.clock()),
            }
            wiring.queues.send(QUEUE, message)


def end_address(message: Mapping[str, Any], *, wiring: Wiring) -> None:
    """Takes such a receipt: the address is not written to any more, and the ledger says why."""
    from chalicelib.subscribers.suppressions import suppress

    suppress(
        message["channel"],
        message["address"],
        reason=BOUNCE,
        scope="*",
        source=BOUNCE,
        by="system",
        now=parse_rfc3339(message["at"]),
        wiring=wiring,
        note=message["reason"],
    )
