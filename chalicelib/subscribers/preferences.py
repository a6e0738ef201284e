"""A person's own page: reached by a signed link, without a password; what it shows and what it may change.

Its token stands in no message: `links` gives it, for an hour, to whoever opens a link that was asked for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.tokens import Purpose, TokenRefused, sign, verify
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, profile, rules, topics
from chalicelib.subscribers.addresses import hint
from chalicelib.subscribers.model import CHANNELS, Person, Wording
from chalicelib.subscribers.sign_up import CLOSED_TOPIC
from chalicelib.subscribers.topics import Topic

PAGE = "preference-page"


@dataclass(frozen=True)
class Choices:
    """All that the page shows.

    `addresses` are masked, by channel; `topics` those offered and those held; `chosen` channels by topic.
    """

    subscriber_id: str
    name: str
    language: str
    time_zone: str
    addresses: Mapping[str, str]
    topics: tuple[Topic, ...]
    chosen: Mapping[str, tuple[str, ...]]

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
    source: str = PAGE,
) -> Choices:
    """Sets the channels of each given topic (none: it ends) and the profile.

    Topics not given stay as they are.

    Raises InvalidFields (`/topics /name /language /time_zone`), TokenRefused, TokenExpired.
    """
    person = _person(token, now=now, wiring=wiring)
    profile.check(name=name, language=language, time_zone=time_zone)
    known = topics.get_all({*channels, *person.topics})
    _check_topics(person, channels, known)

    def rule(before: Person) -> Person:
        after = replace(before, name=name, language=language, time_zone=time_zone)
        for topic, chosen in sorted(channels.items()):
            after = rules.subscribed(after, topic, chosen, source=source, at=rfc3339(now))
        return after

    return _choices(
        people.change(
            person.id, rule, source=source, wording=wording, by="subscriber", now=now, wiring=wiring
        )
    )


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
        name=person.name,
        language=person.language,
        time_zone=person.time_zone,
        addresses={c: hint(c, person.addresses[c].address) for c in CHANNELS if c in person.addresses},
        topics=tuple(sorted(shown, key=lambda topic: (topic.category, topic.id))),
        chosen={topic: subscription.channels for topic, subscription in person.topics.items()},
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
