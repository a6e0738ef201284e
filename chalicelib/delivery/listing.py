"""Listing a plan's deliveries: what became of each message, page by page, at a constant cost a page.

The list follows the chunks, in the order of their making, and in each the places of its recipients, which no
retry changes: so a cursor stays right while the plan is being sent. The status of each is that of its chunk's
outcome, unless an event said otherwise since.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from chalicelib.channels.base import Outcome, State
from chalicelib.core.errors import BadRequest
from chalicelib.core.tables import Page
from chalicelib.core.tokens import TokenRefused, decode, encode
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.fates import Fate, family
from chalicelib.delivery.plan import CHANNEL_CHUNKS
from chalicelib.delivery.plans import plans

WAITING = "waiting"
ROOTS_A_PAGE = 10


@dataclass(frozen=True)
class Listed:
    """One message to one person. `flags` are what receipts said, by name, with their first times."""

    subscriber_id: str
    channel: str
    language: str
    status: str
    reason: str
    flags: Mapping[str, str]


def deliveries_page(
    plan_id: str, *, status: str | None, limit: int, cursor: str | None, wiring: Wiring
) -> Page[Listed]:
    """One page; with `status`, of those that stand so: it may hold fewer than `limit`, and have a `next`.

    Raises NotFound, and BadRequest (`bad-cursor`) for a cursor that this list did not give.
    """
    number, place = _read_cursor(cursor, plan_id) if cursor else (0, -1)
    roots = _roots(plan_id, number, wiring=wiring)
    found: list[Listed] = []
    for root in islice(roots, ROOTS_A_PAGE):
        after = place if root == number else -1
        fates = [one for one in family(plan_id, root, wiring=wiring) if one.recipient.place > after]
        for fate, listed in zip(fates, _listed(plan_id, fates, wiring=wiring), strict=True):
            if status in (None, listed.status):
                found.append(listed)
            if len(found) == limit:
                following = next(roots, None) if fate is fates[-1] else root
                return Page(found, _cursor(plan_id, following, fate, root))
    following = next(roots, None)
    return Page(found, None if following is None else _encoded(plan_id, following, -1))


def _cursor(plan_id: str, following: int | None, fate: Fate, root: int) -> str | None:
    if following is None:
        return None
    return _encoded(plan_id, following, fate.recipient.place if following == root else -1)


def status_of(outcome: Outcome | None, flags: Mapping[str, str]) -> str:
    """How a message stands: by its outcome, unless an event said otherwise since. Pure."""
    if outcome is None:
        return WAITING
    if "failed_at" in flags and outcome.state in (State.SENT, State.UNKNOWN):
        return str(State.FAILED)
    if "settled_sent_at" in flags and outcome.state is State.UNKNOWN:
        return str(State.SENT)
    return str(outcome.state)


def _roots(plan_id: str, start: int, *, wiring: Wiring) -> Iterator[int]:
    """The numbers of a plan's root chunks, from one on."""
    waves, _ = plans(wiring).waves_and_counts(plan_id)
    for place, channel in enumerate(plans(wiring).head(plan_id).channels):
        first = place * CHANNEL_CHUNKS
        made = max((wave.next_chunk for wave in waves if wave.channel == channel), default=0)
        yield from range(max(first, start), first + made)


def _listed(plan_id: str, fates: Sequence[Fate], *, wiring: Wiring) -> list[Listed]:
    if not fates:
        return []
    channel = fates[0].rendition.split("#")[1]
    known = deliveries(wiring).of(plan_id, channel, [fate.recipient.subscriber_id for fate in fates])
    return [_one(fate, known.get(fate.recipient.subscriber_id, {})) for fate in fates]


def _one(fate: Fate, flags: Mapping[str, str]) -> Listed:
    _, channel, language, *_ = fate.rendition.split("#")
    status = status_of(fate.outcome, flags)
    reason = fate.outcome.reason if fate.outcome else ""
    if status == State.FAILED:
        reason = flags.get("failed_reason", reason)
    elif status == State.SENT:
        reason = ""
    return Listed(fate.recipient.subscriber_id, channel, language, status, reason, flags)


def _encoded(plan_id: str, number: int, place: int) -> str:
    return encode(json.dumps([plan_id, number, place], separators=(",", ":")).encode())


def _read_cursor(cursor: str, plan_id: str) -> tuple[int, int]:
    try:
        own, number, place = json.loads(decode(cursor))
    except (TokenRefused, ValueError, TypeError, RecursionError):
        raise _bad_cursor() from None
    whole = type(number) is int and type(place) is int
    if own != plan_id or not whole or number < 0 or place < -1:
        raise _bad_cursor()
    return number, place


def _bad_cursor() -> BadRequest:
    return BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")
