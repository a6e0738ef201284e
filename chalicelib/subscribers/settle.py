"""The one way in which persons and suppressions are written.

Read, decide, write all in one transaction, again after a lost race.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import habits, rules
from chalicelib.subscribers.addresses import digest as digest_of
from chalicelib.subscribers.addresses import hint
from chalicelib.subscribers.facts import Digest
from chalicelib.subscribers.model import LedgerChange, LedgerEntry, Person, Provenance
from chalicelib.subscribers.tables import SuppressionItem
from chalicelib.subscribers.writes import ADDRESS, SUPPRESSION, Lost, Together, add_change, ledger_item

TRIES = 8
SUBSCRIBER = "subscriber"
"""Who changed something (`Provenance.by`), where it was the person themself."""

Pair = tuple[Person | None, Person | None]
Pairs = Callable[[], Sequence[Pair]]


class AddressTaken(Conflict):
    """An address belongs to another subscriber; two people never share one."""

    code = "address-taken"


class AddressErased(Conflict):
    """The address's holder asked to be forgotten; only they can come back, by signing up."""

    code = "address-erased"


@dataclass(frozen=True)
class SuppressionEdit:
    """What becomes of one address's suppression.

    `edit` (pure) gets its entries and answers those that it shall have; without any it goes.
    """

    digest: str
    channel: str
    hint: str
    edit: Callable[[rules.Entries], Mapping[str, Any]]

    @classmethod
    def of(
        cls, channel: str, address: str, edit: Callable[[rules.Entries], Mapping[str, Any]], *, wiring: Wiring
    ) -> "SuppressionEdit":
        """The edit for a normalised address."""
        return cls(digester(wiring)(channel, address), channel, hint(channel, address), edit)


def settle(
    pairs: Pairs,
    provenance: Provenance,
    *,
    wiring: Wiring,
    edit: SuppressionEdit | None = None,
    more: Callable[[Together], None] | None = None,
) -> dict[str, Person]:
    """Changes persons, edits a suppression and adds what `more` adds, in one transaction.

    The persons that remain, by id.

    `pairs` reads the persons and decides (before, after); it and `more` run again after a lost race, and may
    end it by raising. Who changes anything of their own is there: that is noted of whom engagement is kept.
    Raises AddressTaken, AddressErased, TooManyTopics, Conflict.
    """
    for attempt in range(TRIES):
        together = Together()
        persons = prepare(together, pairs(), provenance, wiring=wiring, edits=[edit] if edit else [])
        if more:
            more(together)
        try:
            together.commit(wiring)
        except Lost as lost:
            if lost.kinds == {ADDRESS} and attempt:  # once more: a holder who came just now may be joined
                raise AddressTaken("This address belongs to another subscriber; look that one up.") from lost
            continue
        if provenance.by == SUBSCRIBER:
            for one in persons:
                habits.saw(one, now=provenance.at, wiring=wiring)
        return persons
    raise Conflict("Others are changing this at the same moment; try again.")


def prepare(
    together: Together,
    pairs: Sequence[Pair],
    provenance: Provenance,
    *,
    wiring: Wiring,
    edits: Sequence[SuppressionEdit] = (),
    known: Mapping[str, SuppressionItem] | None = None,
) -> dict[str, Person]:
    """Adds the writes of several changes to a transaction; the persons that remain, by id.

    `known` are the suppressions of all gained and edited addresses, where the caller has read them already.
    Raises AddressErased, TooManyTopics.
    """
    digest = digester(wiring)
    edited = {edit.digest: edit for edit in edits}
    wanted = edited.keys() | {d for before, after in pairs for d in gained(before, after, digest)}
    found = SuppressionItem.read(wanted) if known is None else known
    entries = {d: dict(found[d].entries) if d in found else {} for d in wanted}
    for edit in edits:
        entries[edit.digest] = dict(edit.edit(entries[edit.digest]))
    _refuse_forgotten(entries, [d for pair in pairs for d in gained(*pair, digest)])
    changes, persons = [], {}
    for before, after in pairs:
        blocked = _blocked(after, entries, digest) if after else None
        made = rules.change(before, blocked, provenance=provenance, digest=digest)
        changes += [made] if made else []
        if final := made.after if made else blocked:
            persons[final.id] = final
    given_up = {d: change.subscriber_id for change in changes for d in change.released}
    taken = [d for change in changes for d in change.claimed]
    for change in changes:
        add_change(together, change, given_up=given_up, taken=taken)
    for one in sorted(wanted):
        _add_suppression(together, one, found.get(one), entries[one], provenance, edited.get(one))
    if not changes:
        for one in edited:
            _add_entry(together, one, found.get(one), entries[one], provenance)
    return persons


def _refuse_forgotten(entries: Mapping[str, rules.Entries], digests: Iterable[str]) -> None:
    if any(rules.forgotten(entries[one]) for one in digests):
        raise AddressErased("The holder of this address asked to be forgotten; they can sign up themselves.")


def gained(before: Person | None, after: Person | None, digest: Digest) -> set[str]:
    """The digests of addresses that a person has only afterwards."""
    return _digests(after, digest) - _digests(before, digest)


def digester(wiring: Wiring) -> Digest:
    """The digest of addresses under this deployment's key."""
    return lambda channel, address: digest_of(channel, address, key=wiring.address_key)


def _digests(person: Person | None, digest: Digest) -> set[str]:
    return {digest(c, a.address) for c, a in person.addresses.items()} if person else set()


def _blocked(person: Person, entries: Mapping[str, Mapping[str, Any]], digest: Digest) -> Person:
    """The person with the blocks that suppressions of their addresses mean, where those were read."""
    for channel, held in person.addresses.items():
        one = digest(channel, held.address)
        if one in entries:
            person = rules.with_blocks(person, channel, entries[one])
    return person


def _add_suppression(
    together: Together,
    digest: str,
    item: SuppressionItem | None,
    entries: Mapping[str, Any],
    provenance: Provenance,
    edit: SuppressionEdit | None,
) -> None:
    """Writes the suppression if it differs.

    Else checks that it is as it was read, for a block comes from it.
    """
    unchanged = SuppressionItem.unchanged(item.version if item else "")
    if entries == (dict(item.entries) if item else {}):
        together.check(SuppressionItem, digest, unchanged, kind=SUPPRESSION)
    elif not entries:
        together.delete(SuppressionItem(digest), unchanged, kind=SUPPRESSION)
    elif edit:
        made = SuppressionItem(
            digest,
            sort=item.sort if item else f"{rfc3339(provenance.at)}#{digest}",
            channel=edit.channel,
            hint="" if rules.forgotten(entries) else edit.hint,
            entries=dict(entries),
            version=ids.random_id(),
        )
        together.put(made, unchanged, kind=SUPPRESSION)


def _add_entry(
    together: Together,
    digest: str,
    item: SuppressionItem | None,
    entries: Mapping[str, Any],
    provenance: Provenance,
) -> None:
    """What happened to an address while no person changed stands in the ledger under the suppression's id."""
    before = dict(item.entries) if item else {}
    changes = tuple(
        LedgerChange(f"suppression/{key}", before.get(key), entries.get(key))
        for key in sorted(before.keys() | entries.keys())
        if before.get(key) != entries.get(key)
    )
    if changes:
        together.put(ledger_item(LedgerEntry(digest, 0, provenance, changes)))
