"""Suppressions: addresses that must not be written to, known or not.

An address may be suppressed for several reasons, each with a scope; a known person's rows carry them as
blocks, written in the same transaction. Manual ones and hard bounces stay until staff lift them; a complaint,
STOP or the wish to be forgotten ends when the person confirms anew.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.tables import Page, list_page
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import rules
from chalicelib.subscribers.holders import change_holder
from chalicelib.subscribers.model import Person, Provenance
from chalicelib.subscribers.settle import SuppressionEdit, digester
from chalicelib.subscribers.tables import SUPPRESSIONS, SuppressionItem

REASONS = ("bounce", "complaint", "stop", "manual", rules.ERASED, rules.SUNSET)
SCOPES = ("*", "newsletter", "service", "emergency")


@dataclass(frozen=True)
class Cause:
    """One reason why an address is suppressed: scope (`*` for everything), source, who and when."""

    scope: str
    reason: str
    source: str
    by: str
    at: str


@dataclass(frozen=True)
class Suppression:
    """A suppressed address.

    `id` is `email-HMAC`, safe in URLs; `hint` lets staff recognise an address they know, and is empty of one
    whose holder asked to be forgotten.
    """

    id: str
    channel: str
    hint: str
    causes: tuple[Cause, ...]


def suppress(
    channel: str,
    address: str,
    *,
    reason: str,
    scope: str,
    source: str,
    by: str,
    now: datetime,
    wiring: Wiring,
    note: str = "",
) -> None:
    """Suppresses a normalised address, and blocks the person who has it, if any.

    The same again is harmless.
    """
    cause = Cause(scope, reason, source, by, rfc3339(now))
    edit = SuppressionEdit.of(channel, address, adding(cause), wiring=wiring)
    change_holder(edit, Provenance(source, by, now, None, note), wiring=wiring)


def adding(cause: Cause) -> Callable[[rules.Entries], Mapping[str, Any]]:
    """The edit of a suppression that adds a cause, once."""
    key = f"{cause.scope}:{cause.reason}"
    value = {"source": cause.source, "by": cause.by, "at": cause.at}
    return lambda entries: entries if key in entries else {**entries, key: value}


def without(scope: str, reason: str) -> Callable[[rules.Entries], Mapping[str, Any]]:
    """The edit of a suppression that takes one cause away."""
    return lambda entries: {key: value for key, value in entries.items() if key != f"{scope}:{reason}"}


def suppressed(channel: str, address: str, *, scope: str, wiring: Wiring) -> bool:
    """Whether an address is to be left alone for a scope, read consistently."""
    return rules.covers(_entries(channel, address, wiring), scope)


def shut(channel: str, address: str, *, wiring: Wiring) -> bool:
    """Whether even its holder's own request gets no answer: after a hard bounce or by staff's hand."""
    return bool(rules.covers(rules.lifted(_entries(channel, address, wiring)), "service"))


def stopped(channel: str, address: str, *, scope: str, wiring: Wiring) -> bool:
    """Whether the holder of an address said STOP for a scope, read consistently."""
    return f"{scope}:stop" in _entries(channel, address, wiring)


def ask_again(
    channel: str, address: str, *, scope: str, provenance: Provenance, wiring: Wiring
) -> Person | None:
    """Lifts the STOP or complaint of an address's own holder for a scope; the person, if it is anybody's."""
    edit = SuppressionEdit.of(channel, address, rules.asked_again(scope), wiring=wiring)
    return change_holder(edit, provenance, wiring=wiring)


def page(*, limit: int, cursor: str | None) -> Page[Suppression]:
    """One page of all suppressions, newest first. Raises BadRequest for a cursor that no page gave."""
    found = list_page(SuppressionItem.list_index, SUPPRESSIONS, limit=limit, cursor=cursor)
    return Page([_suppression(item) for item in found.items], found.next)


def of(channel: str, address: str, *, wiring: Wiring) -> Suppression:
    """The suppression of an address. Raises NotFound."""
    return _suppression(_read(digester(wiring)(channel, address)))


def lift(suppression_id: str, *, note: str, by: str, now: datetime, wiring: Wiring) -> None:
    """Lifts a suppression whole, with a reason that lands in the ledger. Raises NotFound."""
    item = _read(suppression_id.replace("-", "#", 1))
    edit = SuppressionEdit(item.id, item.channel, item.hint, lambda _: {})
    change_holder(edit, Provenance("suppression-lifted", by, now, None, note), wiring=wiring)


def _read(digest: str) -> SuppressionItem:
    item = SuppressionItem.read([digest]).get(digest)
    if item is None:
        raise NotFound("No suppression has this id.")
    return item


def _entries(channel: str, address: str, wiring: Wiring) -> rules.Entries:
    digest = digester(wiring)(channel, address)
    item = SuppressionItem.read([digest]).get(digest)
    return item.entries if item else {}


def _suppression(item: SuppressionItem) -> Suppression:
    causes = []
    for key, value in sorted(item.entries.items()):
        scope, _, reason = key.partition(":")
        causes.append(Cause(scope, reason, value["source"], value["by"], value["at"]))
    return Suppression(item.id.replace("#", "-", 1), item.channel, item.hint, tuple(causes))


def tally() -> dict[str, Counter[str]]:
    """How many addresses newsletters must not go to, by channel and by the strongest reason."""
    found: dict[str, Counter[str]] = {}
    for item in SuppressionItem.list_index.query(SUPPRESSIONS):
        keys = [one.partition(":") for one in dict(item.entries)]
        reasons = {reason for scope, _, reason in keys if scope in {"*", "newsletter"}}
        if reasons:
            strongest = next((one for one in rules.STRENGTH if one in reasons), min(reasons))
            found.setdefault(item.channel, Counter())[strongest] += 1
    return found
