"""Who got a message, who read it and how soon, by channel, language and district side by side.

A fold over the facts of a plan, one person at a time: messages per channel, and people apart from channels.
What it keeps is small however many people there are, names nobody, and can be added up over plans. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.delivery.facts import Fact
from chalicelib.engagement.counted import BANDS, LATER
from chalicelib.engagement.model import Class

PEOPLE = ""
"""In place of a channel: people, whatever channels they got it on."""

NOWHERE = "none"
"""The district of people with no place in any."""

FLAGS = {"delivered": "delivered_at", "bounced": "bounced_at", "complained": "complained_at"}
"""What stands on a delivery."""

DID = ("opened", "clicked")
"""What people did, never machines; as it is `counted`: flags stand only of those who gave leave."""

SOONEST = (*map(str, BANDS), LATER)

MOST_LOAD = 6
"""Messages of the department in the seven days before: so many and more count as one."""


class Place(NamedTuple):
    """Where a message or a person is counted."""

    channel: str
    language: str
    district: str


@dataclass
class Breakdown:
    """What was counted: by place, and by how many messages of the department came in the week before.

    Of each place `sent`, `failed`, `got` (delivered, or sent where nobody tells of that), the flags, and
    `within#60`: those whose first human event came within so many minutes, each in its own band. Of each
    `load` the people, and how many of them opened, clicked, and did one of both (`read`).
    """

    cells: dict[Place, Counter[str]] = field(default_factory=dict)
    loads: dict[int, Counter[str]] = field(default_factory=dict)

    def take(
        self,
        facts: Sequence[Fact],
        *,
        language: str,
        district: str,
        proving: frozenset[str],
        load: int | None = None,
    ) -> None:
        """Counts one person by all of the plan's messages to them.

        `proving` are the channels whose provider tells what was delivered; `load` is how many messages of the
        department they had in the seven days before (None: not known).
        """
        told = [(fact.channel, _figures(fact, proving), _band(fact)) for fact in facts]
        for channel, figures, band in told:
            self._add(Place(channel, language, district), figures, band)
        person = frozenset[str]().union(*(figures for _, figures, _ in told))
        soonest = min((band for _, _, band in told if band), key=SOONEST.index, default="")
        self._add(Place(PEOPLE, language, district), person, soonest)
        if load is not None and "got" in person:
            counted = self.loads.setdefault(min(load, MOST_LOAD), Counter())
            did = person & set(DID)
            counted.update(["people", *did, *(["read"] if did else [])])

    def _add(self, place: Place, figures: Iterable[str], band: str) -> None:
        counts = Counter(figures)
        if band:
            counts[f"within#{band}"] += 1
        if counts:
            self.cells.setdefault(place, Counter()).update(counts)

    def add(self, other: "Breakdown", *, times: int = 1) -> None:
        """Adds what another one counted; with `times=-1`, takes it away."""
        for mine, others in ((self.cells, other.cells), (self.loads, other.loads)):
            _merge(mine, others, times)

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "cells": {"|".join(place): dict(counts) for place, counts in sorted(self.cells.items())},
            "loads": {str(load): dict(counts) for load, counts in sorted(self.loads.items())},
        }


def breakdown_of(document: Mapping[str, Any]) -> Breakdown:
    """What its JSON holds."""
    return Breakdown(
        {Place(*place.split("|", 2)): Counter(counts) for place, counts in document["cells"].items()},
        {int(load): Counter(counts) for load, counts in document["loads"].items()},
    )


def summed(cells: Mapping[Place, Counter[str]], *, by: Sequence[str]) -> dict[Place, Counter[str]]:
    """The cells added up, told apart by some of a place's parts only; the others are empty."""
    found: dict[Place, Counter[str]] = {}
    for place, counts in cells.items():
        kept = Place(*(getattr(place, part) if part in by else "" for part in Place._fields))
        found.setdefault(kept, Counter()).update(counts)
    return found


def of_people(cells: Mapping[Place, Counter[str]]) -> dict[Place, Counter[str]]:
    """The cells of people."""
    return {place: counts for place, counts in cells.items() if place.channel == PEOPLE}


def of_messages(cells: Mapping[Place, Counter[str]]) -> dict[Place, Counter[str]]:
    """The cells of messages."""
    return {place: counts for place, counts in cells.items() if place.channel != PEOPLE}


def median_minutes(counts: Mapping[str, int]) -> int | None:
    """Within how many minutes half of the people reacted; None where it was later, or nobody did."""
    bands = [(band, counts.get(f"within#{band}", 0)) for band in SOONEST]
    total, so_far = sum(number for _, number in bands), 0
    for band, number in bands:
        so_far += number
        if total and so_far * 2 >= total:
            return None if band == LATER else int(band)
    return None


def _figures(fact: Fact, proving: frozenset[str]) -> frozenset[str]:
    counted = fact.item.get("counted", {})
    did = {name for name in DID if counted.get(f"{fact.channel}#{name}#{Class.HUMAN}")}
    found = did | {name for name, flag in FLAGS.items() if flag in fact.item}
    if fact.state in {"sent", "failed", "unknown"}:
        found.add(fact.state)
    got = "delivered" in found if fact.channel in proving else fact.state == "sent"
    return frozenset(found | ({"got"} if got or did else set()))


def _band(fact: Fact) -> str:
    """In which band the first human event was; empty where there is none, or it is unknown."""
    counted = fact.item.get("counted", {})
    names = (f"{fact.channel}#within#{{}}#{name}#{Class.HUMAN}" for name in DID)
    told = {band for name in names for band in SOONEST if counted.get(name.format(band))}
    return min(told, key=SOONEST.index, default="")


def _merge(mine: dict[Any, Counter[str]], others: Mapping[Any, Counter[str]], times: int) -> None:
    for name, counts in others.items():
        known = mine.setdefault(name, Counter())
        for what, number in counts.items():
            known[what] += times * number
        mine[name] = Counter({what: number for what, number in known.items() if number})
        if not mine[name]:
            del mine[name]
