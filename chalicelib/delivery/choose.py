"""Which channel and language a person gets a message on. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.delivery.daylight import paused
from chalicelib.subscribers.cadence import is_immediate
from chalicelib.subscribers.streams import EVERYONE, LIST_PREFIX, Row

NEWSLETTER, EMERGENCY = "newsletter", "emergency"
"""Scopes: of what a person can pause, and of what nothing but a block keeps away."""


class Skip(StrEnum):
    """Why a person of the audience is not written to at all; the report counts them by this."""

    NO_CHANNEL = "no_channel"
    DO_NOT_CONTACT = "do_not_contact"
    DIGEST = "digest"
    UNSUBSCRIBED = "unsubscribed"
    PAUSED = "paused"
    NOT_OPTED_IN = "not_opted_in"


@dataclass(frozen=True, slots=True)
class Choice:
    """The channels that a person is written to on, with the address of each.

    `skip` says why there is none. `variants`, by channel, where not all get the same (digests).
    """

    addresses: Mapping[str, str]
    skip: Skip | None = None
    variants: Mapping[str, str] = field(default_factory=dict)


def choose(
    rows: Sequence[Row],
    topics: Sequence[str],
    *,
    channels: Collection[str],
    scope: str,
    at: datetime,
    instant: str = "",
    written: Collection[str] = (),
) -> Choice:
    """One message per chosen channel, however many topics matched.

    Rows of lists decide only where no topic matched, and the row of `_all` only where no list did either: by
    it, a newsletter goes out on the channels that the person chose for some topic, and to nobody who has
    none. A person whose subscriptions were all `daily` or `weekly` at the item's `instant` (RFC 3339; empty:
    are) gets it by digest. Who paused newsletters gets none `at` that moment. In an emergency it goes by
    other rules (`_alerted`); `written` are the channels on which an earlier message that the audience asks
    for reached the person.
    """
    deciding, own = _rank(topics[0]), rows
    if len(rows) > 1:
        ranks = [_rank(topic) for topic in topics]
        deciding = min(ranks)
        own = [row for row, rank in zip(rows, ranks, strict=True) if rank == deciding]
    if scope == EMERGENCY:
        return _alerted(own, channels, written, everyone=deciding == _rank(EVERYONE), at=at)
    now = [row for row in own if is_immediate(row.cadence, row.turns, instant)]
    if not now:
        return Choice({}, Skip.DIGEST)
    wanted = {channel for row in now for channel in row.channels} & set(channels)
    person = now[0]
    if scope == NEWSLETTER and deciding == _rank(EVERYONE):
        if not person.wanted:
            return Choice({}, Skip.UNSUBSCRIBED)
        wanted &= set(person.wanted)
    return ways(person, wanted, scope=scope, at=at)


def _alerted(
    rows: Sequence[Row], channels: Collection[str], written: Collection[str], *, everyone: bool, at: datetime
) -> Choice:
    """An emergency: at once, at any hour, on every channel that leads to who opted in to life safety.

    Others get it on the channels that they chose for what matched, however often they want that, and on those
    on which they were `written` to before: who was alerted is told what became of it. The row of `_all`
    (`everyone`) is nobody's consent.
    """
    person, chosen = rows[0], set(written)
    if not everyone:
        chosen |= {channel for row in rows for channel in row.channels}
    if person.life_safety:
        chosen = set(channels)
    elif everyone and not written:
        return Choice({}, Skip.NOT_OPTED_IN)
    return ways(person, chosen & set(channels), scope=EMERGENCY, at=at)


def ways(person: Row, wanted: Collection[str], *, scope: str, at: datetime) -> Choice:
    """Which of the wanted channels lead to a person: an address there, no block, no pause."""
    if scope == NEWSLETTER and paused(person, at):
        return Choice({}, Skip.PAUSED)
    reachable = {channel: address for channel in sorted(wanted) if (address := address_of(person, channel))}
    if not reachable:
        return Choice({}, Skip.NO_CHANNEL)
    allowed = {
        channel: address for channel, address in reachable.items() if not blocked(person, channel, scope)
    }
    return Choice(allowed, None if allowed else Skip.DO_NOT_CONTACT)


def _rank(topic: str) -> int:
    """Topics decide before lists, and lists before `_all`."""
    return 2 if topic == EVERYONE else int(topic.startswith(LIST_PREFIX))


def address_of(row: Row, channel: str) -> str | None:
    """The person's verified address on a channel."""
    address: str | None = getattr(row, channel, None)
    return address


def blocked(row: Row, channel: str, scope: str) -> bool:
    """Whether a block keeps this channel silent for this scope; the scope `*` covers all."""
    return f"{channel}:{scope}" in row.blocks or f"{channel}:*" in row.blocks


def language_for(wanted: str, offered: Sequence[str], default: str) -> str:
    """The offered language nearest to a BCP 47 tag by truncation (RFC 4647, section 3.4).

    Else the default.
    """
    lower = {tag.lower(): tag for tag in offered}
    parts = wanted.lower().split("-")
    while parts:
        if found := lower.get("-".join(parts)):
            return found
        parts.pop()
    base = wanted.lower().split("-")[0]
    return next((tag for tag in offered if tag.lower().split("-")[0] == base), default)
