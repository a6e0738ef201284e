"""What becomes of one row: whom it makes or changes, what it suppresses, or why it is not taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules
from chalicelib.subscribers.facts import Digest
from chalicelib.subscribers.holders import still_held
from chalicelib.subscribers.imports import merge
from chalicelib.subscribers.imports.lines import Record
from chalicelib.subscribers.imports.rows import COLUMN_OF, STOPPED, Refusal, Row
from chalicelib.subscribers.imports.tables import ImportItem, UnclearItem
from chalicelib.subscribers.imports.unclear import NO_EMAIL, Wants, asked_for, by_email
from chalicelib.subscribers.model import Person, Provenance
from chalicelib.subscribers.rules import TooManyTopics
from chalicelib.subscribers.settle import SuppressionEdit, digester, prepare
from chalicelib.subscribers.suppressions import Cause, adding
from chalicelib.subscribers.tables import SuppressionItem
from chalicelib.subscribers.writes import Together

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
SUPPRESSED, REFUSED = "suppressed", "refused"
TWO_PEOPLE = "The email address and the phone number belong to two different subscribers."
DO_NOT_CONTACT = "The address must not be written to: it stopped, complained, bounced or was erased here."
IS_STOPPED = "The former system says that the address must not be written to; so it is from now on."
CAME_BACK = "The person gave consent here after the former system's stop; nothing is changed."


@dataclass(frozen=True)
class Parsed:
    """A record with the row in it, or with what is wrong; `unpacked` bytes of the file were read up to it."""

    record: Record
    row: Row | None
    refusals: Sequence[Refusal] = ()
    unpacked: int = 0

    @property
    def stops(self) -> bool:
        """Whether it is a row that says that somebody must not be written to."""
        return self.row is not None and self.row.stops


@dataclass(frozen=True)
class Decision:
    """What becomes of one row.

    `about` is whom: a subscriber's id, or an address's digest. `after` is the person with the row, `stops`
    the digests that it suppresses, `wants` all that the person is to be asked for. `outcome` is empty for an
    empty line.
    """

    outcome: str
    about: str = ""
    before: Person | None = None
    after: Person | None = None
    stops: tuple[str, ...] = ()
    wants: Wants = field(default_factory=dict)
    writes: Together = field(default_factory=Together)
    refusals: Sequence[Refusal] = ()

    @property
    def is_not_taken(self) -> bool:
        """Whether the row as a whole makes nobody a subscriber."""
        return self.outcome in {REFUSED, SUPPRESSED}


@dataclass
class Known:
    """What the tables say of a window's rows, and what rows before made of it.

    Owners by digest, persons by id as they are, suppressions by digest; `pending` persons by id as they will
    be, and `wants` what they are to be asked for; `stopped` digests that a dry run would have suppressed.
    """

    owners: dict[str, str]
    persons: dict[str, Person]
    suppressions: dict[str, SuppressionItem]
    pending: dict[str, Person] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    wants: dict[str, Wants] = field(default_factory=dict)

    def about(self, digests: Iterable[str]) -> set[str]:
        """The digests, and the ids of those who have them."""
        return {one for digest in digests for one in (digest, self.owners.get(digest)) if one}

    def everybody(self, decisions: Iterable[Decision]) -> set[str]:
        """Whom decisions are about, by id and by the digests of all their addresses."""
        ids = {one.about for one in decisions}
        return ids | {digest for digest, owner in self.owners.items() if owner in ids}

    def note(self, one: Decision, digest: Digest) -> None:
        """Has the rows that follow see what a decision made of a person."""
        if one.writes and one.after:
            self.pending[one.about] = one.after
            self.wants[one.about] = one.wants
            for channel, held in one.after.addresses.items():
                self.owners.setdefault(digest(channel, held.address), one.about)

    def is_suppressed(self, digest: str) -> bool:
        """Whether newsletters must not be sent to an address."""
        item = self.suppressions.get(digest)
        return digest in self.stopped or (item is not None and rules.covers(item.entries, "newsletter"))


def digests_of(parsed: Parsed, digest: Digest) -> list[str]:
    """The digests of a row's addresses."""
    return [digest(c, address) for c, address in parsed.row.addresses.items()] if parsed.row else []


def decide(parsed: Parsed, known: Known, head: ImportItem, *, wiring: Wiring) -> Decision:
    """What becomes of one row."""
    row = parsed.row
    if row is None:
        return Decision(REFUSED if parsed.refusals else "", refusals=parsed.refusals)
    return (_stop if row.stops else _subscribe)(row, known, head, wiring)


def _subscribe(row: Row, known: Known, head: ImportItem, wiring: Wiring) -> Decision:
    """The person of a row, with what it adds, on the channels that are not suppressed."""
    row, left_out = _writable(by_email(row) if head.unclear else row, known, digester(wiring))
    if not row.channels:
        told = left_out or [Refusal(row.line, "email", NO_EMAIL)]
        return Decision(SUPPRESSED if left_out else REFUSED, refusals=told)
    digests = (digester(wiring)(c, address) for c, address in row.addresses.items())
    owners = {known.owners[d] for d in digests if d in known.owners}
    if len(owners) > 1:
        return Decision(REFUSED, refusals=[Refusal(row.line, "phone", TWO_PEOPLE)])
    about = next(iter(owners), "")
    now, before = wiring.clock(), known.persons.get(about)
    current = known.pending.get(about, before)
    base = current or people.blank(language=row.language, time_zone=row.time_zone, now=now)
    wants: Wants = {}
    if head.unclear:
        row, wants = asked_for(base, row, known.wants.get(base.id, {}), head.id)
    if current and (found := merge.refusals(current, row)):
        return Decision(REFUSED, refusals=found)
    after = merge.merged(base, row, now=now)
    if after == current and wants == known.wants.get(base.id, {}):
        return Decision(UNCHANGED, refusals=left_out)
    decision = Decision(CHANGED if current else CREATED, after.id, before, after, wants=wants)
    return _written(decision, row, left_out, known, head, wiring)


def _written(
    one: Decision, row: Row, left_out: Sequence[Refusal], known: Known, head: ImportItem, wiring: Wiring
) -> Decision:
    """The decision with its writes, unless the person would have too much."""
    note = f"import {head.id}: {row.consent_source}"
    provenance, writes = Provenance(people.IMPORTED, head.by, wiring.clock(), note=note), Together()
    try:
        prepare(writes, [(one.before, one.after)], provenance, wiring=wiring, known=known.suppressions)
    except TooManyTopics:
        reason = f"The person would have more than {rules.MAX_TOPICS} topics."
        return Decision(REFUSED, refusals=[Refusal(row.line, "topics", reason)])
    if one.wants:
        part = UnclearItem.part_of(one.about)
        writes.put(UnclearItem(head.id, part, wants=dict(one.wants), expires_at=head.expires_at))
    return replace(one, writes=writes, refusals=left_out)


def _writable(row: Row, known: Known, digest: Digest) -> tuple[Row, list[Refusal]]:
    """The row without the addresses that must not be written to, which are told.

    Who stopped is not brought back, nor is anyone kept who was erased.
    """
    shut = {c for c, address in row.addresses.items() if known.is_suppressed(digest(c, address))}
    kept = {c: address for c, address in row.addresses.items() if c not in shut}
    channels = tuple(c for c in row.channels if c not in shut)
    told = [Refusal(row.line, COLUMN_OF[c], DO_NOT_CONTACT) for c in sorted(shut)]
    return replace(row, addresses=kept, channels=channels), told


def _stop(row: Row, known: Known, head: ImportItem, wiring: Wiring) -> Decision:
    """The suppression of a row's addresses, unless their holder came back since."""
    now = wiring.clock()
    scope, reason = STOPPED[row.status]
    cause = Cause(scope, reason, people.IMPORTED, head.by, rfc3339(row.status_at or now))
    edits, persons = [], {}
    for channel, address in row.addresses.items():
        edit = SuppressionEdit.of(channel, address, adding(cause), wiring=wiring)
        person = known.persons.get(known.owners.get(edit.digest, ""))
        if person and _came_back(person, channel, row):
            return Decision(UNCHANGED, refusals=[Refusal(row.line, COLUMN_OF[channel], CAME_BACK)])
        edits.append(edit)
        persons.update({person.id: person} if person else {})
    if all(edit.digest in known.stopped for edit in edits):
        return Decision(UNCHANGED)
    writes, about = Together(), next(iter(persons), edits[0].digest)
    provenance = Provenance(people.IMPORTED, head.by, now, note=f"import {head.id}: {row.status}")
    pairs = [(one, one) for one in persons.values()]
    prepare(writes, pairs, provenance, wiring=wiring, edits=edits, known=known.suppressions)
    if not any("Put" in operation for _, operation in writes.operations):
        return Decision(UNCHANGED)
    for edit in edits:
        still_held(writes, edit.digest, known.owners.get(edit.digest))
    told = [Refusal(row.line, COLUMN_OF[channel], IS_STOPPED) for channel in row.addresses]
    stops = tuple(edit.digest for edit in edits)
    return Decision(SUPPRESSED, about, stops=stops, writes=writes, refusals=told)


def _came_back(person: Person, channel: str, row: Row) -> bool:
    """Whether a person took something on this channel after the former system's stop, if that is dated."""
    since = [one.since for one in person.topics.values() if channel in one.channels]
    return row.status_at is not None and any(parse_rfc3339(at) > row.status_at for at in since)
