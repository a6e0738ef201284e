"""What a row makes of the person who has its addresses.

An import adds, and never overrides what a person chose.

A new person gets all that the row says. A known one gets addresses, a name and a home that were missing,
and topics that they do not have; their language, time zone and channels stay. A topic that a person ended
comes back only by a consent given after that.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.core.clock import rfc3339
from chalicelib.subscribers import rules
from chalicelib.subscribers.imports.rows import COLUMN_OF, HOME, Refusal, Row
from chalicelib.subscribers.model import Person
from chalicelib.subscribers.profile import MAX_PLACES

ENDED = "The person ended one of these topics; it needs a consent given later than that, with its time."
OTHER_ADDRESS = "The person has another address here; they can change it themselves."


def merged(person: Person, row: Row, *, now: datetime) -> Person:
    """The person with what the row adds."""
    for channel, address in row.addresses.items():
        if channel not in person.addresses:
            person = rules.with_address(person, channel, address, verified_at=rfc3339(row.consent_at or now))
    person = replace(person, name=person.name or row.name)
    if row.place and HOME not in person.places and len(person.places) < MAX_PLACES:
        person = replace(person, places={**person.places, HOME: row.place})
    since = rfc3339(row.consent_at or now)
    for topic in new_topics(person, row):
        person = rules.subscribed(
            person, topic, row.channels, source=row.consent_source, at=since, cadence=row.cadence
        )
    return person


def new_topics(person: Person, row: Row) -> list[str]:
    """The row's topics that the person does not have."""
    return [topic for topic in row.topics if topic not in person.topics]


def refusals(person: Person, row: Row) -> list[Refusal]:
    """Why the row cannot be taken for this person."""
    found = [
        Refusal(row.line, COLUMN_OF[channel], OTHER_ADDRESS)
        for channel, address in row.addresses.items()
        if channel in person.addresses and person.addresses[channel].address.casefold() != address.casefold()
    ]
    since = rfc3339(row.consent_at) if row.consent_at else ""
    if any(since <= person.ended[topic] for topic in new_topics(person, row) if topic in person.ended):
        found.append(Refusal(row.line, "topics", ENDED))
    return found
