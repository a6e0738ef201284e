"""SES's events about a mail that was sent, as a driver reports them: SES's own JSON."""

from datetime import datetime
from typing import Any

from tests.features.driver import Message

PARTS = {
    "Send": "send",
    "Delivery": "delivery",
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Rendering Failure": "failure",
    "Reject": "reject",
    "DeliveryDelay": "deliveryDelay",
}


def event(kind: str, message: Message, *, at: datetime, **more: Any) -> dict[str, Any]:
    """The event of a kind about a message, at a moment in UTC.

    `more` goes into the kind's own part (`bounceType="Permanent"`).
    """
    kind = "Rendering Failure" if kind == "RenderingFailure" else kind
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    part: dict[str, Any] = {} if kind == "Send" else {"timestamp": moment}
    if kind == "Bounce":
        part |= {"bounceType": "Permanent", "bounceSubType": "General"}
        part["bouncedRecipients"] = [{"emailAddress": message.to}]
    if kind == "Complaint":
        part["complainedRecipients"] = [{"emailAddress": message.to}]
    if kind == "Delivery":
        part["recipients"] = [message.to]
    return {
        "eventType": kind,
        "mail": {
            "timestamp": moment,
            "messageId": message.provider_id,
            "destination": [message.to],
            "tags": {name: [value] for name, value in message.tags.items()},
        },
        PARTS[kind]: part | more,
    }
