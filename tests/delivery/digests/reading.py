"""Readers of digests and items for them, without any table behind."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.delivery.digests.due import Due, Slot, Table, asked_for, due
from chalicelib.delivery.digests.items import Item
from chalicelib.subscribers.cadence import History
from chalicelib.subscribers.model import DIGEST, Address, Person, Subscription, Turn
from chalicelib.subscribers.streams import row_of

SINCE = "2026-01-01T00:00:00.000Z"
NOW = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)
MONDAY = "2026-11-23T13:00:00.000Z"
"""Eight in the morning in New York."""

SATURDAY = "2026-11-21T15:00:00.000Z"
SUNDAY = "2026-11-22T15:00:00.000Z"
USUAL = History("8")


def reader(
    named: Mapping[str, str] | None = None, /, *, sms: bool = False, **topics: str | Subscription
) -> Person:
    """Somebody in New York with these topics, by cadence or as they are."""
    addresses = {"email": Address("a@city.example", SINCE)}
    addresses |= {"sms": Address("+12025550123", SINCE)} if sms else {}
    held = {
        topic: one if isinstance(one, Subscription) else subscription(one)
        for topic, one in {**(named or {}), **topics}.items()
    }
    return Person("a" * 32, "Ana", "en", "America/New_York", addresses, held, {}, 1, SINCE)


def subscription(
    cadence: str, *turns: tuple[str, str], since: str = SINCE, on: str = "email"
) -> Subscription:
    """A subscription with what it was before."""
    return Subscription((on,), cadence, "test", since, tuple(Turn(*turn) for turn in turns))


def item(name: str, instant: str = SUNDAY, *topics: str, **more: Any) -> Item:
    """An item for one of these topics (`roads`)."""
    audience = {"any": [{"topic": topic} for topic in topics or ("roads",)]}
    made = Item(name, f"plan-{name}", instant, audience, ("email", "sms"))
    return replace(made, **more)


def digest(person: Person, *items: Item, moment: str = MONDAY, has: Any = frozenset()) -> Due | None:
    """What a person's digest of a moment has."""
    table = Table.of(Slot(moment, USUAL), items)
    row = row_of(person, DIGEST)
    if row is None:
        return None
    return due(table, row, asked_for(table, row), scope="newsletter", at=NOW, has=has)


def sections(found: Due | None, channel: str = "email") -> dict[tuple[str, ...], tuple[str, ...]]:
    """The items of a digest by the topics that brought them."""
    return dict(found.sections.get(channel, ())) if found else {}


def later(seconds: float) -> str:
    """A moment after `NOW`."""
    return rfc3339(datetime.fromtimestamp(NOW.timestamp() + seconds, UTC))
