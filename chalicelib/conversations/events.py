"""What providers hand over, read: texts from AWS's two-way SMS, mail from SES. Pure.

    text   {"originationNumber", "destinationNumber", "messageKeyword", "messageBody", "inboundMessageId",
           "previousPublishedMessageId"}, as End User Messaging (and SNS and Pinpoint before it) publishes it
           https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
    mail   {"notificationType": "Received", "mail": {…}, "receipt": {…}}, the raw mail in S3
           https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html

Both come in SNS's envelope, or bare where the subscription delivers raw messages. An event that is neither
raises Malformed: it ends among the dead letters, where somebody looks at it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.clock import parse_rfc3339

LONGEST_TEXT = 2000
"""Characters of a text that are kept: ten parts of SMS hold 1,530."""
LONGEST_SUBJECT = 300
UNSUBSCRIBE = "unsubscribe"
"""The local part to which the way out of a message is mailed."""
GREETINGS = "Successfully validated SNS topic"
"""How SES begins when it tries a topic."""
AUTOMATIC = {"x-autoreply", "x-autorespond", "x-auto-response-suppress"}
BULK = {"bulk", "junk", "list", "auto_reply"}


REPLY = "reply"


class Malformed(ValueError):
    """The event is none that we know. Its text names the field, never what stood in it."""


@dataclass(frozen=True)
class TextIn:
    """A text message that came in: from a person's number to one of the agency's."""

    id: str
    at: datetime | None
    sender: str
    agency: str
    body: str


@dataclass(frozen=True)
class MailIn:
    """A mail that came in, but for its body, which lies in S3.

    `sender` is the address of `From`; `automatic`: an auto-reply, a bounce or bulk mail, never to be answered
    (RFC 3834); `authentic`: `From` passed DMARC; `infected`: SES found a virus.
    """

    id: str
    at: datetime | None
    sender: str
    agency: str
    subject: str
    bucket: str
    key: str
    automatic: bool
    authentic: bool
    infected: bool


@dataclass(frozen=True)
class ReplyIn:
    """An answer to a post of the agency: `author` as the platform names them, `account` whose post it was."""

    id: str
    at: datetime | None
    platform: str
    account: str
    author: str
    title: str
    body: str
    url: str


def read(message: Any) -> TextIn | MailIn | ReplyIn | None:
    """What a message of the queue `inbound` tells; None for SES's word that the topic works.

    Raises Malformed.
    """
    if not isinstance(message, Mapping):
        raise Malformed("a message is an object")
    if message.get("kind") == REPLY:
        return _reply(message)
    event, at = _opened(message)
    if event is None:
        return None
    if "originationNumber" in event:
        return _text(event, at)
    if event.get("notificationType") == "Received":
        return _mail(event, at)
    raise Malformed("neither a text nor a mail")


def _opened(message: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, datetime | None]:
    """The event, and when SNS took it."""
    if message.get("Type") != "Notification":
        return message, None
    inner = _string(message, "Message")
    if inner.startswith(GREETINGS):
        return None, None
    try:
        event = json.loads(inner)
    except ValueError:
        raise Malformed("Message is no JSON") from None
    if not isinstance(event, Mapping):
        raise Malformed("Message is no object")
    return event, _moment(_string(message, "Timestamp"))


def _text(event: Mapping[str, Any], at: datetime | None) -> TextIn:
    return TextIn(
        id=_string(event, "inboundMessageId"),
        at=at,
        sender=_string(event, "originationNumber"),
        agency=_string(event, "destinationNumber"),
        body=_string(event, "messageBody", may_be_empty=True)[:LONGEST_TEXT],
    )


def _reply(message: Mapping[str, Any]) -> ReplyIn:
    reply = _part(message, "reply")
    return ReplyIn(
        id=_string(reply, "id"),
        at=_moment(_string(reply, "at")),
        platform=_string(message, "platform"),
        account=_string(message, "account"),
        author=_string(reply, "author"),
        title=_string(message, "title", may_be_empty=True)[:LONGEST_SUBJECT],
        body=_string(reply, "text", may_be_empty=True)[:LONGEST_TEXT],
        url=_string(reply, "url", may_be_empty=True),
    )


def _mail(event: Mapping[str, Any], at: datetime | None) -> MailIn:
    mail, receipt = _part(event, "mail"), _part(event, "receipt")
    action = _part(receipt, "action")
    headers = _headers(mail)
    return MailIn(
        id=_string(mail, "messageId"),
        at=at or _moment(_string(mail, "timestamp")),
        sender=_address(headers.get("from", "")),
        agency=_agency(receipt.get("recipients") or mail.get("destination")),
        subject=_decoded(headers.get("subject", ""))[:LONGEST_SUBJECT],
        bucket=_string(action, "bucketName"),
        key=_string(action, "objectKey"),
        automatic=_automatic(headers, envelope_sender=str(mail.get("source") or "")),
        authentic=_verdict(receipt, "dmarcVerdict") == "PASS",
        infected=_verdict(receipt, "virusVerdict") == "FAIL",
    )


def _agency(recipients: object) -> str:
    """The address of ours that it went to; of several, the one that unsubscribes."""
    ours = [_address(one) for one in recipients] if isinstance(recipients, list) else []
    return next((one for one in ours if one.lower().startswith(f"{UNSUBSCRIBE}@")), ours[0] if ours else "")


def _automatic(headers: Mapping[str, str], *, envelope_sender: str) -> bool:
    """Whether nobody wrote it (RFC 3834, section 2): a null sender, `Auto-Submitted`, `Precedence`."""
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    null_sender = envelope_sender in ("", "<>") or envelope_sender.lower().startswith("mailer-daemon@")
    precedence = headers.get("precedence", "").strip().lower()
    return null_sender or submitted != "no" or precedence in BULK or not AUTOMATIC.isdisjoint(headers)


def _headers(mail: Mapping[str, Any]) -> dict[str, str]:
    """The headers by name in lower case, the first of each."""
    headers = mail.get("headers")
    found: dict[str, str] = {}
    for one in headers if isinstance(headers, list) else ():
        if isinstance(one, Mapping):
            found.setdefault(str(one.get("name", "")).lower(), _whole(str(one.get("value", ""))))
    return found


def _address(text: object) -> str:
    from email.utils import parseaddr

    return parseaddr(_whole(str(text)))[1]


def _decoded(text: str) -> str:
    """A header's text, its encoded words (RFC 2047) read; as it stands where they cannot be."""
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        return _whole(str(make_header(decode_header(text))))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _verdict(receipt: Mapping[str, Any], name: str) -> str:
    verdict = receipt.get(name)
    return str(verdict.get("status", "")) if isinstance(verdict, Mapping) else ""


def _moment(text: str) -> datetime:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Malformed("a time is no RFC 3339") from None


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = event.get(name)
    if not isinstance(part, Mapping):
        raise Malformed(f"{name} is no object")
    return part


def _string(event: Mapping[str, Any], name: str, *, may_be_empty: bool = False) -> str:
    text = event.get(name)
    if not isinstance(text, str) or not (text or may_be_empty):
        raise Malformed(f"{name} is no text")
    return _whole(text)


def _whole(text: str) -> str:
    """The text as UTF-8 can hold it: JSON may bring half of a surrogate pair, where an emoji was cut."""
    return text.encode("utf-8", "replace").decode()
