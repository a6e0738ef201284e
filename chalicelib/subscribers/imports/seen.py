"""What rows are held against: the tables, and in a dry run also what the rows before them would have made."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from chalicelib.core.clock import epoch
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules
from chalicelib.subscribers.facts import Digest
from chalicelib.subscribers.imports.decide import Decision, Known, Parsed, digests_of
from chalicelib.subscribers.imports.tables import SEEN, ImportItem, SeenItem, UnclearItem
from chalicelib.subscribers.model import Person
from chalicelib.subscribers.settle import digester
from chalicelib.subscribers.tables import AddressItem, SuppressionItem

KEPT = timedelta(days=1)


def read(window: Sequence[Parsed], head: ImportItem, *, wiring: Wiring) -> Known:
    """Three requests, one more in a dry run and one for unclear consent, whatever the window holds."""
    digest = digester(wiring)
    digests = [d for parsed in window for d in digests_of(parsed, digest)]
    owners = AddressItem.owners(digests)
    known = Known(owners, people.present(list(owners.values())), SuppressionItem.read(digests))
    if head.unclear:
        asked = UnclearItem.read(head.id, known.persons)
        known.wants.update({subscriber_id: item.wants for subscriber_id, item in asked.items()})
    if head.dry:
        _overlay(known, SeenItem.read(head.id, digests), window, digest, wiring)
    return known


def seen_items(decisions: Iterable[Decision], head: ImportItem, *, wiring: Wiring) -> Iterator[SeenItem]:
    """What a dry run notes of a pack, by address; for a day."""
    digest, expires_at = digester(wiring), epoch(wiring.clock() + KEPT)
    for one in decisions:
        for stopped in one.stops:
            yield SeenItem(
                head.id, SEEN + stopped, subscriber_id="", topics={}, stopped=True, expires_at=expires_at
            )
        topics = {t: list(s.channels) for t, s in one.after.topics.items()} if one.after else {}
        for channel, held in one.after.addresses.items() if one.after else ():
            part = SEEN + digest(channel, held.address)
            item = SeenItem(head.id, part, subscriber_id=one.about, topics=topics, expires_at=expires_at)
            item.wants = dict(one.wants)
            yield item


def _overlay(
    known: Known, seen: dict[str, SeenItem], window: Sequence[Parsed], digest: Digest, wiring: Wiring
) -> None:
    """Has `known` show whom the dry run met before, with the topics that they would have."""
    for parsed in window:
        for one in digests_of(parsed, digest):
            if (item := seen.get(one)) and parsed.row:
                if item.stopped:
                    known.stopped.add(one)
                    continue
                channel = one.partition("#")[0]
                known.owners[one] = item.subscriber_id
                person = known.pending.get(item.subscriber_id) or known.persons.get(item.subscriber_id)
                person = person or replace(_blank(parsed, wiring), id=item.subscriber_id)
                address = parsed.row.addresses[channel]
                person = rules.with_address(person, channel, address, verified_at=person.created_at)
                known.pending[item.subscriber_id] = _with_topics(person, item)
                known.wants[item.subscriber_id] = item.wants


def _blank(parsed: Parsed, wiring: Wiring) -> Person:
    """Somebody of whom only a digest is known; the row's own profile is taken for theirs."""
    row = parsed.row
    assert row is not None
    blank = people.blank(language=row.language, time_zone=row.time_zone, name=row.name, now=wiring.clock())
    return replace(blank, places={"home": row.place} if row.place else {})


def _with_topics(person: Person, item: SeenItem) -> Person:
    for topic, channels in item.topics.items():
        person = rules.subscribed(person, topic, channels, source="import", at=person.created_at)
    return person
