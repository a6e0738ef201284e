"""Persons: read, found by address, made, changed, removed.

Every change of a person is one transaction: the person (on condition of its version), the items that keep its
addresses to it, its projections, its entry in the consent ledger. See `rules` for what a change means and for
the limit on topics.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.addresses import digest as digest_of
from chalicelib.subscribers.model import Address, LedgerEntry, Person, Provenance, Subscription, Wording
from chalicelib.subscribers.passing_tables import JoinItem
from chalicelib.subscribers.rules import takes_leave_back
from chalicelib.subscribers.settle import AddressTaken, Pair, settle
from chalicelib.subscribers.tables import AddressItem, LedgerItem, PersonItem
from chalicelib.subscribers.writes import Together, ledger_entry, person_of

IMPORTED = "import"
"""The source in the ledger of what a file said."""

JOINED = "join"
"""The source of a join in the ledger; the note of such an entry is the id of the record that went."""

LEAVE = "study"
"""The queue in which it is looked at whether somebody still gives leave (`engagement/study.py`)."""

LEAVE_DELAY_S = 20

__all__ = [
    "IMPORTED",
    "JOINED",
    "Address",
    "AddressTaken",
    "Person",
    "Subscription",
    "Wording",
    "change",
    "create",
    "find",
    "get",
    "joined_into",
    "ledger",
    "look_after_leave",
    "present",
    "records_of",
    "remove",
]


def get(subscriber_id: str) -> Person:
    """The person of an id, read consistently. Raises NotFound."""
    person = present([subscriber_id]).get(subscriber_id)
    if person is None:
        raise NotFound("No subscriber has this id.")
    return person


def present(subscriber_ids: Sequence[str]) -> dict[str, Person]:
    """The persons of up to 100 ids as they are now (one consistent request); ids of nobody are left out."""
    return {key: person_of(item) for key, item in PersonItem.read(subscriber_ids).items()}


def find(channel: str, address: str, *, wiring: Wiring) -> Person | None:
    """The person who holds a normalised address, or None."""
    digest = digest_of(channel, address, key=wiring.address_key)
    owner = AddressItem.owners([digest]).get(digest)
    return present([owner]).get(owner) if owner else None


def ledger(subscriber_id: str) -> list[LedgerEntry]:
    """All consent changes of a person, oldest first; also of one who was removed."""
    return [ledger_entry(item) for item in LedgerItem.of(subscriber_id)]


def blank(*, language: str, time_zone: str, now: datetime, name: str = "") -> Person:
    """A new person with nothing yet, to be filled by a rule; not written."""
    return Person(ids.random_id(), name, language, time_zone, {}, {}, {}, 0, rfc3339(now))


def create(
    person: Person, *, source: str, wording: Wording | None, by: str, now: datetime, wiring: Wiring
) -> Person:
    """Writes a new person. Raises AddressTaken, TooManyTopics."""
    provenance = Provenance(source, by, now, wording)
    return settle(lambda: [(None, person)], provenance, wiring=wiring)[person.id]


def change(
    subscriber_id: str,
    rule: Callable[[Person], Person],
    *,
    source: str,
    wording: Wording | None,
    by: str,
    now: datetime,
    wiring: Wiring,
    note: str = "",
) -> Person:
    """Changes a person by a rule (pure: it may run several times) and answers the person as it is then.

    A rule that changes nothing writes nothing. Raises NotFound, AddressTaken, TooManyTopics; Conflict where
    others keep being faster.
    """
    decided: list[Pair] = []

    def pair() -> list[Pair]:
        before = get(subscriber_id)
        decided[:] = [(before, rule(before))]
        return decided

    def told(_: Together) -> None:
        if any(takes_leave_back(*one) for one in decided):
            look_after_leave(subscriber_id, wiring=wiring)

    provenance = Provenance(source, by, now, wording, note)
    return settle(pair, provenance, wiring=wiring, more=told)[subscriber_id]


def look_after_leave(subscriber_id: str, *, wiring: Wiring) -> None:
    """Has it looked at soon whether a person still lets us keep what they do.

    The message leaves before anything is written: whatever happens then, it will be done.
    """
    wiring.queues.send(LEAVE, {"leave": subscriber_id}, delay_s=LEAVE_DELAY_S)


def joined_into(subscriber_id: str) -> list[str]:
    """The ids of the records that were joined into a person's (`joins`), oldest first."""
    found = (entry.provenance for entry in ledger(subscriber_id))
    return [one.note for one in found if one.source == JOINED and one.note != subscriber_id]


def records_of(subscriber_id: str) -> list[str]:
    """The ids of a person's records: their own first, and those joined into it that did not part again."""
    found = [subscriber_id]
    for one in found:  # it grows meanwhile: who was joined may have been joined into before
        joined = [other for other in joined_into(one) if other not in found]
        found += [other for other in joined if other not in present(joined)]
    return found


def remove(
    subscriber_id: str, *, source: str, by: str, now: datetime, wiring: Wiring, note: str = ""
) -> None:
    """Removes a person, with addresses and subscriptions; the ledger stays, and says so. Raises NotFound.

    What is kept to undo a join goes before them.
    """
    _forget_joins(subscriber_id)
    settle(lambda: [(get(subscriber_id), None)], Provenance(source, by, now, None, note), wiring=wiring)


def _forget_joins(subscriber_id: str) -> None:
    for other_id in records_of(subscriber_id)[1:]:
        JoinItem(JoinItem.id_of(other_id)).delete()
