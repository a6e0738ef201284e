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

FLAGS = {"open": "opened", "click": "clicked"}


def note_event(message: Mapping[str, Any], *, wiring: Wiring) -> None:
    """Notes one event.

    One whose plan or delivery is gone (retention, erasure) is passed over, and logged by its id.
    """
    try:
        ref = _delivery(message, wiring=wiring)
    except NotFound:
        logger.info("event-without-plan", event_id=message["id"])
        return
    found = flag(
        ref,
        FLAGS[message["kind"]],
        at=parse_rfc3339(message["at"]),
        wiring=wiring,
        event_id=message["id"],
        link=message["link"],
        details={} if message["private"] else {"agent": message["agent"]},
        private=message["private"],
    )
    if not found.delivery:
        logger.info("event-without-delivery", event_id=message["id"], plan=ref.plan_id)


def _delivery(message: Mapping[str, Any], *, wiring: Wiring) -> DeliveryRef:
    if "plan" in message:
        return DeliveryRef(message["plan"], message["subscriber"], message["channel"])
    return resolve(ShortRef(message["plan_number"], message["chunk"], message["place"]), wiring=wiring)
