"""One person's entries: listed in the order of time, exported, erased; the room `history` calls these.

What came from an address before it was anybody's stands under the address's digest: the digests of the
person's present addresses are always looked at, and those that the caller knows of besides.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from heapq import merge
from typing import Any

from chalicelib.conversations.kept import entry_of
from chalicelib.conversations.model import Entry
from chalicelib.conversations.tables import EntryItem, SaidItem, SeenItem, delete_all, read_one
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.settle import digester


def stranger(digest: str) -> str:
    """The id under which the engine knows somebody unknown who is answered, by their address's digest."""
    return digest.partition("#")[2][:32]


def entries(
    subscriber_id: str, *, digests: Collection[str] = (), newest_first: bool = False, wiring: Wiring
) -> Iterator[Entry]:
    """A person's entries in the order of time, read as they are taken. `digests`: `email#HMAC`."""
    owners = _owners(subscriber_id, digests, wiring=wiring)
    streams = [EntryItem.of(owner, newest_first=newest_first) for owner in owners]
    for item in merge(*streams, key=lambda one: one.id, reverse=newest_first):
        yield entry_of(item)


def export_person(
    subscriber_id: str, *, digests: Collection[str] = (), wiring: Wiring
) -> list[dict[str, Any]]:
    """All that is kept of what a person wrote to us, oldest first, as plain data."""
    return [asdict(one) for one in entries(subscriber_id, digests=digests, wiring=wiring)]


def erase_person(subscriber_id: str, *, digests: Collection[str] = (), wiring: Wiring) -> int:
    """Erases a person's entries, and those under the digests of their addresses; how many there were.

    To be called while the person still has the addresses, or with their digests. That a provider's message
    was dealt with stays known, without whose it was: one that comes once more changes nothing. Repeats are
    harmless.
    """
    erased = 0
    for owner in _owners(subscriber_id, digests, wiring=wiring):
        found = list(EntryItem.of(owner))
        for item in found:
            _forget_whose(item.provider_id)
        delete_all(found)
        said = read_one(SaidItem, SaidItem.id_of(owner), "said")
        if said is not None:
            said.delete()
        erased += len(found)
    return erased


def _owners(subscriber_id: str, digests: Collection[str], *, wiring: Wiring) -> list[str]:
    person = people.present([subscriber_id]).get(subscriber_id)
    held = person.addresses.items() if person else ()
    digest = digester(wiring)
    return sorted({subscriber_id, *digests, *(digest(channel, one.address) for channel, one in held)})


def _forget_whose(provider_id: str) -> None:
    item = SeenItem(SeenItem.id_of(provider_id), "seen")
    item.update_if(
        actions=[SeenItem.owner.remove(), SeenItem.entry_id.remove()],
        condition=SeenItem.subscriber_id.exists(),
    )
