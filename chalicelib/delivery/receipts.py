"""Receipts: what SES reports about a mail, from the queue `receipts`, in SNS's envelope.

What End User Messaging reports about texts and calls comes by the same queue (`text_receipts.py`), and what
our own workers heard of addresses that are no more (`gone.py`).

    Send, Delivery          flags; a delivery that stood as `unknown` was sent after all
    Bounce, Complaint       flags, and the address is not written to any more (a passing bounce: flag only);
                            too many halt what sends (`protect.py`)
    Reject, RenderingFailure  what counted as sent has failed
    DeliveryDelay           flag
    gone                    what a worker was told at once of an address (`gone.py`)

The delivery is named by the tags that the mail was sent with. Events come doubled and in any order; each step
here may be repeated. https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import is_id
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import gone
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import flag
from chalicelib.delivery.protect import protect
from chalicelib.delivery.protection import BOUNCES, COMPLAINTS
from chalicelib.delivery.resolve import plan_of
from chalicelib.delivery.settle import failed_after_sent, settled_sent
from chalicelib.delivery.tallies import tallies
from chalicelib.delivery.text_receipts import is_text_event, note_text_event, suppress

CHANNEL = "email"
FLAGS = {
    "Send": "sent",
    "Delivery": "delivered",
    "DeliveryDelay": "delayed",
    "Bounce": "bounced",
    "Complaint": "complained",
}
FAILURES = {"Reject": "reject", "Rendering Failure": "failure", "RenderingFailure": "failure"}
NOT_TRIED = "OnAccountSuppressionList"
"""SES knows from our account that the address is dead, tries nothing, and counts nothing against us.
https://aws.amazon.com/premiumsupport/knowledge-center/ses-suppression-list-sending-quota/
"""

PARTS = {**{kind: kind[0].lower() + kind[1:] for kind in FLAGS}, **FAILURES}


def note_receipt(message: Mapping[str, Any], *, wiring: Wiring) -> None:
    """Notes one receipt. What is not about a delivery of ours is passed over, and logged by its ids."""
    if message.get("kind") == gone.KIND:
        gone.end_address(message, wiring=wiring)
        return
    event = _event(message)
    if is_text_event(event):
        note_text_event(event, wiring=wiring)
        return
    ref = _delivery(event)
    kind = event.get("eventType", "")
    if ref is None or kind not in PARTS:
        logger.info(
            "receipt-foreign",
            kind=kind if kind in PARTS else None,
            sns_message_id=str(message.get("MessageId", ""))[:64],
            ses_message_id=str(event.get("mail", {}).get("messageId", ""))[:100],
        )
        return
    part = event.get(PARTS[kind]) or {}
    at = parse_rfc3339(part.get("timestamp") or event["mail"]["timestamp"])
    if kind in FAILURES:
        _failed(ref, kind, at=at, wiring=wiring)
    elif kind in ("Bounce", "Complaint"):
        _came_back(ref, kind, part, event["mail"], at=at, wiring=wiring)
    elif flag(ref, FLAGS[kind], at=at, wiring=wiring).unknown:
        settled_sent(ref, at=at, wiring=wiring)


def _event(message: Mapping[str, Any]) -> dict[str, Any]:
    """The event in the envelope; empty for other notes, such as SES's that a topic was validated."""
    try:
        event = json.loads(message.get("Message", ""))
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _delivery(event: Mapping[str, Any]) -> DeliveryRef | None:
    tags = event.get("mail", {}).get("tags", {})
    plan, subscriber = (str(next(iter(tags.get(name, ())), "")) for name in ("plan", "subscriber"))
    return DeliveryRef(plan, subscriber, CHANNEL) if is_id(plan) and is_id(subscriber) else None


def _failed(ref: DeliveryRef, kind: str, *, at: datetime, wiring: Wiring) -> None:
    reason = "rejected" if kind == "Reject" else "rendering"
    failed_after_sent(ref, reason=reason, at=at, wiring=wiring)
    logger.warning("receipt-failed", plan=ref.plan_id, reason=reason)


def _came_back(
    ref: DeliveryRef,
    kind: str,
    part: Mapping[str, Any],
    mail: Mapping[str, Any],
    *,
    at: datetime,
    wiring: Wiring,
) -> None:
    """A bounce or a complaint. Only a permanent bounce silences an address; "not-spam" is no complaint.

    The address is the one that was written to: a report may name where the mail was forwarded.
    """
    feedback = part.get("complaintFeedbackType", "")
    if feedback == "not-spam":
        return
    codes = {
        "type": part.get("bounceType") or feedback,
        "subtype": part.get("bounceSubType") or part.get("complaintSubType") or "",
    }
    passing = kind == "Bounce" and codes["type"] != "Permanent"
    name = "hard_bounced" if kind == "Bounce" and not passing else FLAGS[kind]
    handed_at = parse_rfc3339(mail["timestamp"])
    harmless = passing or codes["subtype"] == NOT_TRIED
    counted = [] if harmless else _counted(ref, kind, mail, handed_at=handed_at, wiring=wiring)
    event_id = part.get("feedbackId") or name
    found = flag(ref, name, at=at, wiring=wiring, event_id=event_id, details=codes, more=counted)
    if found.unknown:
        settled_sent(ref, at=at, wiring=wiring)
    if passing:
        return
    scope = "*" if kind == "Bounce" else _scope(ref.plan_id, wiring=wiring)
    for address in mail["destination"]:
        suppress(CHANNEL, address, kind.lower(), scope=scope, at=at, wiring=wiring)
    if found.delivery:
        protect(ref.plan_id, handed_at=handed_at, wiring=wiring)


def _counted(
    ref: DeliveryRef, kind: str, mail: Mapping[str, Any], *, handed_at: datetime, wiring: Wiring
) -> list[Item]:
    """What counts somebody who came back, for self-protection."""
    reason = BOUNCES if kind == "Bounce" else COMPLAINTS
    chunk = str(next(iter(mail["tags"].get("chunk", ())), "")).partition("_")[0]
    return tallies(wiring).coming_back(
        ref.plan_id,
        ref.subscriber_id,
        reason,
        chunk=int(chunk) if chunk.isdecimal() else 0,
        handed_at=handed_at,
    )


def _scope(plan_id: str, *, wiring: Wiring) -> str:
    """What a complaint silences: the kind of message that it is about."""
    try:
        return plan_of(plan_id, wiring=wiring).scope
    except NotFound:
        return "newsletter"
