"""Audiences that differ by channel: those that hold whom an earlier plan reached on the `same` channel.

A plan walks its audience once per channel, and reads each for itself. Where one person's channels must be
known together, as for a count, the walks are merged.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from chalicelib.delivery.audience import SAME, Expression, compiled, leaves, on_channel
from chalicelib.delivery.streams import Match, Reading, members


def differs(expression: Expression) -> bool:
    """Whether the audience depends on the channel."""
    return any(leaf.get("deliveries", {}).get("channel") == SAME for leaf in leaves(expression))


def people(
    expression: Expression, channels: Sequence[str], reading: Reading, *, shard: int, after: str | None
) -> Iterator[tuple[Match, Sequence[str]]]:
    """The audience within one shard, sorted by id, from `after` (exclusive).

    Each with the channels on which they are in it.
    """
    if not differs(expression):
        whole = members(compiled(expression), reading, shard=shard, after=after)
        return ((match, channels) for match in whole)
    walks = (_on(expression, channel, reading, shard=shard, after=after) for channel in channels)
    merged = heapq.merge(*walks, key=lambda found: found[0].subscriber_id)
    each = (list(same) for _, same in groupby(merged, key=lambda found: found[0].subscriber_id))
    return ((_together([match for match, _ in same]), [channel for _, channel in same]) for same in each)


def _together(matches: Sequence[Match]) -> Match:
    """One person as the channels found them: they differ by earlier deliveries alone."""
    written = dict.fromkeys(channel for match in matches for channel in match.written)
    return replace(matches[0], written=tuple(written))


def _on(
    expression: Expression, channel: str, reading: Reading, *, shard: int, after: str | None
) -> Iterator[tuple[Match, str]]:
    for match in members(compiled(on_channel(expression, channel)), reading, shard=shard, after=after):
        yield match, channel
