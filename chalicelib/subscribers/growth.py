"""Growth: how many subscriptions began and ended, by topic, day and way; exact, as part of each change.

Each transaction that begins or ends one adds to one item, of its month, day and a slot: numbers named
`TOPIC#added#SOURCE` and `TOPIC#ended#SOURCE`, with the source that the consent ledger has. The topic `_all`
counts people. Who is joined into another record, or parted from it, counts there as it does in the ledger.
Nothing here names anybody, and it stays when people are forgotten.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.core import ids
from chalicelib.core.dynamo import Item, marshal, query, unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.model import EVERYONE, Person

ADDED, ENDED = "added", "ended"
SLOTS = 8
MAX_SOURCE = 60


@dataclass
class Growth:
    """What one transaction adds: `counts` by name; the first change decides moment and slot."""

    counts: Counter[str] = field(default_factory=Counter)
    at: datetime | None = None
    slot: int = 0

    def note(self, before: Person | None, after: Person | None, *, source: str, at: datetime) -> None:
        """Counts what one change begins and ends."""
        person = before or after
        found = counted(before, after, source=source)
        if not found or person is None:
            return
        if self.at is None:
            self.at, self.slot = at, ids.shard_of(person.id) % SLOTS
        self.counts += found

    def add(self, other: "Growth") -> None:
        """Counts what another transaction would have, so that both may be one."""
        if self.at is None:
            self.at, self.slot = other.at, other.slot
        self.counts += other.counts

    def operation(self, wiring: Wiring) -> Item | None:
        """The part of the transaction that counts; None where nothing began or ended."""
        if self.at is None or not self.counts:
            return None
        day = day_of(self.at, time_zone=wiring.settings.time_zone)
        names = {f"#n{number}": name for number, name in enumerate(sorted(self.counts))}
        values = {f":n{place[2:]}": self.counts[name] for place, name in names.items()}
        added = ", ".join(f"{place} :n{place[2:]}" for place in names)
        return {
            "Update": {
                "TableName": wiring.settings.table("growth"),
                "Key": marshal({"month_slot": f"{day:%Y-%m}#{self.slot}", "day": day.isoformat()}),
                "UpdateExpression": f"ADD {added}",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": marshal(values),
            }
        }


def counted(before: Person | None, after: Person | None, *, source: str) -> Counter[str]:
    """What a change begins and ends, by name. Pure."""
    had, has = _topics(before), _topics(after)
    way = source.replace("#", " ")[:MAX_SOURCE]
    return Counter(
        {f"{topic}#{ADDED}#{way}": 1 for topic in has - had}
        | {f"{topic}#{ENDED}#{way}": 1 for topic in had - has}
    )


def day_of(at: datetime, *, time_zone: str) -> date:
    """The agency's day of a moment."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def read(first: date, last: date, *, wiring: Wiring) -> dict[date, dict[str, int]]:
    """What began and ended on each day from the first to the last, both included, by name."""
    found: dict[date, Counter[str]] = {}
    for month in _months(first, last):
        for slot in range(SLOTS):
            for item in _items(f"{month}#{slot}", first, last, wiring):
                counts = {name: count for name, count in item.items() if name not in {"month_slot", "day"}}
                found.setdefault(date.fromisoformat(item["day"]), Counter()).update(counts)
    return {day: dict(found[day]) for day in sorted(found)}


def named(counts: Mapping[str, int]) -> list[tuple[str, str, str, int]]:
    """Counts as topic, what (`added` or `ended`), source and number."""
    return [(*_parts(name), count) for name, count in sorted(counts.items())]


def _parts(name: str) -> tuple[str, str, str]:
    topic, what, source = name.split("#", 2)
    return topic, what, source


def _items(month_slot: str, first: date, last: date, wiring: Wiring) -> list[dict[str, Any]]:
    found = query(
        wiring.dynamodb,
        TableName=wiring.settings.table("growth"),
        KeyConditionExpression="month_slot = :month AND #day BETWEEN :first AND :last",
        ExpressionAttributeNames={"#day": "day"},
        ExpressionAttributeValues=marshal(
            {":month": month_slot, ":first": first.isoformat(), ":last": last.isoformat()}
        ),
        ConsistentRead=True,
    )
    return [unmarshal(item) for item in found]


def _months(first: date, last: date) -> list[str]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def _topics(person: Person | None) -> set[str]:
    return {EVERYONE, *person.topics} if person else set()
