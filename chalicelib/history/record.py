"""The record of one person: what every room holds, together."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.conversations import person as conversations
from chalicelib.conversations.model import Entry
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import person as delivery
from chalicelib.delivery.person import Message
from chalicelib.subscribers import habits, people
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import LedgerEntry, Person
from chalicelib.subscribers.settle import digester


@dataclass(frozen=True)
class Record:
    """All that is held of one person.

    `person` is None of one who was removed; `consent` are the ledger's entries, oldest first, those about an
    address before it was the person's among them. `habit`: what was learned of when they read.
    """

    subscriber_id: str
    person: Person | None
    consent: Sequence[LedgerEntry]
    messages: Sequence[Message]
    entries: Sequence[Entry]
    habit: Habit | None = None


def read(subscriber_id: str, *, wiring: Wiring) -> Record:
    """The record of a person, or what is left of one who was removed. Raises NotFound."""
    person = people.present([subscriber_id]).get(subscriber_id)
    consent = people.ledger(subscriber_id)
    if person is None and not consent:
        raise NotFound("No subscriber has this id.")
    messages = delivery.export_person(subscriber_id, wiring=wiring)
    entries = list(conversations.entries(subscriber_id, wiring=wiring))
    habit = habits.habits_of(wiring.dynamodb, [subscriber_id]).get(subscriber_id)
    return Record(subscriber_id, person, [*_of_addresses(person, wiring), *consent], messages, entries, habit)


def _of_addresses(person: Person | None, wiring: Wiring) -> list[LedgerEntry]:
    """What the ledger says of the person's addresses apart from any person: complaints, say."""
    digest = digester(wiring)
    held = person.addresses.items() if person else ()
    return [entry for channel, one in held for entry in people.ledger(digest(channel, one.address))]
