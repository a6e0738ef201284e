"""Audiences over one shard of all subscribers: merges of streams sorted by subscriber id, in constant memory.

Rows may change while a stream is read. A stream only ever goes forward by id, so nobody comes twice, and who
was in the audience throughout is not missed.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Protocol

from chalicelib.delivery.nodes import (
    Difference,
    Found,
    Listed,
    Node,
    Snapshot,
    Source,
    Union,
    Where,
    Written,
)
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.streams import EVERYONE, Row

FIND = 100
"""Rows looked up in one request."""


@dataclass(frozen=True, slots=True)
class Match:
    """One person of the audience, with the rows of the topics and lists that matched.

    Of one who was matched by earlier deliveries alone, none. `written` are the channels of such deliveries,
    where the audience asks for one.
    """

    subscriber_id: str
    rows: tuple[Row, ...]
    topics: tuple[str, ...]
    written: tuple[str, ...] = ()


class Reading(Protocol):
    """Where streams come from: the tables (`reading.py`), one person alone, or a test."""

    def rows(self, source: str, shard: int, after: str | None) -> Iterator[Row]:
        """The rows of a topic's shard, sorted by subscriber id, from `after` (exclusive)."""
        ...

    def listed(self, to: Listed, shard: int, after: str | None) -> Iterator[str]:
        """Those ids of a shard, sorted, each once, from `after` (exclusive)."""
        ...

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        """The rows of `_all` of up to FIND ids."""
        ...

    def habits(self, subscriber_ids: Sequence[str]) -> Mapping[str, Habit]:
        """What was learned of up to FIND ids, of whom anything was."""
        ...


def members(audience: Node, reading: Reading, *, shard: int, after: str | None) -> Iterator[Match]:
    """The audience within one shard, sorted by id, from `after` (exclusive)."""
    match audience:
        case Source(name):
            return (Match(row.subscriber_id, (row,), (name,)) for row in reading.rows(name, shard, after))
        case Written(channel=channel):
            on = (channel,) if channel else ()
            return (Match(one, (), (), on) for one in reading.listed(audience, shard, after))
        case Snapshot():
            return (Match(one, (), ()) for one in reading.listed(audience, shard, after))
        case Found(people):
            return _found(members(people, reading, shard=shard, after=after), reading)
        case Where(people, test, habits):
            here = members(people, reading, shard=shard, after=after)
            here = _with_habits(here, reading) if habits else here
            return (one for one in here if test(one.rows[0]))
        case Difference(keep, minus):
            kept, gone = (members(part, reading, shard=shard, after=after) for part in (keep, minus))
            return _difference(kept, gone)
    parts = [members(part, reading, shard=shard, after=after) for part in audience.parts]
    return _union(parts) if isinstance(audience, Union) else _intersection(parts)


def _found(people: Iterator[Match], reading: Reading) -> Iterator[Match]:
    while matches := list(islice(people, FIND)):
        rows = reading.find([one.subscriber_id for one in matches])
        for one in matches:
            if row := rows.get(one.subscriber_id):
                yield Match(one.subscriber_id, (row,), (EVERYONE,), one.written)


def _with_habits(people: Iterator[Match], reading: Reading) -> Iterator[Match]:
    """The same people, each with their habit on the first row, if they have one.

    They are looked up, not merged: what is read grows with the audience, not with the city.
    """
    while matches := list(islice(people, FIND)):
        habits = reading.habits([one.subscriber_id for one in matches])
        for one in matches:
            first, *more = one.rows
            yield replace(one, rows=(replace(first, habit=habits.get(one.subscriber_id)), *more))


def _join(matches: Sequence[Match]) -> Match:
    if len(matches) == 1:
        return matches[0]
    rows = tuple(row for match in matches for row in match.rows)
    topics = tuple(topic for match in matches for topic in match.topics)
    written = dict.fromkeys(channel for match in matches for channel in match.written)
    return Match(matches[0].subscriber_id, rows, topics, tuple(written))


def _union(parts: Sequence[Iterator[Match]]) -> Iterator[Match]:
    merged = heapq.merge(*parts, key=lambda match: match.subscriber_id)
    for _, same in groupby(merged, key=lambda match: match.subscriber_id):
        yield _join(list(same))


def _intersection(parts: Sequence[Iterator[Match]]) -> Iterator[Match]:
    """Ends with the first part that ends: what the others still hold is not read."""
    heads = [next(part, None) for part in parts]
    while all(heads):
        present = [head for head in heads if head is not None]
        furthest = max(head.subscriber_id for head in present)
        if all(head.subscriber_id == furthest for head in present):
            yield _join(present)
            heads = [next(part, None) for part in parts]
        else:
            heads = [
                next(part, None) if head.subscriber_id < furthest else head
                for part, head in zip(parts, present, strict=True)
            ]


def _difference(keep: Iterator[Match], minus: Iterator[Match]) -> Iterator[Match]:
    gone = next(minus, None)
    for match in keep:
        while gone is not None and gone.subscriber_id < match.subscriber_id:
            gone = next(minus, None)
        if gone is None or gone.subscriber_id != match.subscriber_id:
            yield match
