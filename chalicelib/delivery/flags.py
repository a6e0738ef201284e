"""Flags: what receipts say of a delivery, each with its first time, and the counts beside them.

What readers did comes by another way (`engaged.py`).

Receipts and events come doubled and in any order, so nothing here depends on what came before. In one
transaction:

    the raw event      put if it is not there yet (a doubled message finds it, and changes nothing)
    the delivery       each flag that is not there yet is set; one that names a later time is set back
    people counters    one more, only together with a new flag; what else counts people, the same
    event counters     one more for each new event

The transaction is first written as for a delivery that bears none of the flags: the common case, in one call.
Where its conditions do not hold, the delivery is read and the variant that fits is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Cancelled, Item, marshal, transact, unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.counters import REPORTED, addition, slot_of
from chalicelib.delivery.deliveries import HANDED_OVER
from chalicelib.delivery.deliveries import key as delivery_key
from chalicelib.delivery.delivery_tokens import DeliveryRef

TRIES = 8
PROVE_SENT = frozenset({*(flag.removesuffix("_at") for flag in HANDED_OVER), "hard_bounced"})
UNCOUNTED = frozenset({"sent", "reason"})
NAMES = REPORTED | UNCOUNTED


class Contended(Exception):
    """The same delivery was changed by others again and again; the message comes once more."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """What was found: whether the delivery is there, whether this was news, whether it stood as `unknown`."""

    delivery: bool = True
    new: bool = True
    unknown: bool = False


class _Mark(NamedTuple):
    """One flag of a delivery; the people counter and the operations that go with it when it is new."""

    attribute: str
    counter: str | None
    more: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """One event, prepared for whichever variant of the transaction fits."""

    ref: DeliveryRef
    at: str
    marks: Sequence[_Mark]
    counters: Sequence[str]
    tables: Mapping[str, str]
    event: Item | None = None
    while_not_unknown: bool = False


def flag(
    ref: DeliveryRef,
    name: str,
    *,
    at: datetime,
    wiring: Wiring,
    event_id: str | None = None,
    details: Mapping[str, str] | None = None,
    more: Sequence[Item] = (),
    price: int | None = None,
) -> Flagged:
    """Notes that `name` (one of NAMES) happened to a delivery at `at`, once however often it is told.

    With an `event_id` the raw event is kept, with `details` (codes, never addresses), until retention ends.
    `more` operations join the transaction where the person is new to `name`. Raises KeyError for another
    name, Contended if others keep changing the delivery.

    Who `hard_bounced` has `bounced`, too: perhaps in passing before. `price` is what the message cost, in
    units of `counters.DOLLAR`; the first that is told counts.
    """
    if name not in NAMES:
        raise KeyError(name)
    tables = {table: wiring.settings.table(table) for table in ("deliveries", "events", "counters")}
    marks = _marks(name, ref.channel, more)
    if price is not None:
        marks.append(_priced(ref, price, table=tables["counters"]))
    change = _Change(
        ref=ref,
        at=moment_text(at),
        marks=marks,
        counters=_event_counters(name, ref, details or {}) if event_id else (),
        tables=tables,
        event=_event(ref, event_id) if event_id else None,
        while_not_unknown=name in PROVE_SENT,
    )
    if change.event is not None:
        facts = {**(details or {}), "name": name, "at": change.at}
        expires = epoch(at + timedelta(days=wiring.settings.retention_days))
        change.event.update(marshal({**facts, "expires_at": expires}))
    return _write(change, wiring.dynamodb)


def moment_text(at: datetime) -> str:
    """A moment as flags have it: text that sorts, to the microsecond."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _marks(name: str, channel: str, more: Sequence[Item]) -> list[_Mark]:
    marks = [_Mark(f"{name}_at", None if name in UNCOUNTED else f"{channel}#{name}", more)]
    return marks + (_marks("bounced", channel, ()) if name == "hard_bounced" else [])


def _priced(ref: DeliveryRef, price: int, *, table: str) -> _Mark:
    slot = slot_of(ref.plan_id, ref.subscriber_id)
    costs = {f"{ref.channel}#priced": 1, f"{ref.channel}#cost": price}
    more = [addition(slot, counter, table=table, amount=amount) for counter, amount in costs.items()]
    return _Mark("priced_at", None, more)


def _event_counters(name: str, ref: DeliveryRef, details: Mapping[str, str]) -> list[str]:
    return [f"{ref.channel}#reason#{details['reason']}"] if name == "reason" else []


def _event(ref: DeliveryRef, event_id: str) -> Item:
    delivery = delivery_key(ref.plan_id, ref.subscriber_id, ref.channel)
    return marshal(
        {"plan_shard": delivery["plan_shard"], "id": f"{delivery['subscriber_channel']}#{event_id}"}
    )


def _write(change: _Change, client: Any) -> Flagged:
    delivery: Mapping[str, Any] = {}
    guarded = change.while_not_unknown
    unknown = False
    for _ in range(TRIES):
        operations = _operations(change, delivery, guarded=guarded)
        if not operations:
            return Flagged(new=False, unknown=unknown)
        try:
            transact(client, operations)
            return Flagged(unknown=unknown)
        except Cancelled as cancelled:
            if change.event is not None and 0 in cancelled.failed():
                return Flagged(new=False, unknown=unknown)
        found = _read(change, client)
        if found is None:
            return Flagged(delivery=False, new=False)
        delivery, unknown = found, "unknown_at" in found
        guarded = change.while_not_unknown and not unknown
    raise Contended


def _operations(change: _Change, delivery: Mapping[str, Any], *, guarded: bool) -> list[Item]:
    slot = slot_of(change.ref.plan_id, change.ref.subscriber_id)
    first = [mark for mark in change.marks if mark.attribute not in delivery]
    earlier = [mark for mark in change.marks if delivery.get(mark.attribute, "") > change.at]
    operations: list[Item] = []
    if change.event is not None:
        operations.append(_put_event(change))
    if first or earlier:
        operations.append(_set(change, delivery, first, earlier, guarded=guarded))
    operations += [operation for mark in first for operation in mark.more]
    counters = [mark.counter for mark in first if mark.counter] + list(change.counters)
    return operations + [addition(slot, name, table=change.tables["counters"]) for name in counters]


def _put_event(change: _Change) -> Item:
    return {
        "Put": {
            "TableName": change.tables["events"],
            "Item": change.event,
            "ConditionExpression": "attribute_not_exists(plan_shard)",
        }
    }


def _set(
    change: _Change,
    delivery: Mapping[str, Any],
    first: Sequence[_Mark],
    earlier: Sequence[_Mark],
    *,
    guarded: bool,
) -> Item:
    """Sets flags, on condition that the delivery is there and each flag still is as it was read."""
    values: dict[str, str] = {":at": change.at}
    conditions = ["attribute_exists(plan_shard)"]
    conditions += [f"attribute_not_exists({mark.attribute})" for mark in first]
    for n, mark in enumerate(earlier):
        conditions.append(f"{mark.attribute} = :was{n}")
        values[f":was{n}"] = delivery[mark.attribute]
    if guarded:
        conditions.append("attribute_not_exists(unknown_at)")
    return {
        "Update": {
            "TableName": change.tables["deliveries"],
            "Key": _key(change.ref),
            "UpdateExpression": "SET " + ", ".join(f"{m.attribute} = :at" for m in (*first, *earlier)),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeValues": marshal(values),
        }
    }


def _read(change: _Change, client: Any) -> dict[str, Any] | None:
    answer = client.get_item(TableName=change.tables["deliveries"], Key=_key(change.ref), ConsistentRead=True)
    return unmarshal(answer["Item"]) if "Item" in answer else None


def _key(ref: DeliveryRef) -> Item:
    return marshal(delivery_key(ref.plan_id, ref.subscriber_id, ref.channel))
