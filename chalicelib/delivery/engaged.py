"""What readers did, as it stands on deliveries: raw events, what they count for, and the flags that follow.

    event#ID                            one raw event, as it came in: a small map
    told                                how many events were told of it, repeats among them
    counted                             what the delivery adds to the counters of engagement, by their names
    counted_as, counted_n               by which version of the rules; how often that was changed
    opened_at clicked_at clicked_3_at   when a person first did so
    nobodys                             leave was taken back: it takes no more events, they are nobody's

The counters are the sum of `counted` over the deliveries and the plan's totals of nobody, for whoever changes
a `counted` adds the difference to them in the same transaction, on condition that it still is as it was read.
So what is doubled, shuffled, late or judged anew cannot take them apart.
"""

import re
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Cancelled, Item, batch_get, marshal, transact, unmarshal
from chalicelib.core.ids import SHARDS, sharded
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.counters import NOBODY, additions, slot_of
from chalicelib.delivery.deliveries import key
from chalicelib.delivery.delivery_tokens import DeliveryRef

MOST = 200
"""Events that a delivery takes; more are dropped, for a message that has more is read by a crowd."""

AT_ONCE = 100
"""What DynamoDB writes in one transaction, and reads in one BatchGetItem."""

EVENT = "event#"
NOBODYS = "nobodys"
FLAG = re.compile(r"(opened|clicked)(_\d+)?_at")
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What a delivery, as it was read, is to count for from now on.

    `flags` by their names, as text that sorts. A delivery that is `folded` gives what it counts to the totals
    of nobody, and nothing that its reader did stays on it; `closed`, it takes no more events either.
    """

    item: Mapping[str, Any]
    counted: Mapping[str, int]
    flags: Mapping[str, str] = field(default_factory=dict)
    rules: int = 0
    folded: bool = False
    closed: bool = False

    @property
    def ref(self) -> DeliveryRef:
        """The delivery."""
        return ref_of(self.item)

    @property
    def needed(self) -> bool:
        """Whether the delivery stands otherwise."""
        stands = {name: value for name, value in self.item.items() if FLAG.fullmatch(name)}
        as_read = (self.item.get("counted", {}), self.item.get("counted_as"), stands)
        return self.folded or as_read != (self.counted, self.rules, self.flags)


def ref_of(item: Mapping[str, Any]) -> DeliveryRef:
    """The delivery that an item is."""
    subscriber_id, _, channel = item["subscriber_channel"].partition("#")
    return DeliveryRef(item["plan_id"], subscriber_id, channel)


def events_on(item: Mapping[str, Any]) -> dict[str, Raw]:
    """The raw events that stand on a delivery, by id."""
    return {name.removeprefix(EVENT): raw for name, raw in item.items() if name.startswith(EVENT)}


def note(told: Mapping[DeliveryRef, Mapping[str, Raw]], *, wiring: Wiring) -> set[DeliveryRef]:
    """Puts raw events (by id) on up to 100 deliveries, all in one transaction; the same again is harmless.

    Answers the deliveries that take none: they are gone, full, or nobody's.
    """
    left, refused = dict(told), set[DeliveryRef]()
    while left:
        refs = list(left)
        try:
            transact(wiring.dynamodb, [_noting(ref, left[ref], wiring) for ref in refs])
            break
        except Cancelled as cancelled:
            for place in cancelled.failed():
                refused.add(refs[place])
                del left[refs[place]]
    return refused


def nobodys(refs: Collection[DeliveryRef], *, wiring: Wiring) -> set[DeliveryRef]:
    """Those of some deliveries whose readers took their leave back."""
    return {ref_of(item) for item in read(refs, wiring=wiring) if NOBODYS in item}


def _noting(ref: DeliveryRef, events: Mapping[str, Raw], wiring: Wiring) -> Item:
    kept = dict(list(events.items())[:MOST])
    values = {f":e{n}": dict(raw) for n, raw in enumerate(kept.values())}
    sets = ", ".join(f"#e{n} = :e{n}" for n in range(len(kept)))
    return {
        "Update": {
            "TableName": wiring.settings.table("deliveries"),
            "Key": marshal(key(ref.plan_id, ref.subscriber_id, ref.channel)),
            "UpdateExpression": f"SET {sets} ADD told :n",
            "ConditionExpression": "attribute_exists(plan_shard)"
            " AND (attribute_not_exists(told) OR told < :most) AND attribute_not_exists(nobodys)",
            "ExpressionAttributeNames": {f"#e{n}": EVENT + one for n, one in enumerate(kept)},
            "ExpressionAttributeValues": marshal({**values, ":n": len(kept), ":most": MOST}),
        }
    }


def read(refs: Collection[DeliveryRef], *, wiring: Wiring) -> list[dict[str, Any]]:
    """Deliveries, whole, read consistently; absent ones are left out."""
    table, keys = wiring.settings.table("deliveries"), [marshal(key(*_names(ref))) for ref in refs]
    found: list[dict[str, Any]] = []
    for start in range(0, len(keys), AT_ONCE):
        items = batch_get(wiring.dynamodb, table, keys[start : start + AT_ONCE], ConsistentRead=True)
        found += map(unmarshal, items)
    return found


def _names(ref: DeliveryRef) -> tuple[str, str, str]:
    return ref.plan_id, ref.subscriber_id, ref.channel


def replace(changes: Sequence[Change], *, wiring: Wiring) -> list[Change]:
    """Writes what deliveries of one slot of a plan count for, each with its counters, in one transaction.

    Answers the changes that were not written, for a delivery of theirs is another by now. What is too much
    for one transaction is written in two.
    """
    needed = [change for change in changes if change.needed]
    if not needed:
        return []
    operations = _operations(needed, wiring)
    if len(operations) > AT_ONCE and len(needed) > 1:
        middle = len(needed) // 2
        return replace(needed[:middle], wiring=wiring) + replace(needed[middle:], wiring=wiring)
    try:
        transact(wiring.dynamodb, operations)
    except Cancelled:
        return needed
    return []


def _operations(changes: Sequence[Change], wiring: Wiring) -> list[Item]:
    more, nobodys = Counter[str](), Counter[str]()
    for change in changes:
        more.update(change.counted)
        more.subtract(change.item.get("counted", {}))
        if change.folded:
            nobodys.update(change.counted)
    ref = changes[0].ref
    slot, table = slot_of(ref.plan_id, ref.subscriber_id), wiring.settings.table("counters")
    return [
        *(_replacing(change, wiring.settings.table("deliveries")) for change in changes),
        *additions(slot, more, table=table),
        *additions(slot, nobodys, table=table, kind=NOBODY),
    ]


def _replacing(change: Change, table: str) -> Item:
    """Replaces what a delivery counts for, on condition that it stands as it was read."""
    item, events = change.item, [name for name in change.item if name.startswith(EVENT)]
    names = {"#event": min(events)} if events else {}
    same = ["attribute_exists(#event)"] if events else ["attribute_exists(plan_shard)"]
    values: dict[str, Any] = {}
    for name in ("counted_n", *(("told",) if change.folded else ())):
        same.append(f"{name} = :{name}" if name in item else f"attribute_not_exists({name})")
        values |= {f":{name}": item[name]} if name in item else {}
    gone = [name for name in item if FLAG.fullmatch(name) and name not in change.flags]
    if change.folded:
        marks = ("told", "counted", "counted_as", "counted_n")
        gone += [*events, *(name for name in marks if name in item)]
        sets: dict[str, Any] = {NOBODYS: True} if change.closed else {}
    else:
        sets = {"counted": change.counted, "counted_as": change.rules, **change.flags}
        sets["counted_n"] = item.get("counted_n", 0) + 1
    names |= {f"#s{n}": name for n, name in enumerate(sets)}
    values |= {f":s{n}": value for n, value in enumerate(sets.values())}
    expression = "SET " + ", ".join(f"#s{n} = :s{n}" for n in range(len(sets))) if sets else ""
    if gone:
        names |= {f"#g{n}": name for n, name in enumerate(gone)}
        expression += " REMOVE " + ", ".join(f"#g{n}" for n in range(len(gone)))
    update: Item = {
        "TableName": table,
        "Key": {name: {"S": item[name]} for name in ("plan_shard", "subscriber_channel")},
        "UpdateExpression": expression.strip(),
        "ConditionExpression": " AND ".join(same),
        "ExpressionAttributeNames": names,
    }
    if values:
        update["ExpressionAttributeValues"] = marshal(values)
    return {"Update": update}


def keeping(
    plan_id: str, channel: str, event_id: str, raw: Raw, *, at: datetime, new: bool, wiring: Wiring
) -> Item:
    """Keeps a raw event of nobody, for a transaction: without person, program and network.

    By its id it is known again, should it be told once more; a `new` one must not be known yet.
    """
    expires = epoch(at + timedelta(days=wiring.settings.retention_days))
    kept = {name: value for name, value in raw.items() if name not in ("agent", "network")}
    item = {
        "plan_shard": sharded(plan_id, zlib.crc32(event_id.encode()) % SHARDS),
        "id": f"-#{channel}#{event_id}",
        **kept,
        "expires_at": expires,
    }
    put: Item = {"TableName": wiring.settings.table("events"), "Item": marshal(item)}
    if new:
        put["ConditionExpression"] = "attribute_not_exists(plan_shard)"
    return {"Put": put}
