"""Scans as they travel and as they are counted, by hour, and by what they are taken for. Pure.

A poster's counts stand in sixteen slots, so that no item takes all of a storm; the id of a scan chooses its
slot. In each stand

    day#2026-11-22       for good: numbers by hour and class, `h05#human`
    seen#2026-11-22T05   for three weeks: the ids of that hour's scans, so that one told twice counts once
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.engagement.classify import classify
from chalicelib.engagement.model import Class, Event, Kind, Sign

SLOTS = 16
SEEN_FOR = timedelta(days=21)
"""Longer than any queue keeps a message, a dead letter among them."""

CLASSES = tuple(map(str, Class))


class Scan(NamedTuple):
    """One request for a poster's address, as the queue `scans` brings it. There is no person in it."""

    id: str
    poster: str
    at: datetime
    agent: str
    signs: frozenset[Sign]

    @property
    def class_(self) -> str:
        """What it is taken for, by what its one request says of itself (`engagement.classify`)."""
        event = Event(self.id, Kind.CLICK, self.at.timestamp(), agent=self.agent, signs=self.signs)
        return str(classify([event], handed_at=0)[self.id].as_)


class Place(NamedTuple):
    """Where scans of one hour are counted."""

    poster: str
    slot: int
    hour: str

    @property
    def seen(self) -> str:
        """The sort key of the ids seen."""
        return f"seen#{self.hour}"

    @property
    def day(self) -> str:
        """The sort key of the day's counts."""
        return day_part(self.hour[:10])


def partition(poster: str, slot: int) -> str:
    """The partition key of a slot."""
    return f"{poster}#{slot:02d}"


def day_part(day: str) -> str:
    """The sort key of a day's counts."""
    return f"day#{day}"


def counter(hour: str, class_: str) -> str:
    """The attribute that counts an hour's scans of a class: `h05#human`."""
    return f"h{hour[11:13]}#{class_}"


def by_place(scans: Iterable[Scan]) -> dict[Place, dict[str, Scan]]:
    """Scans by where they are counted, each once."""
    found: dict[Place, dict[str, Scan]] = {}
    for scan in scans:
        slot = zlib.crc32(scan.id.encode()) % SLOTS
        hour = f"{scan.at.astimezone(UTC):%Y-%m-%dT%H}"
        found.setdefault(Place(scan.poster, slot, hour), {})[scan.id] = scan
    return found


def counted(hour: str, scans: Iterable[Scan]) -> Counter[str]:
    """What scans of one hour add to its counters."""
    return Counter(counter(hour, scan.class_) for scan in scans)


def hours(day: str, item: Mapping[str, Any]) -> dict[str, Counter[str]]:
    """The counts of a day's item, by hour (`2026-11-22T05`) and class."""
    found: dict[str, Counter[str]] = {}
    for name, number in item.items():
        hour, joint, class_ = name.partition("#")
        if joint and class_ in CLASSES:
            found.setdefault(f"{day}T{hour[1:]}", Counter())[class_] += number
    return found
