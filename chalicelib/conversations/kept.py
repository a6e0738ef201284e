"""Entries as the table holds them, and that each message of a provider is dealt with once."""

from chalicelib.conversations.model import Entry
from chalicelib.conversations.tables import OPEN, EntryItem, SeenItem, read_one
from chalicelib.subscribers.writes import Together

SEEN = "seen"
"""The kind of a lost condition: the message was dealt with meanwhile."""


def add(together: Together, entry: Entry, *, owner: str, expires_at: int) -> None:
    """Adds the writing of an entry, on condition that its provider's message was not dealt with before.

    `owner` is a subscriber's id, or the digest of an address that nobody has; `expires_at` epoch seconds.
    """
    item = EntryItem(
        owner,
        entry.id,
        at=entry.at,
        direction=entry.direction,
        channel=entry.channel,
        address=entry.address,
        agency=entry.agency,
        subject=entry.subject or None,
        text=entry.text or None,
        keyword=entry.keyword or None,
        answer=entry.answer or None,
        automatic=entry.automatic,
        authentic=entry.authentic,
        provider_id=entry.provider_id,
        expires_at=expires_at,
        list=OPEN if entry.waits else None,
        sort=entry.id if entry.waits else None,
    )
    together.put(item)
    seen = SeenItem(
        SeenItem.id_of(entry.provider_id), "seen", owner=owner, entry_id=entry.id, expires_at=expires_at
    )
    together.put(seen, SeenItem.subscriber_id.does_not_exist(), kind=SEEN)


def seen(provider_id: str) -> SeenItem | None:
    """That a provider's message was dealt with before; None where it was not."""
    found: SeenItem | None = read_one(SeenItem, SeenItem.id_of(provider_id), "seen")
    return found


def entry_for(one: SeenItem) -> Entry | None:
    """The entry that a message became; None where it was erased."""
    item = read_one(EntryItem, one.owner, one.entry_id) if one.owner and one.entry_id else None
    return entry_of(item) if item is not None else None


def entry_of(item: EntryItem) -> Entry:
    """An entry as the table holds it, read back."""
    return Entry(
        id=item.id,
        at=item.at,
        direction=item.direction,
        channel=item.channel,
        address=item.address,
        agency=item.agency,
        subject=item.subject or "",
        text=item.text or "",
        keyword=item.keyword or "",
        answer=item.answer or "",
        automatic=bool(item.automatic),
        authentic=bool(item.authentic),
        provider_id=item.provider_id,
        closed_at=item.closed_at or "",
        closed_by=item.closed_by or "",
        note=item.note or "",
    )
