"""What the engine sees of a person under each topic. Pure: the rows in the tables always equal these."""

from chalicelib.subscribers.model import (
    CHANNELS,
    EVERYONE,
    IMMEDIATE,
    LIST_PREFIX,
    Person,
    Row,
    Subscription,
)


def row_of(person: Person, topic_id: str) -> Row | None:
    """The projection of a person under a topic; None where the person has none.

    `_all` holds everyone with an address.
    """
    subscription = person.topics.get(topic_id)
    if topic_id == EVERYONE and person.addresses:
        subscription = Subscription(tuple(c for c in CHANNELS if c in person.addresses), IMMEDIATE, "", "")
    if subscription is None:
        return None
    everyone = topic_id == EVERYONE
    email, sms = person.addresses.get("email"), person.addresses.get("sms")
    return Row(
        subscriber_id=person.id,
        email=email.address if email else None,
        sms=sms.address if sms else None,
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
    )


def _wanted(person: Person) -> tuple[str, ...]:
    """The channels of the person's topics, lists apart."""
    own = [s.channels for topic, s in person.topics.items() if not topic.startswith(LIST_PREFIX)]
    return tuple(sorted({channel for channels in own for channel in channels}))
