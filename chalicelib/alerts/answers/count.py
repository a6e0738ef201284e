"""What was answered to an alert, and by whom nothing was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from chalicelib.core.dynamo import unmarshal
from chalicelib.core.errors import BadRequest
from chalicelib.core.ids import SHARDS
from chalicelib.core.tables import Page
from chalicelib.core.tokens import TokenRefused, decode, encode
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.answering import ANSWERS
from chalicelib.delivery.counters import ANSWER
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.plans import plans

MOST_READ = 20_000
"""Deliveries looked at for one page."""

FIELDS = ("subscriber_channel", "answered_at")
END = "#~"
"""Behind the last channel of a person."""


@dataclass(frozen=True)
class Counts:
    """Messages by the answer that holds, by channel; and answers told in five minutes from each moment (UTC).

    Who answered by two channels is counted on both.
    """

    channels: Mapping[str, Mapping[str, int]]
    told: Mapping[str, Mapping[str, int]]


def counts(plan_id: str, *, wiring: Wiring) -> Counts:
    """How an alert's people answered so far."""
    return counted(counters.read(plan_id, wiring=wiring))


def counted(found: Mapping[str, int]) -> Counts:
    """The counters of a plan as counts of answers. Pure."""
    channels: dict[str, dict[str, int]] = {}
    told: dict[str, dict[str, int]] = {}
    for name, number in sorted(found.items()):
        match name.split("#"):
            case [channel, one, answer] if one == ANSWER:
                channels.setdefault(channel, dict.fromkeys(ANSWERS, 0))[answer] = number
            case [_, "answers", moment, answer]:
                told.setdefault(moment, dict.fromkeys(ANSWERS, 0))[answer] += number
    return Counts(channels, dict(sorted(told.items())))


def unanswered(plan_id: str, *, limit: int, cursor: str | None, wiring: Wiring) -> Page[str]:
    """One page of the ids of those who got a message of a plan and answered none.

    A page may hold fewer than `limit` and still have a next one. Raises BadRequest (`bad-cursor`).
    """
    first, after = _read_cursor(cursor) if cursor else (0, "")
    waves, _ = plans(wiring).waves_and_counts(plan_id)
    shards = [one for one in range(first, SHARDS) if any(wave.reached >> one & 1 for wave in waves)]
    found: list[str] = []
    read = 0
    for shard in shards:
        behind = after if shard == first else ""
        rows = map(unmarshal, deliveries(wiring).of_shard(plan_id, shard, after=behind, fields=FIELDS))
        for subscriber_id, messages in groupby(rows, key=_whose):
            flags = ["answered_at" in one for one in messages]
            read += len(flags)
            found += [] if any(flags) else [subscriber_id]
            if len(found) == limit or read >= MOST_READ:
                return Page(found, _cursor(shard, f"{subscriber_id}{END}"))
    return Page(found, None)


def _whose(row: Mapping[str, Any]) -> str:
    return str(row["subscriber_channel"]).partition("#")[0]


def _cursor(shard: int, after: str) -> str:
    return encode(json.dumps([shard, after]).encode())


def _read_cursor(cursor: str) -> tuple[int, str]:
    try:
        match json.loads(decode(cursor)):
            case [int(shard), str(after)] if 0 <= shard < SHARDS and after.endswith(END):
                return shard, after
    except (TokenRefused, ValueError, RecursionError):
        pass
    raise BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")
