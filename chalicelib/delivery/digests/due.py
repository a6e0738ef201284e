"""Which items a person's digest has, and on which channel. Pure.

An item is due with a digest if it belongs to it by the rule of `subscribers.cadence`, the person is in its
audience now, had the topic at its instant, and did not get it at once. Where several of their topics lead to
it, the first digest of them all has it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from chalicelib.core.hotpath import to_json
from chalicelib.delivery.choose import Choice, Skip, ways
from chalicelib.delivery.digests.items import Item
from chalicelib.delivery.nodes import Listed
from chalicelib.delivery.streams import members
from chalicelib.subscribers import held
from chalicelib.subscribers.cadence import History, digest_of, is_digest, is_immediate, last_resort, window
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.held import Held
from chalicelib.subscribers.streams import EVERYONE, LIST_PREFIX, Row

CHANNELS = ("email", "sms")
"""The first of them by which the person gets a topic; texts are for who gets it by nothing else."""


class Slot(NamedTuple):
    """A digest: its moment (RFC 3339), and the deployment's hour of digests."""

    moment: str
    usual: History


class Section(NamedTuple):
    """Items that came to a person by the same topics: the topics, and the items' ids."""

    topics: tuple[str, ...]
    items: tuple[str, ...]


Sections = tuple[Section, ...]


class Due(NamedTuple):
    """What a person's digest has, by channel; and how they are reached, or why not."""

    choice: Choice
    sections: Mapping[str, Sections]


@dataclass(frozen=True)
class Table:
    """The items that digests of a moment may have, by topic."""

    slot: Slot
    by_topic: Mapping[str, Sequence[Item]]
    last: bool
    """Whether there is one that waited for as long as any can: it goes to all who have not had it."""

    @classmethod
    def of(cls, slot: Slot, items: Sequence[Item]) -> "Table":
        """Those of the items that are not too old by then."""
        by_topic: dict[str, list[Item]] = {}
        for item in items:
            for topic in item.topics if not item.until or item.until > slot.moment else ():
                by_topic.setdefault(topic, []).append(item)
        return cls(slot, by_topic, any(last_resort(item.instant) <= slot.moment for item in items))


def asked_for(table: Table, row: Row) -> list[Item]:
    """The items that may be due to whoever has this row of `_digest`, the oldest first."""
    person = held.read(row, usual=table.slot.usual)
    found: dict[str, Item] = {}
    if not table.last and not is_digest(table.slot.moment, person.clocks):
        return []
    for topic, one in person.topics.items():
        there = table.by_topic.get(topic)
        if there:
            start, end = window(table.slot.moment, one.cadences, person.clocks)
            found |= {item.id: item for item in there if start <= item.instant < end}
    return sorted(found.values(), key=lambda item: (item.instant, item.id))


def due(
    table: Table,
    row: Row,
    candidates: Sequence[Item],
    *,
    scope: str,
    at: datetime,
    has: Collection[Listed] = frozenset(),
) -> Due | None:
    """What is due to a person of the candidates; None where nothing is.

    `has` are the deliveries and snapshots, of those that the candidates ask for, that have the person; the
    row has the habit, if one of them asks for it.
    """
    person = held.read(row, usual=table.slot.usual)
    sections: dict[str, dict[tuple[str, ...], list[str]]] = {}
    addresses: dict[str, str] = {}
    skip: Skip | None = None
    for item in candidates:
        rows = _rows(table.slot, item, row, person, has)
        if not rows:
            continue
        wanted = {channel for one in rows.values() for channel in one.channels} & set(item.channels)
        choice = ways(row, wanted, scope=scope, at=at)
        channel = next((one for one in CHANNELS if one in choice.addresses), None)
        if channel is None:
            skip = choice.skip
            continue
        addresses[channel] = choice.addresses[channel]
        sections.setdefault(channel, {}).setdefault(tuple(sorted(rows)), []).append(item.id)
    if not sections:
        return Due(Choice({}, skip), {}) if skip else None
    found = {
        channel: tuple(Section(topics, tuple(items)) for topics, items in sorted(of.items()))
        for channel, of in sections.items()
    }
    variants = {channel: variant_of(one) for channel, one in found.items()}
    return Due(Choice(addresses, variants=variants), found)


def _rows(slot: Slot, item: Item, row: Row, person: Held, has: Collection[Listed]) -> dict[str, Row]:
    """The person's rows, by topic, that bring them an item with this digest; none if it is not due."""
    if item.at_once in has:
        return {}
    then = _Then(row, person, item.instant, has)
    match = next(members(item.people, then, shard=0, after=None), None)
    if match is None:
        return {}
    rows = {
        topic: one
        for topic, one in zip(match.topics, match.rows, strict=True)
        if topic != EVERYONE and not topic.startswith(LIST_PREFIX) and set(one.channels) & set(item.channels)
    }
    if any(is_immediate(one.cadence, one.turns, item.instant) for one in rows.values()):
        return {}
    digests = {digest_of(item.instant, person.topics[topic].cadences, person.clocks) for topic in rows}
    return rows if digests and min(digests) == slot.moment else {}


@dataclass(frozen=True)
class _Then:
    """One person alone, as streams of one, with what they subscribed to at an item's instant."""

    row: Row
    person: Held
    instant: str
    has: Collection[Listed]

    def rows(self, source: str, shard: int, after: str | None) -> Iterator[Row]:
        """The person's row under a topic, if there is one."""
        del shard, after
        found = self.person.row(self.row, source, instant=self.instant)
        return iter(() if found is None else (found,))

    def listed(self, to: Listed, shard: int, after: str | None) -> Iterator[str]:
        """The person's id, if it is among them."""
        del shard, after
        return iter((self.row.subscriber_id,) if to in self.has else ())

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        """The person's row of `_all`."""
        del subscriber_ids
        return {self.row.subscriber_id: self.row}

    def habits(self, subscriber_ids: Sequence[str]) -> Mapping[str, Habit]:
        """The person's habit."""
        del subscriber_ids
        return {self.row.subscriber_id: self.row.habit} if self.row.habit else {}


def variant_of(sections: Sections) -> str:
    """The name of what is composed once for all who have the same sections."""
    return sha256(to_json(sections).encode()).hexdigest()[:16]
