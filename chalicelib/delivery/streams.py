"""Audience expressions over one shard of all subscribers.

A k-way merge of streams that are sorted by subscriber id, in constant memory.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from chalicelib.delivery.audience import Expression, source_of
from chalicelib.subscribers.streams import Row

Reader = Callable[[str, int, str | None], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Match:
    """One person of the audience, with the rows of the topics and lists that matched."""

    subscriber_id: str
    rows: tuple[Row, ...]
    topics: tuple[str, ...]


def members(expression: Expression, reader: Reader, *, shard: int, after: str | None) -> Iterator[Match]:
    """The audience within one shard, sorted by id, from `after` (exclusive).

    `reader(source, shard, after)` gives sorted rows.
    """
    ((kind, value),) = expression.items()
    source = source_of(expression)
    if source is not None:
        return (Match(row.subscriber_id, (row,), (source,)) for row in reader(source, shard, after))
    parts = [members(part, reader, shard=shard, after=after) for part in value]
    if kind == "any":
        return _union(parts)
    if kind == "all":
        return _intersection(parts)
    return _difference(parts[0], _union(parts[1:]))


def _join(matches: Sequence[Match]) -> Match:
    if len(matches) == 1:
        return matches[0]
    rows = tuple(row for match in matches for row in match.rows)
    topics = tuple(topic for match in matches for topic in match.topics)
    return Match(matches[0].subscriber_id, rows, topics)


def _union(parts: Sequence[Iterator[Match]]) -> Iterator[Match]:
    merged = heapq.merge(*parts, key=lambda match: match.subscriber_id)
    for _, same in groupby(merged, key=lambda match: match.subscriber_id):
        yield _join(list(same))


def _intersection(parts: Sequence[Iterator[Match]]) -> Iterator[Match]:
    merged = heapq.merge(*parts, key=lambda match: match.subscriber_id)
    for _, same in groupby(merged, key=lambda match: match.subscriber_id):
        matches = list(same)
        if len(matches) == len(parts):
            yield _join(matches)


def _difference(keep: Iterator[Match], minus: Iterator[Match]) -> Iterator[Match]:
    gone = next(minus, None)
    for match in keep:
        while gone is not None and gone.subscriber_id < match.subscriber_id:
            gone = next(minus, None)
        if gone is None or gone.subscriber_id != match.subscriber_id:
            yield match
