"""SES's events about a mail, in SES's own JSON (SES developer guide, "Event publishing")."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

ACCOUNT = "123456789012"
SIMULATOR = "simulator.amazonses.com"


@dataclass(frozen=True)
class Mail:
    """One accepted mail, as events describe it. `tags` are the message tags."""

    message_id: str
    source: str
    to: Sequence[str]
    subject: str
    configuration_set: str
    at: datetime
    headers: Sequence[tuple[str, str]] = ()
    tags: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The `mail` object."""
        tags = {
            "ses:configuration-set": [self.configuration_set],
            "ses:from-domain": [self.source.rsplit("@", 1)[-1].rstrip(">")],
            "ses:source-ip": ["127.0.0.1"],
            **{name: [value] for name, value in self.tags.items()},
        }
        return {
            "timestamp": _time(self.at),
            "messageId": self.message_id,
            "source": self.source,
            "sendingAccountId": ACCOUNT,
            "destination": list(self.to),
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in self.headers],
            "commonHeaders": {
                "from": [self.source],
                "to": list(self.to),
                "messageId": self.message_id,
                "subject": self.subject,
            },
            "tags": tags,
        }


def events_of(mail: Mail) -> list[dict[str, Any]]:
    """What happens to an accepted mail, in order.

    Addresses of SES's mailbox simulator, and any other address with the same local part, meet the same fate:
    `bounce`, `suppressionlist` (both permanent bounces), `complaint` (delivered, then complained of), and of
    our own `softbounce` (a transient one). Labels are allowed: `bounce+one@…`. Everything else is delivered.
    """
    fate = mail.to[0].split("@", 1)[0].split("+", 1)[0].casefold()
    sent = _event("Send", mail, "send", {})
    if fate in ("bounce", "suppressionlist"):
        subtype = "Suppressed" if fate == "suppressionlist" else "General"
        return [sent, _event("Bounce", mail, "bounce", _bounce(mail, "Permanent", subtype, "5.1.1"))]
    if fate == "softbounce":
        return [sent, _event("Bounce", mail, "bounce", _bounce(mail, "Transient", "MailboxFull", "4.2.2"))]
    delivered = _event("Delivery", mail, "delivery", _delivery(mail))
    if fate == "complaint":
        return [sent, delivered, _event("Complaint", mail, "complaint", _complaint(mail))]
    return [sent, delivered]


def rendering_failure(mail: Mail, message: str) -> dict[str, Any]:
    """The event of a mail that was accepted and could not be rendered, so never left."""
    return _event("Rendering Failure", mail, "failure", {"errorMessage": message, "templateName": ""})


def _event(kind: str, mail: Mail, name: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"eventType": kind, "mail": mail.document(), name: detail}


def _delivery(mail: Mail) -> dict[str, Any]:
    return {
        "timestamp": _time(mail.at + timedelta(milliseconds=546)),
        "processingTimeMillis": 546,
        "recipients": list(mail.to),
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": "a8-50.smtp-out.amazonses.com",
    }


def _bounce(mail: Mail, kind: str, subtype: str, status: str) -> dict[str, Any]:
    return {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [
            {
                "emailAddress": address,
                "action": "failed",
                "status": status,
                "diagnosticCode": f"smtp; {'550' if status[0] == '5' else '452'} {status} not delivered",
            }
            for address in mail.to
        ],
        "timestamp": _time(mail.at + timedelta(seconds=1)),
        "feedbackId": f"{uuid4()}-000000",
        "reportingMTA": "dsn; a8-50.smtp-out.amazonses.com",
    }


def _complaint(mail: Mail) -> dict[str, Any]:
    return {
        "complainedRecipients": [{"emailAddress": address} for address in mail.to],
        "timestamp": _time(mail.at + timedelta(seconds=2)),
        "feedbackId": f"{uuid4()}-000000",
        "complaintSubType": None,
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": _time(mail.at + timedelta(seconds=2)),
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
