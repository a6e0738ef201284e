"""What the engine sees of a person under each topic. Pure: the rows in the tables always equal these."""

from chalicelib.subscribers.held import waits, written
from chalicelib.subscribers.model import (
    CHANNELS,
    DIGEST,
    EVERYONE,
    IMMEDIATE,
    LIST_PREFIX,
    Person,
    Row,
    Subscription,
)


def row_of(person: Person, topic_id: str) -> Row | None:
    """The projection of a person under a topic; None where the person has none.

    `_all` holds everyone with an address, `_digest` those of them whom a digest may be for.
    """
    subscription = person.topics.get(topic_id)
    everyone = topic_id == EVERYONE or (topic_id == DIGEST and waits(person))
    if everyone and person.addresses:
        subscription = Subscription(tuple(c for c in CHANNELS if c in person.addresses), IMMEDIATE, "", "")
    if subscription is None:
        return None
    return Row(
        subscriber_id=person.id,
        email=_address(person, "email"),
        sms=_address(person, "sms"),
        channels=subscription.channels,
        cadence=subscription.cadence,
        language=person.language,
        time_zone=person.time_zone,
        name=person.name,
        blocks=tuple(sorted(person.blocks)),
        places=tuple(sorted(f"{name}:{p.latitude},{p.longitude}" for name, p in person.places.items())),
        joined=person.created_at[:10],
        wanted=_wanted(person) if everyone else (),
        sources=tuple(sorted({s.source for s in person.topics.values()})) if everyone else (),
        wishes=person.wishes,
        life_safety=person.life_safety,
        turns=subscription.turns,
        held=written(person) if topic_id == DIGEST else "",
        push=_address(person, "push"),
        voice=_address(person, "voice"),
    )


def _address(person: Person, channel: str) -> str | None:
    held = person.addresses.get(channel)
    return held.address if held else None


def _wanted(person: Person) -> tuple[str, ...]:
    """The channels of the person's topics, lists apart."""
    own = [s.channels for topic, s in person.topics.items() if not topic.startswith(LIST_PREFIX)]
    return tuple(sorted({channel for channels in own for channel in channels}))
