"""The batches in which a plan with variants is sent: how many, how large, and when they are looked at.

The first is sent at once. What its people did decides what the next gets, some hours later. Where there are
too few people for a small batch to tell anything, nobody waits for it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.dynamo import Item
from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.allocations import allocations
from chalicelib.delivery.by_channel import people as people_of
from chalicelib.delivery.choose import choose, language_for
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.rendition import Rendition
from chalicelib.delivery.variants import DEFAULT, HOLD_OUT, opens_at

EACH_AT_LEAST = 100
"""People of each variant whom a batch must have for that to tell anything."""

LEAD_S = 300
"""So long before a batch opens, its shares are decided."""

LAST_LOOK = timedelta(days=1)
"""After the look at which the last batch is mature, there is one more: some read their mail at night."""

READ_MOST, ENOUGH, PARTS = 4_000, 300, 8
"""To estimate an audience, so many rows are read at most; and no more once so many of its people were found
in so many of its shards."""


def sizes(audience: int, variants: int) -> list[int]:
    """The sizes of the batches, in thousandths of an audience of about so many people. Pure.

    Three tenths and the rest; of fewer people a third and the rest; of few, one batch.
    """
    needed = EACH_AT_LEAST * variants
    if audience >= 10 * needed:
        return [100, 100, 100, 700]
    return [333, 667] if audience >= 3 * needed else [1_000]


def with_batches(
    head: PlanHead, renditions: Sequence[Rendition], *, now: datetime, wiring: Wiring
) -> PlanHead:
    """The plan with its variants, and with batches by an estimate of its people."""
    names = dict.fromkeys(one.variant for one in renditions if one.variant not in ("", HOLD_OUT, DEFAULT))
    languages: dict[str, list[str]] = {}
    for one in renditions:
        if one.variant == DEFAULT:
            languages.setdefault(one.channel, []).append(one.language)
    every_s = wiring.settings.variants_every_minutes * 60
    searched: dict[str, Any] = {"names": [DEFAULT, *names], "languages": languages, "every_s": every_s}
    people = estimated(replace(head, variants=searched), now=now, wiring=wiring)
    return replace(head, variants={**searched, "batches": sizes(people, len(names) + 1)})


def estimated(head: PlanHead, *, now: datetime, wiring: Wiring) -> int:
    """About how many people would get a variant: found in the first shards, for ids are spread evenly.

    Exact where they are few.
    """
    reading, found = TableReading(wiring), 0
    offered = head.variants["languages"]
    for shard in range(SHARDS):
        for match, ways in people_of(head.audience, head.channels, reading, shard=shard, after=None):
            choice = choose(
                match.rows,
                match.topics,
                channels=ways,
                scope=head.scope,
                at=now,
                instant=head.created_at,
                written=match.written,
            )
            found += any(
                channel in offered
                and language_for(match.rows[0].language, head.languages[channel], head.default_language)
                in offered[channel]
                for channel in choice.addresses
            )
            if reading.count > READ_MOST:
                return round(found / (int(match.subscriber_id[:8], 16) + 1) * 2**32)
        if reading.count > READ_MOST or (found >= ENOUGH and shard + 1 >= PARTS):
            return round(found * SHARDS / (shard + 1))
    return found


def beginning(head: PlanHead, *, wiring: Wiring) -> list[Item]:
    """The first look at a plan, for the transaction in which it is made."""
    due_at = look_at(head, 0)
    return [] if due_at is None else [allocations(wiring).starting(head, due_at=due_at)]


def look_at(head: PlanHead, look: int) -> float | None:
    """When a plan is looked at for this time (from 0; epoch seconds); None after the last. Pure.

    Before each later batch, once the last one is mature, and once more. Whoever waits for their best hour is
    among those who are waited for.
    """
    last = len(head.variants["batches"]) - 1
    if look < last:
        return opens_at(head, look + 1) - LEAD_S
    waited = opens_at(head, 0) + head.best_hour.get("longest_h", 0) * 3600 + int(head.variants["every_s"])
    told_at = max(opens_at(head, last + 1), waited)
    return {last: told_at, last + 1: told_at + LAST_LOOK.total_seconds()}.get(look)


def mature_before(head: PlanHead, *, now: float) -> float:
    """What was sent before this moment is old enough to tell (epoch seconds): half a batch's time. Pure."""
    return now - int(head.variants["every_s"]) / 2
