"""The census: who is on the list, as of a day; counted a shard at a time. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.delivery.choose import NEWSLETTER, address_of, blocked
from chalicelib.delivery.daylight import paused
from chalicelib.subscribers.streams import Row

PEOPLE, UNREACHABLE, PAUSED = "people", "unreachable", "paused"
SILENT_DAYS = 90


@dataclass
class Census:
    """What was counted before the shard `shard`: by language and district, by topic, and addresses shut.

    Of each language and district `people`, those `reachable` on each channel (`on#email`), `unreachable`
    ones, and the `paused`. `silent` has those whose engagement is known (`known`) and the `silent` of them.
    """

    shard: int = 0
    cells: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    topics: Counter[str] = field(default_factory=Counter)
    shut: dict[str, Counter[str]] = field(default_factory=dict)
    silent: Counter[str] = field(default_factory=Counter)

    def take(self, row: Row, *, district: str, now: datetime) -> None:
        """Counts one person, by their row of `_all`."""
        ways = [one for one in row.wanted if address_of(row, one) and not blocked(row, one, NEWSLETTER)]
        counts = self.cells.setdefault((row.language, district), Counter())
        counts.update([PEOPLE, *(f"on#{one}" for one in ways)])
        if not ways:
            counts[UNREACHABLE] += 1
        elif paused(row, now):
            counts[PAUSED] += 1

    def total(self) -> Counter[str]:
        """The counts of everybody."""
        return sum(self.cells.values(), Counter())

    def by(self, axis: int) -> dict[str, Counter[str]]:
        """The counts by language (0) or by district (1)."""
        found: dict[str, Counter[str]] = {}
        for cell, counts in self.cells.items():
            found.setdefault(cell[axis], Counter()).update(counts)
        return found

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "shard": self.shard,
            "cells": {"|".join(cell): dict(counts) for cell, counts in sorted(self.cells.items())},
            "topics": dict(sorted(self.topics.items())),
            "shut": {channel: dict(counts) for channel, counts in sorted(self.shut.items())},
            "silent": dict(self.silent),
        }


def census_of(document: Mapping[str, Any]) -> Census:
    """What its JSON holds."""
    return Census(
        document["shard"],
        {_cell(name): Counter(counts) for name, counts in document["cells"].items()},
        Counter(document["topics"]),
        {channel: Counter(counts) for channel, counts in document["shut"].items()},
        Counter(document["silent"]),
    )


def reachable(counts: Mapping[str, int]) -> int:
    """How many of the counted a newsletter can go to."""
    return counts.get(PEOPLE, 0) - counts.get(UNREACHABLE, 0)


def _cell(name: str) -> tuple[str, str]:
    language, _, district = name.partition("|")
    return language, district
