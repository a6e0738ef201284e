"""Changes of persons as DynamoDB operations: one transaction for whatever must be true together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core import ids
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.dynamo import Cancelled, transact
from chalicelib.core.tables import TableModel
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.facts import subscription_facts, wishes_facts, wishes_of
from chalicelib.subscribers.growth import Growth
from chalicelib.subscribers.held import HOURS, ZONES, turns_by_name, turns_of
from chalicelib.subscribers.model import (
    Address,
    LedgerChange,
    LedgerEntry,
    Person,
    Place,
    Provenance,
    Row,
    Subscription,
    Wording,
)
from chalicelib.subscribers.rules import Change
from chalicelib.subscribers.tables import AddressItem, LedgerItem, PersonItem, SubscriptionItem

PERSON, ADDRESS, SUPPRESSION, OTHER = "person", "address", "suppression", "other"


class Lost(Exception):
    """Others were faster, or hold what was wanted; nothing was written.

    `kinds` says of which items the conditions failed.
    """

    def __init__(self, kinds: Iterable[str]) -> None:
        super().__init__("a condition did not hold")
        self.kinds = frozenset(kinds)


@dataclass
class Together:
    """Operations that are written all or none, each with the kind that is named if its condition fails.

    `growth` is one operation more, where a subscription begins or ends.
    """

    operations: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    growth: Growth = field(default_factory=Growth)

    def __len__(self) -> int:
        return len(self.operations)

    def put(self, item: TableModel, condition: Condition | None = None, *, kind: str = OTHER) -> None:
        """Adds the writing of a whole item."""
        self.operations.append((kind, {"Put": item.get_save_kwargs_from_instance(condition=condition)}))

    def update(
        self, item: TableModel, actions: Sequence[Action], condition: Condition, *, kind: str = OTHER
    ) -> None:
        """Adds a change of some attributes of an item."""
        kwargs = item.get_update_kwargs_from_instance(actions=list(actions), condition=condition)
        self.operations.append((kind, {"Update": kwargs}))

    def delete(self, item: TableModel, condition: Condition | None = None, *, kind: str = OTHER) -> None:
        """Adds the removal of an item."""
        self.operations.append((kind, {"Delete": item.get_delete_kwargs_from_instance(condition=condition)}))

    def check(
        self, model: type[TableModel], hash_key: str, condition: Condition, *, kind: str = OTHER
    ) -> None:
        """Adds a condition on an item that is not written."""
        kwargs = model.get_operation_kwargs_from_class(hash_key, condition=condition)
        self.operations.append((kind, {"ConditionCheck": kwargs}))

    def add(self, other: "Together") -> None:
        """Adds all of another transaction."""
        self.operations += other.operations
        self.growth.add(other.growth)

    def commit(self, wiring: Wiring) -> None:
        """Writes all in one transaction. Raises Lost; nothing to write is no request."""
        if not self.operations:
            return
        operations = [operation for _, operation in self.operations]
        if counting := self.growth.operation(wiring):
            operations.append(counting)
        try:
            transact(wiring.dynamodb, operations)
        except Cancelled as cancelled:
            raise Lost(self.operations[n][0] for n in cancelled.failed()) from cancelled


def add_change(
    together: Together, change: Change, *, given_up: Mapping[str, str], taken: Collection[str]
) -> None:
    """Adds the writes of a change.

    `given_up` names, by digest, who gives an address up in this same transaction, and `taken` the digests
    that somebody claims in it.
    """
    _add_person(together, change)
    provenance = change.entry.provenance
    together.growth.note(change.before, change.after, source=provenance.source, at=provenance.at)
    for digest in change.claimed:
        item = AddressItem(AddressItem.id_of(digest), subscriber_id=change.subscriber_id)
        if digest in given_up:
            together.put(item, AddressItem.subscriber_id == given_up[digest], kind=PERSON)
        else:
            together.put(item, AddressItem.free_or_of(change.subscriber_id), kind=ADDRESS)
    for digest in set(change.released) - set(taken):
        item = AddressItem(AddressItem.id_of(digest))
        together.delete(item, AddressItem.subscriber_id == change.subscriber_id, kind=PERSON)
    shard = ids.shard_of(change.subscriber_id)
    for topic, row in change.rows.items():
        together.put(row_item(topic, row))
    for topic in change.dropped:
        together.delete(SubscriptionItem(ids.sharded(topic, shard), change.subscriber_id))
    together.put(ledger_item(change.entry))


def _add_person(together: Together, change: Change) -> None:
    before, after = change.before, change.after
    held = PersonItem.version == before.version if before else PersonItem.id.does_not_exist()
    if after is None:
        together.delete(PersonItem(change.subscriber_id), held, kind=PERSON)
    else:
        together.put(person_item(after), held, kind=PERSON)


def person_item(person: Person) -> PersonItem:
    """A person as the table holds it."""
    return PersonItem(
        person.id,
        name=person.name,
        language=person.language,
        time_zone=person.time_zone,
        addresses={
            c: {"address": a.address, "verified_at": a.verified_at} for c, a in person.addresses.items()
        },
        topics={topic: subscription_facts(s) for topic, s in person.topics.items()},
        blocks=dict(person.blocks),
        version=person.version,
        created_at=person.created_at,
        places={name: vars(place) for name, place in person.places.items()} or None,
        ended=dict(person.ended) or None,
        wishes=wishes_facts(person.wishes) or None,
        life_safety=person.life_safety or None,
        turns=turns_by_name(person) or None,
    )


def person_of(item: PersonItem) -> Person:
    """A person as the table holds it, read back."""
    turns = item.turns or {}
    return Person(
        id=item.id,
        name=item.name,
        language=item.language,
        time_zone=item.time_zone,
        addresses={c: Address(**a) for c, a in item.addresses.items()},
        topics={
            t: Subscription(**{**s, "channels": tuple(s["channels"])}, turns=turns_of(turns.get(t, ())))
            for t, s in item.topics.items()
        },
        blocks=dict(item.blocks),
        version=int(item.version),
        created_at=item.created_at,
        places={
            name: Place(float(p["latitude"]), float(p["longitude"]))
            for name, p in (item.places or {}).items()
        },
        wishes=wishes_of(item.wishes or {}),
        life_safety=bool(item.life_safety),
        zones=turns_of(turns.get(ZONES, ())),
        digest_hours=turns_of(turns.get(HOURS, ())),
        ended=dict(item.ended or {}),
    )


def row_item(topic: str, row: Row) -> SubscriptionItem:
    """A projection as the table holds it."""
    return SubscriptionItem(
        ids.sharded(topic, ids.shard_of(row.subscriber_id)),
        row.subscriber_id,
        email=row.email,
        sms=row.sms,
        push=row.push,
        voice=row.voice,
        channels=set(row.channels),
        cadence=row.cadence,
        language=row.language,
        time_zone=row.time_zone,
        name=row.name,
        blocks=set(row.blocks) or None,
        places=set(row.places) or None,
        joined=row.joined or None,
        wanted=set(row.wanted) or None,
        sources=set(row.sources) or None,
        wishes=wishes_facts(row.wishes) or None,
        life_safety=row.life_safety or None,
        turns=[list(turn) for turn in row.turns] or None,
        held=row.held or None,
    )


def ledger_item(entry: LedgerEntry) -> LedgerItem:
    """An entry as the table holds it. The id sorts by time, and within a millisecond by version."""
    provenance = entry.provenance
    stamp = ids.time_ordered_id(provenance.at)
    return LedgerItem(
        entry.subscriber_id,
        f"{stamp[:12]}{entry.version:08x}{stamp[20:]}",
        version=entry.version,
        at=rfc3339(provenance.at),
        source=provenance.source,
        by=provenance.by,
        note=provenance.note or None,
        wording=provenance.wording.text if provenance.wording else None,
        wording_version=provenance.wording.version if provenance.wording else None,
        changes=[{"field": c.field, "before": c.before, "after": c.after} for c in entry.changes],
    )


def ledger_entry(item: LedgerItem) -> LedgerEntry:
    """An entry as the table holds it, read back."""
    wording = Wording(item.wording) if item.wording else None
    provenance = Provenance(item.source, item.by, parse_rfc3339(item.at), wording, item.note or "")
    changes = tuple(LedgerChange(c["field"], c["before"], c["after"]) for c in item.changes)
    return LedgerEntry(item.subscriber_id, int(item.version), provenance, changes)
