"""The timeline: what happened between the agency and one person, in the order of time. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, get_args

from chalicelib.conversations.model import Entry
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import BadRequest
from chalicelib.core.tables import Page
from chalicelib.core.tokens import TokenRefused, decode, encode
from chalicelib.delivery.person import Event, Message
from chalicelib.history.record import Record
from chalicelib.subscribers.model import CHANNELS, LedgerChange, LedgerEntry

Kind = Literal["consent", "message", "event", "entry"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Moment:
    """One thing that happened: when (RFC 3339), of which kind, about which channels, and what.

    `what` is a ledger entry, a message, a message with the event on it, or what the person wrote to us.
    """

    at: str
    key: str
    kind: Kind
    channels: tuple[str, ...]
    what: LedgerEntry | Message | tuple[Message, Event] | Entry

    @property
    def place(self) -> list[str]:
        """Where it stands in the timeline."""
        return [self.at, self.kind, self.key]


def moments(record: Record) -> list[Moment]:
    """The whole timeline, oldest first."""
    parts = (_consent(record.consent), _messages(record.messages), _entries(record.entries))
    return sorted(chain(*parts), key=lambda one: one.place)


def page(
    record: Record, *, kind: str | None, channel: str | None, limit: int, cursor: str | None
) -> Page[Moment]:
    """One page of the timeline, newest first, of one kind and about one channel where these are given.

    Raises BadRequest (`bad-cursor`) for a cursor that this person's timeline did not give.
    """
    before = _read_cursor(cursor, record.subscriber_id) if cursor else None
    found = [
        one
        for one in reversed(moments(record))
        if kind in (None, one.kind)
        and (channel is None or channel in one.channels)
        and (before is None or one.place < before)
    ]
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], _cursor(record.subscriber_id, last) if last else None)


def channels_of(changes: Iterable[LedgerChange]) -> tuple[str, ...]:
    """The channels that a change of consent is about."""
    touched = {channel for one in changes for channel in _touched(one)}
    return tuple(channel for channel in CHANNELS if channel in touched)


def _consent(entries: Iterable[LedgerEntry]) -> Iterator[Moment]:
    for entry in entries:
        key = f"{entry.subscriber_id}#{entry.version:08x}"
        yield Moment(rfc3339(entry.provenance.at), key, "consent", channels_of(entry.changes), entry)


def _messages(messages: Iterable[Message]) -> Iterator[Moment]:
    for one in messages:
        key = f"{one.plan_id}#{one.channel}"
        yield Moment(one.at, key, "message", (one.channel,), one)
        for n, event in enumerate(one.events):
            yield Moment(event.at, f"{key}#{n:04d}", "event", (one.channel,), (one, event))


def _entries(entries: Iterable[Entry]) -> Iterator[Moment]:
    for one in entries:
        yield Moment(one.at, one.id, "entry", (one.channel,), one)


def _touched(change: LedgerChange) -> set[str]:
    what, _, rest = change.field.partition("/")
    if what in {"addresses", "blocks"}:
        return {rest.partition(":")[0]}
    if what == "topics":
        return _channels(change.before) ^ _channels(change.after)
    return set()


def _channels(subscription: Any) -> set[str]:
    return set(subscription["channels"]) if isinstance(subscription, Mapping) else set()


def _cursor(subscriber_id: str, last: Moment) -> str:
    return encode(json.dumps([subscriber_id, *last.place], separators=(",", ":")).encode())


def _read_cursor(cursor: str, subscriber_id: str) -> list[str]:
    try:
        own, *place = json.loads(decode(cursor))
    except (TokenRefused, ValueError, TypeError, RecursionError):
        raise _bad_cursor() from None
    if own != subscriber_id or len(place) != 3 or not all(isinstance(one, str) for one in place):
        raise _bad_cursor()
    return list(place)


def _bad_cursor() -> BadRequest:
    return BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")
