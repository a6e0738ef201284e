"""CAP's rules beyond its schema, each a small function that names the section it comes from. Pure.

The schema takes an empty identifier, a polygon of two points, latitude 999, an Update without references and
a Private message without addresses; people who rely on a message do not. What a message shows by itself is
judged here; what takes other messages to tell is in `related`.
"""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha1

from chalicelib.alerts.cap.area_rules import area_rules
from chalicelib.alerts.cap.model import (
    ACK,
    ALERT,
    CANCEL,
    ERROR,
    PRIVATE,
    RESTRICTED,
    UPDATE,
    Info,
    Message,
)
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.times import instant
from chalicelib.alerts.cap.write import write
from chalicelib.core.errors import FieldError, InvalidFields

AHEAD = timedelta(minutes=5)
"""How much another's clock may be ahead of ours."""

UNFIT = re.compile(r"[\s,<&]")
"""What no identifier and no sender may hold: they stand in `references` (3.2.1)."""

Errors = Iterator[FieldError]
Rule = Callable[[Message], Errors]


def check(message: Message, *, now: datetime) -> None:
    """Raises InvalidFields, each place by its pointer in CAP's terms, for a message that breaks a rule."""
    if errors := broken(message, now=now):
        raise InvalidFields(*errors, detail="This message breaks rules of CAP 1.2.")


def broken(message: Message, *, now: datetime) -> list[FieldError]:
    """What a message has against it at a moment; nothing for one that may be sent or taken."""
    if errors := list(_schema(message)):
        return errors
    return [*moment(message, now), *(error for rule in RULES for error in rule(message))]


def _schema(message: Message) -> Errors:
    """All that the schema asks for: a message that was made here is held to the same as one that was read."""
    for name in ("addresses", "incidents"):
        if any('"' in one or not one.strip() for one in getattr(message, name)):
            yield FieldError(f"/{name}", "It can hold no double quotes and nothing empty (3.2.1).")
            return
    try:
        read(write(message))
    except InvalidFields as refused:
        yield from refused.errors
    except ValueError:
        yield FieldError("/", "A text holds a character that XML has not, such as a control character.")


def names(message: Message) -> Errors:
    """Identifiers and senders, also those referred to, hold no space, comma, `<` or `&` (3.2.1)."""
    for place, name in (("identifier", message.identifier), ("sender", message.sender)):
        if UNFIT.search(name):
            yield FieldError(f"/{place}", "It may hold no space, comma, < or & (3.2.1).")
    for one in message.references:
        if UNFIT.search(one.identifier + one.sender):
            yield FieldError("/references", "A sender or identifier holds <, & or a comma (3.2.1).")


def moment(message: Message, now: datetime) -> Errors:
    """It was not sent in the future: `sent` is when it was made (3.2.1)."""
    if instant(message.sent) > now + AHEAD:
        yield FieldError("/sent", "It lies in the future (3.2.1).")


def told(message: Message) -> Errors:
    """An Alert and an Update tell something; a Cancel, an Ack and an Error need not (3.2.1)."""
    if message.message_type in (ALERT, UPDATE) and not message.infos:
        yield FieldError("/info", f"{message.message_type} needs an info block (3.2.1).")


def refers(message: Message) -> Errors:
    """Update, Cancel, Ack and Error name the messages that they are about (3.2.1, msgType)."""
    if message.message_type in (UPDATE, CANCEL, ACK, ERROR) and not message.references:
        yield FieldError("/references", f"{message.message_type} needs the messages it is about (3.2.1).")


def explains(message: Message) -> Errors:
    """Ack and Error say why in a note (3.2.1, msgType)."""
    if message.message_type in (ACK, ERROR) and not message.note:
        yield FieldError("/note", f"{message.message_type} explains itself in a note (3.2.1).")


def earlier(message: Message) -> Errors:
    """What is referred to is another message, and not a later one (3.2.1)."""
    for number, one in enumerate(message.references, start=1):
        if (one.sender, one.identifier) == (message.sender, message.identifier):
            yield FieldError("/references", f"Reference {number} is to this message itself (3.2.1).")
            continue
        try:
            later = instant(one.sent) > instant(message.sent)
        except ValueError as error:
            yield FieldError("/references", f"Reference {number}: {error}")
            continue
        if later:
            yield FieldError("/references", f"Reference {number} was sent after this message (3.2.1).")


def addressed(message: Message) -> Errors:
    """A private message has addresses, a restricted one its restriction (3.2.1)."""
    if message.scope == PRIVATE and not message.addresses:
        yield FieldError("/addresses", "A private message names whom it is for (3.2.1).")
    if message.scope == RESTRICTED and not message.restriction:
        yield FieldError("/restriction", "A restricted message says for whom it is (3.2.1).")


def lasting(message: Message) -> Errors:
    """An info block does not expire before it takes effect, which by default is when it was sent (3.2.2)."""
    for number, info in enumerate(message.infos):
        if info.expires and instant(info.expires) < instant(info.effective or message.sent):
            yield FieldError(f"/info/{number}/expires", "It expires before it takes effect (3.2.2).")


def resources(message: Message) -> Errors:
    """A file inside is base64, and its digest is the SHA-1 of it, in hexadecimal (3.2.3)."""
    for number, info in enumerate(message.infos):
        for place, one in enumerate(info.resources):
            at = f"/info/{number}/resource/{place}"
            content = _content(one.content)
            if content is None:
                yield FieldError(f"{at}/derefUri", "The file is not in base64 (3.2.3).")
            if one.digest and not re.fullmatch(r"[0-9A-Fa-f]{40}", one.digest):
                yield FieldError(f"{at}/digest", "Give a SHA-1 in 40 hexadecimal digits (3.2.3).")
            elif one.digest and content and sha1(content).hexdigest() != one.digest.lower():  # noqa: S324 - CAP's
                yield FieldError(f"{at}/digest", "It is not that of the file (3.2.3).")


def _content(text: str) -> bytes | None:
    """The file that base64 holds, empty for none; None where it cannot be read."""
    try:
        return b64decode("".join(text.split()), validate=True)
    except (NoBase64, ValueError):
        return None


RULES: tuple[Rule, ...] = (
    names,
    told,
    refers,
    explains,
    earlier,
    addressed,
    lasting,
    area_rules,
    resources,
)


def sequences(message: Message) -> dict[str, tuple[Info, ...]]:
    """The info blocks by language as it is first written: those of one belong together, in order (3.2.2)."""
    tags: dict[str, str] = {}
    found: dict[str, tuple[Info, ...]] = {}
    for info in message.infos:
        tag = tags.setdefault(info.language.lower(), info.language)
        found[tag] = (*found.get(tag, ()), info)
    return found
