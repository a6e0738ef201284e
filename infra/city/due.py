"""Which messages a campaign owes to whom, worked out apart from the engine, to hold its outbox against."""

from collections.abc import Iterable
from dataclasses import dataclass

from infra.city.residents import Resident
from infra.city.texts import Campaign


@dataclass(frozen=True, order=True)
class Message:
    """One message that is due: exactly once, to this address, in this language."""

    channel: str
    address: str
    language: str
    name: str


def due(people: Iterable[Resident], campaign: Campaign) -> list[Message]:
    """One message per chosen channel for each resident with any of the topics, however many matched."""
    found = []
    for person in people:
        if set(person.topics) & set(campaign.topics):
            found += [
                Message(channel, person.addresses[channel], person.language, person.name)
                for channel in sorted(set(person.channels) & set(campaign.channels))
            ]
    return found
