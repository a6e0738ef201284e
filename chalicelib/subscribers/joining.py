"""What becomes of two records that turn out to be one person's, and how that is undone. Pure.

The record that stays takes the address, the topics, the places and the wish to be alerted of the other; its
own name, language and wishes win. Undone, each has again what it had, but for what the person ended in the
meantime: an undo never brings back a consent that was withdrawn.
"""

from dataclasses import replace

from chalicelib.subscribers import rules
from chalicelib.subscribers.model import CHANNELS, Person, Subscription
from chalicelib.subscribers.profile import MAX_PLACES


def joinable(other: Person, channel: str) -> bool:
    """Whether a record can be joined by its address on this channel: only if it has no other.

    Whoever proves that address has proven all of the record.
    """
    return set(other.addresses) == {channel}


def joined(own: Person, other: Person, channel: str) -> Person:
    """The record that stays, with what the other had; the address takes the place of an own one."""
    given = other.addresses[channel]
    after = rules.with_address(own, channel, given.address, verified_at=given.verified_at)
    for topic, theirs in sorted(other.topics.items()):
        held = after.topics.get(topic, theirs)
        channels = {*held.channels, *theirs.channels}
        made = replace(held, channels=tuple(one for one in CHANNELS if one in channels))
        after = replace(after, topics={**after.topics, topic: made})
    places = dict([*own.places.items(), *((n, p) for n, p in other.places.items() if n not in own.places)])
    return replace(
        after,
        ended={**other.ended, **own.ended},
        places=dict(list(places.items())[:MAX_PLACES]),
        life_safety=own.life_safety or other.life_safety,
    )


def parted(now: Person, own: Person, other: Person, channel: str) -> tuple[Person | None, Person]:
    """The record as it is now, without what came of the join; and the other one again.

    `own` and `other` are the two as they were before. None where the first has no address left.
    """
    was = joined(own, other, channel)
    first = replace(
        now,
        topics=_without_gained(now, own, was),
        places={n: p for n, p in now.places.items() if n in own.places or was.places.get(n) != p},
        life_safety=now.life_safety and (own.life_safety or not other.life_safety),
    )
    second = replace(
        other,
        topics=_still_wanted(now, other),
        ended={**{topic: at for topic, at in now.ended.items() if topic in other.topics}, **other.ended},
        life_safety=other.life_safety and now.life_safety,
        version=other.version + 1,
    )
    held = now.addresses.get(channel)
    if held is None or held.address != other.addresses[channel].address:
        return first, second
    if channel in own.addresses:
        return replace(first, addresses={**now.addresses, channel: own.addresses[channel]}), second
    return rules.without_address(first, channel), second


def _without_gained(now: Person, own: Person, was: Person) -> dict[str, Subscription]:
    """The topics now, without the channels that the join brought."""
    topics = {}
    for topic, held in now.topics.items():
        had = own.topics[topic].channels if topic in own.topics else ()
        brought = set(was.topics[topic].channels) - set(had) if topic in was.topics else set()
        if channels := tuple(one for one in held.channels if one not in brought):
            topics[topic] = replace(held, channels=channels)
    return topics


def _still_wanted(now: Person, other: Person) -> dict[str, Subscription]:
    """The topics that the other had, on the channels on which they still come."""
    topics = {}
    for topic, theirs in other.topics.items():
        held = now.topics[topic].channels if topic in now.topics else ()
        if channels := tuple(one for one in theirs.channels if one in held):
            topics[topic] = replace(theirs, channels=channels)
    return topics
