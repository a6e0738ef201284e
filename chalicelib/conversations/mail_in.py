"""A mail that came in: the way out of a message acts as its link does; all else is kept for somebody to read.

`List-Unsubscribe` names `mailto:unsubscribe@DOMAIN?subject=TOKEN` beside the link (RFC 2369): the token is in
the subject, for a local part holds 64 octets (RFC 5321, 4.5.3.1.1) and need not keep its case, and a token
has 67. No mail is ever answered by a machine here, so no loop can begin (RFC 3834).
"""

import re
from datetime import timedelta
from typing import Any

from chalicelib.conversations import kept
from chalicelib.conversations.bodies import MAX_BYTES, text_of
from chalicelib.conversations.events import UNSUBSCRIBE, MailIn
from chalicelib.conversations.model import IN, Entry
from chalicelib.core import ids
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.errors import InvalidFields
from chalicelib.core.logs import logger
from chalicelib.core.tokens import TokenExpired, TokenRefused
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.delivery_tokens import LONG_CHARACTERS
from chalicelib.engagement.unsubscribe import unsubscribe_by_token
from chalicelib.subscribers import habits, people
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.settle import digester
from chalicelib.subscribers.writes import Lost, Together

CHANNEL = "email"
SOURCE = "mailto"
TOKEN = re.compile(rf"(?<![\w-])[\w-]{{{LONG_CHARACTERS}}}(?![\w-])", re.ASCII)


def take_mail(mail: MailIn, *, wiring: Wiring) -> None:
    """Does what a mail asks, or keeps it; then its raw text is deleted. The same mail again is harmless."""
    if mail.infected:
        logger.warning("mail-infected", ses_message_id=mail.id[:100])
    elif not kept.seen(mail.id):
        _deal(mail, wiring=wiring)
    wiring.s3.delete_object(Bucket=mail.bucket, Key=mail.key)


def _deal(mail: MailIn, *, wiring: Wiring) -> None:
    subscriber_id = _unsubscribed(mail, wiring=wiring)
    if subscriber_id and people.present([subscriber_id]):
        _keep(mail, subscriber_id, keyword=UNSUBSCRIBE, text="", wiring=wiring)
    elif not subscriber_id:
        _keep(mail, _owner(mail, wiring=wiring), keyword="", text=_body(mail, wiring=wiring), wiring=wiring)


def _unsubscribed(mail: MailIn, *, wiring: Wiring) -> str:
    """Whom the mail's token unsubscribed; empty where it brought none that is good."""
    found = TOKEN.search(mail.subject)
    if found is None or mail.agency.partition("@")[0].lower() != UNSUBSCRIBE:
        return ""
    try:
        return unsubscribe_by_token(found[0], source=SOURCE, wiring=wiring).subscriber_id
    except (TokenRefused, TokenExpired):
        return ""


def _owner(mail: MailIn, *, wiring: Wiring) -> str:
    """Whose the mail is by its `From`: a person's id, or the digest of an address that nobody has."""
    try:
        address = normalise(CHANNEL, mail.sender, country=wiring.settings.country)
    except InvalidFields:
        address = mail.sender
    person = people.find(CHANNEL, address, wiring=wiring)
    return person.id if person else digester(wiring)(CHANNEL, address)


def _body(mail: MailIn, *, wiring: Wiring) -> str:
    part: dict[str, Any] = {"Range": f"bytes=0-{MAX_BYTES - 1}"}
    answer = wiring.s3.get_object(Bucket=mail.bucket, Key=mail.key, **part)
    return text_of(answer["Body"].read())


def _keep(mail: MailIn, owner: str, *, keyword: str, text: str, wiring: Wiring) -> None:
    now = wiring.clock()
    moment = min(mail.at or now, now)
    entry = Entry(
        id=ids.time_ordered_id(moment),
        at=rfc3339(moment),
        direction=IN,
        channel=CHANNEL,
        address=mail.sender,
        agency=mail.agency,
        subject="" if keyword else mail.subject,
        text=text,
        keyword=keyword,
        answer="",
        automatic=mail.automatic,
        authentic=mail.authentic,
        provider_id=mail.id,
    )
    together = Together()
    expires_at = epoch(now + timedelta(days=wiring.settings.entry_days))
    kept.add(together, entry, owner=owner, expires_at=expires_at)
    try:
        together.commit(wiring)
    except Lost:  # the same mail, dealt with at the same moment
        logger.info("mail-repeated", ses_message_id=mail.id[:100])
    if entry.waits and entry.authentic and ids.is_id(owner):
        habits.saw(owner, now=now, wiring=wiring)
