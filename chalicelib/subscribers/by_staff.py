"""What staff do to a person: with a consent that they can show, and for topics of their departments."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import joins, people, profile, rules, sign_up, topics
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.model import IMMEDIATE, NO_WISHES, Person, Place, Wording

SOURCE = "api"
FIELD_OF = {"push": "push", "email": "email", "sms": "phone", "voice": "voice"}


class Consent(Protocol):
    """Where a consent comes from, what the person was shown (may be empty), and when they gave it."""

    source: str
    wording: str
    at: datetime | None


def add(given: Any, *, actor: Actor, now: datetime, wiring: Wiring) -> Person | None:
    """Adds a person (`api.views.NewSubscriber`); None where they must confirm first.

    Raises InvalidFields, Forbidden, AddressTaken.
    """
    chosen = {choice.topic: choice for choice in given.topics}
    _check_topics([choice.topic for choice in given.topics], actor)
    language = given.language or wiring.settings.default_language
    time_zone = given.time_zone or wiring.settings.time_zone
    places = _places(given.places)
    wishes = given.wishes.meant()
    profile.check(name=given.name, language=language, time_zone=time_zone, places=places, wishes=wishes)
    if given.opt_in == "double":
        _check_later(
            push=given.push,
            voice=given.voice,
            places=places,
            wishes=wishes != NO_WISHES,
            life_safety=given.life_safety,
            topics=any(choice.cadence != IMMEDIATE for choice in given.topics),
        )
        _ask(given, language=language, time_zone=time_zone, now=now, wiring=wiring)
        return None
    at = _consent_time(given.consent, now)
    addresses = _addresses({channel: getattr(given, field) for channel, field in FIELD_OF.items()}, wiring)
    if not addresses:
        raise InvalidFields(FieldError("/email", sign_up.NO_ADDRESS))
    blank = people.blank(language=language, time_zone=time_zone, name=given.name, now=now)
    person = replace(blank, places=places, wishes=wishes, life_safety=given.life_safety)
    for channel, address in addresses.items():
        person = rules.with_address(person, channel, address, verified_at=at)
    for place, (topic, choice) in enumerate(chosen.items()):
        _check_channels(choice.channels or [], person, f"/topics/{place}/channels")
        channels, source = choice.channels or addresses, given.consent.source
        person = rules.subscribed(person, topic, channels, source=source, at=at, cadence=choice.cadence)
    wording = _wording(given.consent)
    return people.create(person, source=SOURCE, wording=wording, by=_by(actor), now=now, wiring=wiring)


def change(subscriber_id: str, changes: Any, *, actor: Actor, now: datetime, wiring: Wiring) -> Person:
    """Changes profile or addresses (`api.views.SubscriberChanges`).

    Raises NotFound; InvalidFields, also for the last address, without which there is no person; AddressTaken;
    Forbidden where an address goes that topics of other departments are sent to.
    """
    given = changes.given()
    fields = _profile(changes, given)
    addresses = _addresses({channel: given.get(field) for channel, field in FIELD_OF.items()}, wiring)
    if addresses and not changes.consent:
        raise InvalidFields(FieldError("/consent", "A new address needs the consent to write to it."))
    at = _consent_time(changes.consent, now) if changes.consent else rfc3339(now)
    gone = [channel for channel, field in FIELD_OF.items() if given.get(field, "") is None]
    _require_topics_on(gone, subscriber_id, actor)

    def rule(before: Person) -> Person:
        after = replace(before, **fields)
        for channel, address in addresses.items():
            after = rules.with_address(after, channel, address, verified_at=at)
        for channel in gone:
            after = _without(after, channel)
        return after

    return _change(subscriber_id, rule, changes.consent, actor=actor, now=now, wiring=wiring)


def subscribe(
    subscriber_id: str, topic_id: str, given: Any, *, actor: Actor, now: datetime, wiring: Wiring
) -> Person:
    """Sets a person's channels for a topic (`api.views.NewSubscription`).

    Raises NotFound, Forbidden, InvalidFields, Conflict.
    """
    topic = topics.get(topic_id)
    actor.require_department(topic.department)
    if topic.status != topics.OPEN:
        raise Conflict("Nobody new can subscribe to this topic.", code="topic-closed")
    at = _consent_time(given.consent, now)

    def rule(before: Person) -> Person:
        _check_channels(given.channels, before, "/channels")
        return rules.subscribed(
            before,
            topic_id,
            given.channels,
            source=given.consent.source,
            at=at,
            cadence=given.cadence or "",
        )

    return _change(subscriber_id, rule, given.consent, actor=actor, now=now, wiring=wiring)


def end(subscriber_id: str, topic_id: str, *, note: str, actor: Actor, now: datetime, wiring: Wiring) -> None:
    """Ends a person's subscription, with a reason. Raises NotFound, Forbidden."""
    actor.require_department(topics.get(topic_id).department)
    people.change(
        subscriber_id,
        lambda before: rules.subscribed(before, topic_id, [], source=SOURCE, at=rfc3339(now)),
        source=SOURCE,
        wording=None,
        by=_by(actor),
        now=now,
        wiring=wiring,
        note=note,
    )


def remove(subscriber_id: str, *, note: str, actor: Actor, now: datetime, wiring: Wiring) -> None:
    """Removes a person, all of whose topics are of the actor's departments. Raises NotFound, Forbidden."""
    require_all(subscriber_id, actor)
    people.look_after_leave(subscriber_id, wiring=wiring)
    people.remove(subscriber_id, source=SOURCE, by=_by(actor), now=now, wiring=wiring, note=note)


def require_all(subscriber_id: str, actor: Actor) -> None:
    """Raises Forbidden unless all topics of a person are of the actor's departments; NotFound."""
    held = topics.get_all(people.get(subscriber_id).topics)
    for topic in held.values():
        actor.require_department(topic.department)


def undo_join(subscriber_id: str, *, note: str, actor: Actor, now: datetime, wiring: Wiring) -> Person:
    """Undoes the latest join of a person that still can be; the record that had gone. Raises JoinOver."""
    other_id = joins.latest(subscriber_id, now=now)
    if other_id is None:
        raise joins.JoinOver("No join of this subscriber can be undone.")
    return joins.undo(other_id, by=_by(actor), note=note, now=now, wiring=wiring)


def _change(
    subscriber_id: str,
    rule: Any,
    consent: Consent | None,
    *,
    actor: Actor,
    now: datetime,
    wiring: Wiring,
) -> Person:
    return people.change(
        subscriber_id,
        rule,
        source=SOURCE,
        wording=_wording(consent) if consent else None,
        by=_by(actor),
        now=now,
        wiring=wiring,
        note=consent.source if consent else "",
    )


def _without(person: Person, channel: str) -> Person:
    rest = rules.without_address(person, channel)
    if rest is None:
        message = "This is the only way to reach the person; remove the person instead."
        raise InvalidFields(FieldError(f"/{FIELD_OF[channel]}", message))
    return rest


def _require_topics_on(channels: Iterable[str], subscriber_id: str, actor: Actor) -> None:
    """Raises Forbidden unless all that a person gets on these channels is of the actor's departments."""
    if channels:
        held = people.get(subscriber_id).topics
        named = [topic for topic, one in held.items() if not set(channels).isdisjoint(one.channels)]
        for topic in topics.get_all(named).values():
            actor.require_department(topic.department)


def _ask(given: Any, *, language: str, time_zone: str, now: datetime, wiring: Wiring) -> None:
    """Has the person asked; what they agree to must be said."""
    wording = _wording(given.consent)
    if wording is None:
        raise InvalidFields(FieldError("/consent/wording", "Say what the person is to agree to."))
    sign_up.request(
        email=given.email or "",
        phone=given.phone or "",
        topic_ids=[choice.topic for choice in given.topics],
        name=given.name,
        language=language,
        time_zone=time_zone,
        source=given.consent.source,
        wording=wording,
        now=now,
        wiring=wiring,
    )


def _profile(changes: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of a person beside addresses. Raises InvalidFields."""
    fields = {name: given[name] for name in ("name", "language", "time_zone") if name in given}
    if "places" in given:
        fields["places"] = _places(changes.places)
    if "wishes" in given:
        fields["wishes"] = changes.wishes.meant()
    profile.check(**fields)
    if given.get("life_safety") and not changes.consent:
        raise InvalidFields(FieldError("/consent", "To be alerted at any hour needs the person's consent."))
    return fields | ({"life_safety": given["life_safety"]} if "life_safety" in given else {})


def _check_later(**given: Any) -> None:
    """Raises InvalidFields for what a person has only once they have confirmed."""
    if errors := [
        FieldError(f"/{field}", "This is added once the person has confirmed.")
        for field, value in given.items()
        if value
    ]:
        raise InvalidFields(*errors)


def _places(given: Mapping[str, Any]) -> dict[str, Place]:
    return {name: profile.place(one.latitude, one.longitude) for name, one in given.items()}


def _check_topics(topic_ids: Iterable[str], actor: Actor) -> None:
    found = topics.get_all(topic_ids)
    wrong = [
        FieldError(f"/topics/{place}/topic", "No open topic has this id.")
        for place, topic_id in enumerate(topic_ids)
        if topic_id not in found or found[topic_id].status != topics.OPEN
    ]
    if wrong:
        raise InvalidFields(*wrong)
    for topic in found.values():
        actor.require_department(topic.department)


def _check_channels(channels: Iterable[str], person: Person, pointer: str) -> None:
    if not set(channels) <= person.addresses.keys():
        raise InvalidFields(FieldError(pointer, "The person has no address on one of these channels."))


def _addresses(typed: Mapping[str, str | None], wiring: Wiring) -> dict[str, str]:
    country = wiring.settings.country
    return {
        channel: normalise(channel, text, country=country, pointer=f"/{FIELD_OF[channel]}")
        for channel, text in typed.items()
        if text
    }


def _consent_time(consent: Consent, now: datetime) -> str:
    if consent.at and consent.at > now:
        raise InvalidFields(FieldError("/consent/at", "A consent cannot be given in the future."))
    return rfc3339(consent.at or now)


def _wording(consent: Consent) -> Wording | None:
    return Wording(consent.wording) if consent.wording else None


def _by(actor: Actor) -> str:
    return f"staff:{actor.staff_id}"
