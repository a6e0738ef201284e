"""A person's own page: reached by a signed link, without a password; what it shows and what it may change.

Its token stands in no message: `links` gives it, for an hour, to whoever opens a link that was asked for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.tokens import Purpose, TokenRefused, sign, verify
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import notices, people, profile, rules, suppressions, topics
from chalicelib.subscribers.addresses import hint
from chalicelib.subscribers.model import (
    CHANNELS,
    SIGN_UP_CHANNELS,
    Person,
    Place,
    Provenance,
    Wishes,
    Wording,
)
from chalicelib.subscribers.sign_up import CLOSED_TOPIC
from chalicelib.subscribers.topics import Topic

PAGE = "preference-page"
SCOPE = "newsletter"
OWN = rules.LIFTED_BY_CONFIRMING
"""Reasons for silence that a person gave, and may take back."""


class LastAddress(Conflict):
    """A person has at least one address by which they come to their page.

    Who gives the last one up asks to be forgotten.
    """

    code = "last-address"


@dataclass(frozen=True)
class Choices:
    """All that the page shows.

    `addresses` are masked, by channel; `device` is the SHA-256 of that of notifications, if any. `stopped`
    are the channels on which the person said STOP to all of it, complained, or read nothing for long
    (`asleep`); `topics` those offered and those held; `chosen` channels and `cadences` by topic.
    """

    subscriber_id: str
    version: int
    name: str
    language: str
    time_zone: str
    addresses: Mapping[str, str]
    stopped: tuple[str, ...]
    topics: tuple[Topic, ...]
    chosen: Mapping[str, tuple[str, ...]]
    cadences: Mapping[str, str]
    wishes: Wishes
    life_safety: bool
    places: Collection[str]
    device: str = ""
    asleep: tuple[str, ...] = ()

    @property
    def subscribed(self) -> bool:
        """Whether anything is subscribed to, on whatever topic."""
        return bool(self.chosen)


def path_of(subscriber_id: str, *, expires: datetime | None, wiring: Wiring) -> str:
    """The path of a person's page: `/preferences/TOKEN`; for ever, if `expires` is None."""
    token = sign(Purpose.PREFERENCES_PAGE, bytes.fromhex(subscriber_id), ring=wiring.ring, expires=expires)
    return f"/preferences/{token}"


def holder_of(token: str, *, now: datetime, wiring: Wiring) -> str:
    """The subscriber whose page a token opens. Raises TokenRefused, TokenExpired."""
    payload = verify(Purpose.PREFERENCES_PAGE, token, ring=wiring.ring, now=now)
    if len(payload) != 16:
        raise TokenRefused("This link is not valid.")
    return payload.hex()


def read(token: str, *, now: datetime, wiring: Wiring) -> Choices:
    """What the page of a token shows; changes nothing. Raises TokenRefused, TokenExpired."""
    return _choices(_person(token, now=now, wiring=wiring))


def save(
    token: str,
    *,
    channels: Mapping[str, Collection[str]],
    name: str,
    language: str,
    time_zone: str,
    wording: Wording | None,
    now: datetime,
    wiring: Wiring,
    cadences: Mapping[str, str] | None = None,
    wishes: Wishes | None = None,
    source: str = PAGE,
) -> Choices:
    """Sets the channels of each given topic (none: it ends), how often it comes, the profile and the wishes.

    Topics, cadences and wishes not given stay as they are.

    Raises InvalidFields (`/topics /name /language /time_zone /wishes`), TokenRefused, TokenExpired.
    """
    person = _person(token, now=now, wiring=wiring)
    profile.check(name=name, language=language, time_zone=time_zone, wishes=wishes)
    known = topics.get_all({*channels, *person.topics})
    _check_topics(person, channels, known)

    def rule(before: Person) -> Person:
        after = replace(before, name=name, language=language, time_zone=time_zone)
        after = replace(after, wishes=wishes or before.wishes)
        for topic, chosen in sorted(channels.items()):
            cadence = (cadences or {}).get(topic, "")
            after = rules.subscribed(after, topic, chosen, source=source, at=rfc3339(now), cadence=cadence)
        return after

    return _choices(
        people.change(
            person.id, rule, source=source, wording=wording, by="subscriber", now=now, wiring=wiring
        )
    )


def ask_for_alerts(
    token: str, *, wanted: bool, wording: Wording | None, now: datetime, wiring: Wiring
) -> Choices:
    """Begins or ends alerts about danger to life, apart from all topics.

    Raises TokenRefused, TokenExpired.
    """
    person = _person(token, now=now, wiring=wiring)

    def rule(before: Person) -> Person:
        return replace(before, life_safety=wanted)

    return _choices(
        people.change(person.id, rule, source=PAGE, wording=wording, by="subscriber", now=now, wiring=wiring)
    )


def ask_again(token: str, channel: str, *, wording: Wording | None, now: datetime, wiring: Wiring) -> None:
    """Has messages sent to a channel's address again, after STOP or a complaint. Repeats are harmless.

    Raises TokenRefused, TokenExpired.
    """
    held = _person(token, now=now, wiring=wiring).addresses.get(channel)
    if held:
        provenance = Provenance(PAGE, "subscriber", now, wording)
        suppressions.ask_again(channel, held.address, scope=SCOPE, provenance=provenance, wiring=wiring)


def move(
    token: str,
    places: Mapping[str, Place | None],
    *,
    wording: Wording | None,
    now: datetime,
    wiring: Wiring,
) -> Choices:
    """Sets these places, by the person's name for each; one that is None goes, the others stay.

    Raises InvalidFields (`/places`), TokenRefused, TokenExpired.
    """
    person = _person(token, now=now, wiring=wiring)

    def rule(before: Person) -> Person:
        every = {**before.places, **places}
        kept = {name: place for name, place in every.items() if place is not None}
        profile.check(places=kept)
        return replace(before, places=kept)

    return _choices(
        people.change(person.id, rule, source=PAGE, wording=wording, by="subscriber", now=now, wiring=wiring)
    )


def remove_address(
    token: str, channel: str, *, wording: Wording | None, now: datetime, wiring: Wiring
) -> Choices:
    """Takes the address of a channel away, and what it was subscribed to, and tells it.

    Gone already is fine. Raises LastAddress; TokenRefused, TokenExpired.
    """
    person = _person(token, now=now, wiring=wiring)
    if channel not in person.addresses:
        return _choices(person)

    def rule(before: Person) -> Person:
        rest = rules.without_address(before, channel)
        if rest is None or not (rest.addresses.keys() & set(SIGN_UP_CHANNELS)):
            raise LastAddress("This is the only address; without it there is nobody left to write to.")
        return rest

    after = people.change(
        person.id, rule, source=PAGE, wording=wording, by="subscriber", now=now, wiring=wiring
    )
    notices.tell(notices.REMOVED, person, [channel], now=now, wiring=wiring)
    return _choices(after)


def unsubscribe_all(
    token: str, *, wording: Wording | None, now: datetime, wiring: Wiring, source: str = PAGE
) -> Choices:
    """Ends every topic on every channel; addresses and profile stay. Raises TokenRefused, TokenExpired."""
    person = _person(token, now=now, wiring=wiring)
    return _choices(end_all(person.id, source=source, wording=wording, now=now, wiring=wiring))


def end_all(
    subscriber_id: str, *, source: str, wording: Wording | None, now: datetime, wiring: Wiring
) -> Person:
    """As `unsubscribe_all`, by the person's id. Raises NotFound."""

    def rule(before: Person) -> Person:
        return replace(before, topics={})

    return people.change(
        subscriber_id, rule, source=source, wording=wording, by="subscriber", now=now, wiring=wiring
    )


def _person(token: str, *, now: datetime, wiring: Wiring) -> Person:
    subscriber_id = holder_of(token, now=now, wiring=wiring)
    try:
        return people.get(subscriber_id)
    except NotFound:
        raise TokenRefused("This link is not valid any more; sign up again.") from None


def _choices(person: Person) -> Choices:
    offered = topics.offered()
    held = topics.get_all(person.topics.keys() - {topic.id for topic in offered})
    shown = [*offered, *(topic for topic in held.values() if topic.status != topics.ENDED)]
    return Choices(
        subscriber_id=person.id,
        version=person.version,
        name=person.name,
        language=person.language,
        time_zone=person.time_zone,
        addresses={c: hint(c, person.addresses[c].address) for c in CHANNELS if c in person.addresses},
        stopped=tuple(c for c in person.addresses if person.blocks.get(f"{c}:{SCOPE}") in OWN),
        topics=tuple(sorted(shown, key=lambda topic: (topic.category, topic.id))),
        chosen={topic: subscription.channels for topic, subscription in person.topics.items()},
        cadences={topic: subscription.cadence for topic, subscription in person.topics.items()},
        wishes=person.wishes,
        life_safety=person.life_safety,
        places=tuple(person.places),
        device=sha256(person.addresses["push"].address.encode()).hexdigest()
        if "push" in person.addresses
        else "",
        asleep=tuple(c for c in person.addresses if person.blocks.get(f"{c}:{SCOPE}") == rules.SUNSET),
    )


def _check_topics(
    person: Person, channels: Mapping[str, Collection[str]], known: Mapping[str, Topic]
) -> None:
    """A topic that one does not have yet must be open; a channel must be one with an address."""
    for topic, chosen in channels.items():
        found = known.get(topic)
        new = bool(chosen) and topic not in person.topics
        offered = found is not None and found.status == topics.OPEN and not found.is_list
        if (new and not offered) or not set(chosen) <= person.addresses.keys():
            raise InvalidFields(FieldError("/topics", CLOSED_TOPIC))
