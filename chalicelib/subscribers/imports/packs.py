"""Rows into transactions.

Several people in each, together with the cursor behind them, so that counts are exact and nothing doubles. A
dry run decides the same, and writes only its own progress and what it met.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports.decide import Decision, Parsed, decide, digests_of
from chalicelib.subscribers.imports.rows import Refusal
from chalicelib.subscribers.imports.seen import read, seen_items
from chalicelib.subscribers.imports.tables import HEAD as HEAD_PART
from chalicelib.subscribers.imports.tables import ImportItem, RefusedItem
from chalicelib.subscribers.rules import MAX_WRITES
from chalicelib.subscribers.settle import digester
from chalicelib.subscribers.writes import Together

WINDOW = 50
HEAD = "head"
MAX_REASONS = 100
OTHER_REASONS = "Other reasons"


@dataclass
class Pack:
    """Consecutive rows that are committed together.

    What becomes of each person or address (by id), the counts and refusals, and the last of their records.
    """

    parsed: list[Parsed] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many writes it has."""
        return sum(len(one.writes) for one in self.decisions.values())

    def takes(self, one: Decision) -> bool:
        """Whether so many more writes still fit the transaction; an earlier decision on the person goes."""
        earlier = self.decisions.get(one.about)
        return self.size - (len(earlier.writes) if earlier else 0) + len(one.writes) <= MAX_WRITES

    def add(self, parsed: Parsed, one: Decision) -> None:
        """Adds what became of one row."""
        self.parsed.append(parsed)
        self.refusals += one.refusals
        if one.outcome:
            self.counts[one.outcome] += 1
        if one.is_not_taken:
            self.reasons.update({refusal.reason for refusal in one.refusals})
        if one.writes:
            self.decisions[one.about] = one


def packs(window: Sequence[Parsed], head: ImportItem, *, wiring: Wiring) -> Iterator[Pack]:
    """The rows of a window in packs.

    Rows about one person are decided one after the other and written once. It may end early, before a row
    about somebody who is written already, or is to be suppressed: what is known of them is no longer true.
    """
    known, digest = read(window, head, wiring=wiring), digester(wiring)
    pack, closed = Pack(), set[str]()
    for parsed in window:
        about = known.about(digests_of(parsed, digest))
        if about & closed or (parsed.stops and about & pack.decisions.keys()):
            break
        one = decide(parsed, known, head, wiring=wiring)
        if not pack.takes(one):
            yield pack
            closed |= known.everybody(pack.decisions.values())
            pack = Pack()
            if about & closed:
                return
        pack.add(parsed, one)
        known.note(one, digest)
        if parsed.stops:
            closed |= about
    yield pack


def commit(pack: Pack, head: ImportItem, *, wiring: Wiring) -> None:
    """Writes a pack and the progress behind it, on condition that the cursor is where it was.

    `head` is moved on.

    Raises Lost: of the kind `head`, another worker went on with this import; else somebody changed one of the
    rows' people.
    """
    together, last = Together(), pack.parsed[-1]
    if head.dry:
        for item in seen_items(pack.decisions.values(), head, wiring=wiring):
            together.put(item)
    else:
        for one in pack.decisions.values():
            together.add(one.writes)
    if pack.refusals:
        rows = [{"line": r.line, "column": r.column, "reason": r.reason} for r in pack.refusals]
        part = RefusedItem.part_of(pack.refusals[0].line)
        together.put(RefusedItem(head.id, part, rows=rows, expires_at=head.expires_at))
    reasons = summed(head.reasons, pack.reasons)
    counted = [getattr(ImportItem, name).add(n) for name, n in sorted(pack.counts.items()) if n]
    moved = [
        ImportItem.cursor.set(last.record.end),
        ImportItem.line.set(last.record.next_line),
        ImportItem.unpacked.set(last.unpacked),
        *([ImportItem.reasons.set(reasons)] if pack.reasons else []),
        *counted,
    ]
    together.update(ImportItem(head.id, HEAD_PART), moved, head.unmoved(), kind=HEAD)
    together.commit(wiring)
    head.cursor, head.line, head.reasons = last.record.end, last.record.next_line, reasons


def summed(known: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Rows by reason; beyond a hundred reasons the rest is counted together."""
    found = Counter({reason: int(count) for reason, count in known.items()})
    for reason, count in more.items():
        found[reason if reason in found or len(found) < MAX_REASONS else OTHER_REASONS] += count
    return dict(found)
