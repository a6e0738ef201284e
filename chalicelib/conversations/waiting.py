"""The entries that wait for somebody: listed over everyone, the oldest first; closed by who saw to them."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.conversations.kept import entry_of
from chalicelib.conversations.model import Entry
from chalicelib.conversations.tables import OPEN, EntryItem, read_one
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.tables import Page, list_page


@dataclass(frozen=True)
class Waiting:
    """An entry with whose it is: a subscriber's id, or the digest (`sms#HMAC`) of a stranger's address."""

    owner: str
    entry: Entry

    @property
    def reference(self) -> str:
        """By which it is named in a path."""
        return f"{self.owner.replace('#', '.')}.{self.entry.id}"

    @property
    def subscriber_id(self) -> str | None:
        """The person's id, where the address was a person's when it came in."""
        return None if "#" in self.owner else self.owner


def page(*, limit: int, cursor: str | None) -> Page[Waiting]:
    """One page of what waits, the oldest first."""
    found = list_page(EntryItem.list_index, OPEN, limit=limit, cursor=cursor, newest_first=False)
    return Page([_waiting(item) for item in found.items], found.next)


def close(reference: str, *, note: str, by: str, now: datetime) -> Waiting:
    """Takes an entry out of the list, with what was done about it.

    Raises NotFound; Conflict where somebody else closed it, or nobody needed to.
    """
    owner, _, entry_id = reference.rpartition(".")
    item = read_one(EntryItem, owner.replace(".", "#"), entry_id) if owner and entry_id else None
    if item is None:
        raise NotFound("No entry has this id.")
    actions = [
        EntryItem.closed_at.set(rfc3339(now)),
        EntryItem.closed_by.set(by),
        EntryItem.note.set(note),
        EntryItem.list.remove(),
        EntryItem.sort.remove(),
    ]
    if not item.update_if(actions=actions, condition=EntryItem.list == OPEN):
        raise Conflict("This entry does not wait for anybody.", code="entry-closed")
    return _waiting(item)


def _waiting(item: EntryItem) -> Waiting:
    return Waiting(item.subscriber_id, entry_of(item))
