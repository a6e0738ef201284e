"""Engagement events: what readers did, from the queue `events`, into flags and counts."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef
from chalicelib.delivery.flags import flag
from chalicelib.delivery.resolve import resolve
from chalicelib.subscribers import people

REASON = "reason"
FLAGS = {"open": "opened", "click": "clicked", REASON: "reason"}


def note_event(message: Mapping[str, Any], *, wiring: Wiring) -> None:
    """Notes one event.

    One whose plan or delivery is gone (retention, erasure) is passed over, and logged by its id.
    """
    try:
        ref = _delivery(message, wiring=wiring)
    except NotFound:
        logger.info("event-without-plan", event_id=message["id"])
        return
    if message["kind"] == REASON:
        details, private = {name: message[name] for name in ("reason", "words")}, False
    else:
        private = message["private"] or not _may_be_kept(ref.subscriber_id, wiring=wiring)
        details = {} if private else {"agent": message["agent"]}
    found = flag(
        ref,
        FLAGS[message["kind"]],
        at=parse_rfc3339(message["at"]),
        wiring=wiring,
        event_id=message["id"],
        link=message.get("link"),
        details=details,
        private=private,
    )
    if not found.delivery:
        logger.info("event-without-delivery", event_id=message["id"], plan=ref.plan_id)


def _may_be_kept(subscriber_id: str, *, wiring: Wiring) -> bool:
    """Whether opens and clicks may be kept of a person: as they wish now, else as the deployment has it."""
    person = people.present([subscriber_id]).get(subscriber_id)
    wish = person.wishes.tracking if person else None
    return wiring.settings.tracking if wish is None else wish


def _delivery(message: Mapping[str, Any], *, wiring: Wiring) -> DeliveryRef:
    if "plan" in message:
        return DeliveryRef(message["plan"], message["subscriber"], message["channel"])
    return resolve(ShortRef(message["plan_number"], message["chunk"], message["place"]), wiring=wiring)
