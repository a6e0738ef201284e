"""Trusted senders: whose messages must be signed, and with which certificates.

A sender on the list is believed only with a signature by one of its certificates; whoever else writes its
name is refused. Of all other senders a signature says nothing, and is not looked at.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.signature import certificate_error, read_signed
from chalicelib.alerts.sources.tables import SourceItem
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.staff import Actor
from chalicelib.core.tables import Page, list_page

SENDERS, SENDER = "sender", "sender"


@dataclass(frozen=True)
class Sender:
    """A trusted sender: CAP's `sender`, who that is, and its certificates (PEM); who listed it, and when."""

    sender: str
    name: str
    certificates: tuple[str, ...]
    listed_by: str
    listed_at: str

    @property
    def id(self) -> str:
        """How it is named in addresses."""
        return sha256(self.sender.encode()).hexdigest()[:32]


def put(sender: str, name: str, certificates: tuple[str, ...], *, actor: Actor, now: datetime) -> Sender:
    """Lists a sender, or replaces its certificates. Raises InvalidFields for what is no certificate."""
    wrong = [
        FieldError(f"/certificates/{number}", why)
        for number, one in enumerate(certificates)
        if (why := certificate_error(one))
    ]
    if wrong:
        raise InvalidFields(*wrong)
    listed = Sender(sender, name, certificates, actor.staff_id, rfc3339(now))
    SourceItem(_key(listed.id), SENDER, list=SENDERS, sort=listed.id, document=asdict(listed)).save()
    return listed


def page(*, limit: int, cursor: str | None) -> Page[Sender]:
    """One page of the trusted senders."""
    found = list_page(SourceItem.list_index, SENDERS, limit=limit, cursor=cursor)
    return Page([_sender(item) for item in found.items], found.next)


def remove(sender_id: str) -> None:
    """Takes a sender from the list: from now on its name alone will do. Raises NotFound."""
    if not SourceItem(_key(sender_id), SENDER).delete_if(condition=SourceItem.source_id.exists()):
        raise NotFound("No trusted sender has this id.")


def read_trusted(xml: bytes, *, now: datetime) -> tuple[Message, str]:
    """A message, and the fingerprint of the listed certificate that signed it; empty for other senders.

    Raises as `cap.read.read` does, and BadRequest (`not-signed`, `signature-refused`) for a message that
    names a trusted sender and is not signed by it.
    """
    message = read(xml)
    certificates = _certificates(message.sender)
    if not certificates:
        return message, ""
    return read_signed(xml, certificates, now=now)


def _certificates(sender: str) -> tuple[str, ...]:
    listed = Sender(sender, "", (), "", "").id
    try:
        return _sender(SourceItem.get(_key(listed), SENDER, consistent_read=True)).certificates
    except SourceItem.DoesNotExist:
        return ()


def _key(sender_id: str) -> str:
    return f"sender#{sender_id}"


def _sender(item: SourceItem) -> Sender:
    document = dict(item.document or {})
    return Sender(**{**document, "certificates": tuple(document["certificates"])})
