"""Rows into transactions.

Several people in each, together with the cursor behind them, so that counts are exact and nothing doubles.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules
from chalicelib.subscribers.imports import merge
from chalicelib.subscribers.imports.lines import Record
from chalicelib.subscribers.imports.rows import Refusal, Row
from chalicelib.subscribers.imports.tables import HEAD as HEAD_PART
from chalicelib.subscribers.imports.tables import ImportItem, RefusedItem
from chalicelib.subscribers.model import Person, Provenance
from chalicelib.subscribers.rules import MAX_WRITES, TooManyTopics
from chalicelib.subscribers.settle import digester, prepare
from chalicelib.subscribers.tables import AddressItem, SuppressionItem
from chalicelib.subscribers.writes import Together

WINDOW = 50
HEAD = "head"
CREATED, CHANGED, UNCHANGED, REFUSED = "created", "changed", "unchanged", "refused"
TWO_PEOPLE = "The email address and the phone number belong to two different subscribers."


@dataclass(frozen=True)
class Parsed:
    """A record with the row in it, or with what is wrong."""

    record: Record
    row: Row | None
    refusals: Sequence[Refusal] = ()


@dataclass
class Pack:
    """Consecutive rows that are committed together.

    Their writes, counts and refusals, and the last of their records.
    """

    parsed: list[Parsed] = field(default_factory=list)
    together: Together = field(default_factory=Together)
    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    def takes(self, writes: Together) -> bool:
        """Whether so many more writes still fit the transaction."""
        return len(self.together) + len(writes) <= MAX_WRITES

    def add(self, parsed: Parsed, outcome: str, writes: Together, refusals: Sequence[Refusal]) -> None:
        """Adds what became of one row."""
        self.parsed.append(parsed)
        self.counts[outcome] += 1 if parsed.row or refusals else 0
        self.refusals += refusals
        self.together.operations += writes.operations


@dataclass(frozen=True)
class Known:
    """What the tables say of a window's rows: owners by digest, persons by id, suppressions by digest."""

    owners: Mapping[str, str]
    persons: Mapping[str, Person]
    suppressions: Mapping[str, SuppressionItem]


def read(window: Sequence[Parsed], *, wiring: Wiring) -> Known:
    """Three requests, whatever the window holds."""
    digests = [d for parsed in window for d in digests_of(parsed, wiring)]
    owners = AddressItem.owners(digests)
    return Known(owners, people.present(list(owners.values())), SuppressionItem.read(digests))


def packs(window: Sequence[Parsed], head: ImportItem, *, wiring: Wiring) -> Iterator[Pack]:
    """The rows of a window in packs.

    It may end early, before a row about somebody who is in the window already.
    """
    known = read(window, wiring=wiring)
    pack, met = Pack(), set[str]()
    for parsed in window:
        about = {one for d in digests_of(parsed, wiring) for one in (d, known.owners.get(d)) if one}
        if about & met:
            break
        met |= about
        outcome, writes, refusals = decide(parsed, known, head, wiring=wiring)
        if not pack.takes(writes):
            yield pack
            pack = Pack()
        pack.add(parsed, outcome, writes, refusals)
    yield pack


def decide(
    parsed: Parsed, known: Known, head: ImportItem, *, wiring: Wiring
) -> tuple[str, Together, Sequence[Refusal]]:
    """What becomes of one row, with its writes and refusals."""
    row, together = parsed.row, Together()
    if row is None:
        return REFUSED, together, parsed.refusals
    owners = {known.owners[d] for d in digests_of(parsed, wiring) if d in known.owners}
    if len(owners) > 1:
        return REFUSED, together, [Refusal(row.line, "phone", TWO_PEOPLE)]
    now = wiring.clock()
    before = known.persons.get(next(iter(owners))) if owners else None
    if before and (found := _refusals(before, row)):
        return REFUSED, together, found
    blank = people.blank(language=row.language, time_zone=row.time_zone, now=now)
    after = merge.merged(before or blank, row, now=now)
    provenance = Provenance("import", head.by, now, note=f"import {head.id}: {row.consent_source}")
    try:
        prepare(together, [(before, after)], provenance, wiring=wiring, known=known.suppressions)
    except TooManyTopics:
        reason = f"The person would have more than {rules.MAX_TOPICS} topics."
        return REFUSED, Together(), [Refusal(row.line, "topics", reason)]
    if not together:
        return UNCHANGED, together, ()
    return CHANGED if before else CREATED, together, ()


def commit(pack: Pack, head: ImportItem, *, wiring: Wiring) -> None:
    """Writes a pack and the progress behind it, on condition that the cursor is where it was.

    `head` is moved on.

    Raises Lost: of the kind `head`, another worker went on with this import; else somebody changed one of the
    rows' people.
    """
    together, last = pack.together, pack.parsed[-1].record
    if pack.refusals:
        rows = [{"line": r.line, "column": r.column, "reason": r.reason} for r in pack.refusals]
        part = RefusedItem.part_of(pack.refusals[0].line)
        together.put(RefusedItem(head.id, part, rows=rows, expires_at=head.expires_at))
    counted = [getattr(ImportItem, name).add(n) for name, n in sorted(pack.counts.items()) if n]
    moved = [ImportItem.cursor.set(last.end), ImportItem.line.set(last.next_line), *counted]
    together.update(ImportItem(head.id, HEAD_PART), moved, head.unmoved(), kind=HEAD)
    together.commit(wiring)
    head.cursor, head.line = last.end, last.next_line


def digests_of(parsed: Parsed, wiring: Wiring) -> list[str]:
    """The digests of a row's addresses."""
    digest = digester(wiring)
    return (
        [digest(channel, address) for channel, address in parsed.row.addresses.items()] if parsed.row else []
    )


def _refusals(before: Person, row: Row) -> list[Refusal]:
    """Why a known person's row cannot be taken; the ledger is read only where a topic would begin."""
    begins = bool(merge.new_topics(before, row)) and before.version > 1
    return merge.refusals(before, row, merge.endings(people.ledger(before.id)) if begins else {})
