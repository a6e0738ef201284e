"""Receipts of texts and calls, as End User Messaging's events tell them. The delivery is named by `context`.

    queued, pending, sent; initiated, ringing, answered   it was handed over; nothing is known of its end
    delivered, completed                                  it arrived: the text on the phone, the call played
    blocked, unreachable, expired, busy, no answer …      it came back in passing
    invalid                                               no such number: it is not written to any more
    refused before any network had it                     what counted as sent has failed

A text that a network took (`SUCCESSFUL`) has arrived if that is the last that will be heard of it: in some
countries no other word comes. `UNKNOWN`, after three days without one, tells no more than that it was sent.
What an event states as price is kept, once for each message.

https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_UP, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.core.ids import is_id
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.counters import DOLLAR
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import flag
from chalicelib.delivery.settle import failed_after_sent, settled_sent

CHANNELS: Mapping[str, str] = {"TEXT": "sms", "VOICE": "voice"}
SENT, DELIVERED, BOUNCED, HARD, FAILED = "sent", "delivered", "bounced", "hard_bounced", "failed"

PRICES = ("totalMessagePrice", "totalCarrierFee")

KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("TEXT_SENT", "TEXT_PENDING", "TEXT_QUEUED"), SENT),
        **dict.fromkeys(("TEXT_SUCCESSFUL", "TEXT_UNKNOWN"), SENT),
        "TEXT_DELIVERED": DELIVERED,
        **dict.fromkeys(
            (
                *("TEXT_UNREACHABLE", "TEXT_CARRIER_UNREACHABLE", "TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED"),
                *("TEXT_SPAM", "TEXT_TTL_EXPIRED"),
            ),
            BOUNCED,
        ),
        "TEXT_INVALID": HARD,
        **dict.fromkeys(("TEXT_INVALID_MESSAGE", "TEXT_PROTECT_BLOCKED"), FAILED),
        **dict.fromkeys(("VOICE_INITIATED", "VOICE_RINGING", "VOICE_ANSWERED"), SENT),
        "VOICE_COMPLETED": DELIVERED,
        **dict.fromkeys(("VOICE_BUSY", "VOICE_NO_ANSWER", "VOICE_FAILED", "VOICE_TTL_EXPIRED"), BOUNCED),
    }
)
"""What each kind of event means: a flag (`delivery.flags`), or that what counted as sent has failed."""


class TextEvent(NamedTuple):
    """One event, read: its kind, what that means, the delivery, and the number that was written to."""

    kind: str
    means: str
    ref: DeliveryRef
    at: datetime
    number: str
    message_id: str
    price: int | None


def is_text_event(event: Mapping[str, Any]) -> bool:
    """Whether an event is End User Messaging's, about a text or a call."""
    return str(event.get("eventType", "")).partition("_")[0] in CHANNELS and "messageId" in event


def read(event: Mapping[str, Any]) -> TextEvent | None:
    """An event, read; None for one that is about no delivery of ours, or of a kind that we do not know."""
    kind = str(event.get("eventType", ""))
    context = event.get("context")
    context = context if isinstance(context, Mapping) else {}
    plan, subscriber = (str(context.get(name, "")) for name in ("plan", "subscriber"))
    if kind not in KINDS or not is_id(plan) or not is_id(subscriber):
        return None
    arrived = kind == "TEXT_SUCCESSFUL" and event.get("isFinal") is True
    return TextEvent(
        kind=kind,
        means=DELIVERED if arrived else KINDS[kind],
        ref=DeliveryRef(plan, subscriber, CHANNELS[kind.partition("_")[0]]),
        at=datetime.fromtimestamp(int(event["eventTimestamp"]) / 1000, UTC),
        number=str(event.get("destinationPhoneNumber", "")),
        message_id=str(event["messageId"])[:100],
        price=_price(event),
    )


def _price(event: Mapping[str, Any]) -> int | None:
    """What the message cost, the carrier's fee with it, in units of `DOLLAR`; None where it does not say."""
    try:
        parts = [Decimal(str(event[name])) for name in PRICES if name in event]
    except InvalidOperation:
        return None
    if not parts or not all(part.is_finite() and part >= 0 for part in parts):
        return None
    return int((sum(parts, Decimal(0)) * DOLLAR).to_integral_value(ROUND_UP))


def note_text_event(event: Mapping[str, Any], *, wiring: Wiring) -> None:
    """Notes one event. It may come doubled and in any order; each step here may be repeated."""
    found = read(event)
    if found is None:
        kind = str(event.get("eventType", ""))
        logger.info(
            "receipt-foreign",
            kind=kind if kind in KINDS else None,
            text_message_id=str(event.get("messageId", ""))[:100],
        )
        return
    if found.means == FAILED:
        reason = found.kind.partition("_")[2].lower().replace("_", "-")
        failed_after_sent(found.ref, reason=reason, at=found.at, wiring=wiring)
        logger.warning("receipt-failed", plan=found.ref.plan_id, reason=reason)
        return
    _flag(found, wiring=wiring)


def _flag(found: TextEvent, *, wiring: Wiring) -> None:
    came_back = found.means in (BOUNCED, HARD)
    event_id = f"{found.message_id}#{found.kind}" if came_back else None
    flagged = flag(
        found.ref,
        found.means,
        at=found.at,
        wiring=wiring,
        event_id=event_id,
        details={"type": found.kind} if came_back else None,
        price=found.price,
    )
    if flagged.unknown:
        settled_sent(found.ref, at=found.at, wiring=wiring)
    if found.means == HARD and found.number:
        suppress(found.ref.channel, found.number, "bounce", scope="*", at=found.at, wiring=wiring)


def suppress(channel: str, number: str, reason: str, *, scope: str, at: datetime, wiring: Wiring) -> None:
    """Suppresses a number for what a provider says of it."""
    from chalicelib.subscribers import suppressions

    suppressions.suppress(
        channel, number, reason=reason, scope=scope, source=reason, by="system", now=at, wiring=wiring
    )
