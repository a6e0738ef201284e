"""Addresses of which a provider says, in the very answer to a send, that they are not to be written to.

A mail's bounce comes later, as a receipt; a push service says at once that a browser has gone, and a text is
refused to who said STOP to a number of ours, which may have been heard by the provider alone. So the worker
sends such a receipt itself, to the function that may change people.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.channels.base import Outcome
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import Chunk

QUEUE = "receipts"
KIND = "gone"
BOUNCE, STOP = "bounce", "stop"
OPTED_OUT = frozenset({"OptedOut", "DESTINATION_PHONE_NUMBER_OPTED_OUT"})
"""As SNS and End User Messaging say that somebody said STOP."""


def tell_gone(chunk: Chunk, outcomes: Mapping[str, Outcome], *, scope: str, wiring: Wiring) -> None:
    """Sends a receipt for each address of a chunk that is no more, or opted out. Again is harmless.

    One that is lost follows the next message to that address. Who opted out did so of one number of ours: of
    the alerts', or of the newsletters', from which service messages leave, too.
    """
    for recipient in chunk.recipients:
        outcome = outcomes.get(recipient.subscriber_id)
        opted_out = outcome is not None and outcome.reason in OPTED_OUT
        if outcome and (outcome.gone or opted_out):
            number = "emergency" if scope == "emergency" else "newsletter"
            message = {
                "kind": KIND,
                "why": STOP if opted_out else BOUNCE,
                "scope": number if opted_out else "*",
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
        reason=message["why"],
        scope=message["scope"],
        source=message["why"],
        by="system",
        now=parse_rfc3339(message["at"]),
        wiring=wiring,
        note=message["reason"],
    )
