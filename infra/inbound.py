"""What providers hand over when somebody writes to the agency, made up for the local platform and for tests.

text   as End User Messaging publishes it
       https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
mail   as SES does once the raw mail lies in S3
       https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-examples.html
"""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from infra.aws.ses_events import ACCOUNT

PREFIX = "mail/"


def text_event(sender: str, agency: str, body: str, *, message_id: str = "") -> dict[str, Any]:
    """A text to one of the agency's numbers."""
    return {
        "originationNumber": sender,
        "destinationNumber": agency,
        "messageKeyword": (body.split() or [""])[0].upper(),
        "messageBody": body,
        "inboundMessageId": message_id or str(uuid4()),
        "previousPublishedMessageId": str(uuid4()),
    }


def raw_mail(
    sender: str, to: str, *, subject: str, text: str, headers: Mapping[str, str] | None = None
) -> bytes:
    """A mail as it stands in S3."""
    mail = EmailMessage()
    for name, value in {"From": sender, "To": to, "Subject": subject, **(headers or {})}.items():
        mail[name] = value
    mail.set_content(text)
    return bytes(mail)


def mail_event(
    sender: str,
    to: str,
    *,
    bucket: str,
    message_id: str,
    at: datetime,
    subject: str,
    headers: Mapping[str, str] | None = None,
    envelope_sender: str | None = None,
    verdicts: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """SES's word that a mail came and lies in the bucket; `verdicts` by name, such as `dmarc`: `FAIL`."""
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    named = {"From": sender, "To": to, "Subject": subject, **(headers or {})}
    judged = dict.fromkeys(("spam", "virus", "spf", "dkim", "dmarc"), "PASS") | dict(verdicts or {})
    return {
        "notificationType": "Received",
        "mail": {
            "timestamp": moment,
            "source": sender if envelope_sender is None else envelope_sender,
            "messageId": message_id,
            "destination": [to],
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in named.items()],
            "commonHeaders": {"from": [sender], "to": [to], "subject": subject},
        },
        "receipt": {
            "timestamp": moment,
            "processingTimeMillis": 222,
            "recipients": [to],
            **{f"{name}Verdict": {"status": status} for name, status in judged.items()},
            "action": {
                "type": "S3",
                "topicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:crier-inbound",
                "bucketName": bucket,
                "objectKeyPrefix": PREFIX,
                "objectKey": PREFIX + message_id,
            },
        },
    }
