"""Snapshots: who was in a segment when it was frozen, as sorted streams of ids.

The head says of what and when. The people lie in buckets by the first three digits of their id, one id behind
the other: at a million people 4,096 items of 8 KB. So a shard is 64 items, read in one request; one person's
bucket is known without an index, and taking somebody out rewrites one small item. All of it expires.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.core import ids
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.dynamo import Cancelled, Item, batch_get, marshal, transact, updated
from chalicelib.core.errors import NotFound
from chalicelib.core.settings import settings
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.conditions import Rule

SNAPSHOTS = "snapshot"
TABLE = "snapshots"
RUNNING, DONE = "running", "done"
DIGITS = 3
BUCKETS = 16**DIGITS // ids.SHARDS
"""Buckets of a shard."""

WIDTH = 32
AT_ONCE = 100
SPARE = timedelta(days=30)
"""So long before it expires, a snapshot may not be named any more: what is launched by it must end."""


@dataclass(frozen=True)
class Snapshot:
    """One snapshot: of which segment, by which rule as of its day, who made it, and how many are in it.

    `learned`: the rule asks what people did with messages, so who takes their leave back goes out of it.
    `gone`: who went while it is being filled, and so is not to be written any more.
    """

    id: str
    segment: str
    department: str
    rule: Rule
    learned: bool
    by: str
    created_at: str
    expires_at: int
    state: str = RUNNING
    shard: int = 0
    people: int = 0
    ended_at: str = ""
    gone: frozenset[str] = frozenset()

    def usable(self, now: datetime) -> bool:
        """Whether an audience may name it."""
        return self.state == DONE and epoch(now + SPARE) < self.expires_at


class SnapshotItem(TableModel):
    """The head of a snapshot. Its buckets stand beside it, without a model."""

    class Meta(TableMeta):
        """The table `snapshots`."""

        table_name = table(TABLE)

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=SNAPSHOTS)
    sort = UnicodeAttribute()
    segment = UnicodeAttribute()
    department = UnicodeAttribute()
    rule = UnicodeAttribute()
    learned = BooleanAttribute()
    by = UnicodeAttribute()
    created_at = UnicodeAttribute()
    expires_at = NumberAttribute()
    state = UnicodeAttribute()
    shard = NumberAttribute()
    people = NumberAttribute()
    ended_at = UnicodeAttribute()
    gone: UnicodeSetAttribute = UnicodeSetAttribute(null=True)
    list_index = ListIndex()


def begin(
    segment: str, department: str, rule: Rule, *, learned: bool, by: str, now: datetime, days: int
) -> Snapshot:
    """Makes an empty snapshot, to be filled shard by shard. It is kept for so many days."""
    made = Snapshot(
        ids.time_ordered_id(now),
        segment,
        department,
        rule,
        learned,
        by,
        rfc3339(now),
        epoch(now + timedelta(days=days)),
    )
    values = {**vars(made), "rule": json.dumps(rule, separators=(",", ":")), "sort": made.id, "gone": None}
    SnapshotItem(**values).save()
    return made


def get(snapshot_id: str) -> Snapshot:
    """The snapshot of an id, read consistently. Raises NotFound."""
    found = get_all([snapshot_id])
    if snapshot_id not in found:
        raise NotFound("No snapshot has this id; they are kept for a while only.")
    return found[snapshot_id]


def get_all(snapshot_ids: Iterable[str]) -> dict[str, Snapshot]:
    """The snapshots of up to 100 ids, read consistently; those that do not exist are left out."""
    wanted = sorted(set(snapshot_ids))[:AT_ONCE]
    found = SnapshotItem.batch_get(wanted, consistent_read=True) if wanted else ()
    return {item.id: _snapshot(item) for item in found}


def page(*, limit: int, cursor: str | None) -> Page[Snapshot]:
    """One page of all snapshots, newest first. Raises BadRequest for a cursor that no page gave."""
    found = list_page(SnapshotItem.list_index, SNAPSHOTS, limit=limit, cursor=cursor)
    return Page([_snapshot(item) for item in found.items], found.next)


def fill(snapshot: Snapshot, subscriber_ids: Sequence[str], *, now: datetime, wiring: Wiring) -> bool:
    """Writes the people of the shard that is next, and moves on, in one transaction.

    False, and nothing is written, where another worker did, or somebody went since the snapshot was read. A
    transaction holds 4 MB, so a shard 120,000 people, and all of them 7 million.
    """
    name, shard = wiring.settings.table(TABLE), snapshot.shard
    buckets: dict[str, list[str]] = {}
    people = [one for one in subscriber_ids if one not in snapshot.gone]
    for one in people:
        buckets.setdefault(one[:DIGITS], []).append(one)
    over = shard + 1 == ids.SHARDS
    values = {
        ":was": shard,
        ":next": shard + 1,
        ":more": len(people),
        ":state": DONE if over else RUNNING,
        ":ended": rfc3339(now) if over else "",
        **({":gone": len(snapshot.gone)} if snapshot.gone else {}),
    }
    move = {
        "TableName": name,
        "Key": marshal({"id": snapshot.id}),
        "UpdateExpression": "SET #shard = :next, #state = :state, ended_at = :ended ADD people :more"
        + (" REMOVE gone" if over else ""),
        "ConditionExpression": "#shard = :was AND "
        + ("size(gone) = :gone" if snapshot.gone else "attribute_not_exists(gone)"),
        "ExpressionAttributeNames": {"#state": "state", "#shard": "shard"},
        "ExpressionAttributeValues": marshal(values),
    }
    puts: list[Item] = [
        {
            "Put": {
                "TableName": name,
                "Item": marshal(
                    {
                        "id": _bucket(snapshot.id, digits),
                        "ids": "".join(held),
                        "expires_at": snapshot.expires_at,
                    }
                ),
            }
        }
        for digits, held in buckets.items()
    ]
    try:
        transact(wiring.dynamodb, [{"Update": move}, *puts])
    except Cancelled:
        return False
    return True


def stream(dynamodb: Any, snapshot_id: str, shard: int, *, after: str | None) -> Iterator[str]:
    """The ids of a shard, sorted, from `after` (exclusive)."""
    first = shard * BUCKETS
    every = [f"{number:0{DIGITS}x}" for number in range(first, first + BUCKETS)]
    wanted = [digits for digits in every if after is None or digits >= after[:DIGITS]]
    found = _read(dynamodb, [_bucket(snapshot_id, digits) for digits in wanted])
    for key in sorted(found):
        yield from (one for one in found[key] if after is None or one > after)


def among(dynamodb: Any, snapshot_id: str, subscriber_ids: Sequence[str]) -> set[str]:
    """Those of up to 100 people who are in a snapshot, read consistently."""
    keys = dict.fromkeys(_bucket(snapshot_id, one[:DIGITS]) for one in subscriber_ids)
    found = _read(dynamodb, list(keys), consistent=True)
    return {one for people in found.values() for one in people} & set(subscriber_ids)


def take_out(subscriber_id: str, *, learned: bool = False, wiring: Wiring) -> None:
    """Takes a person out of all snapshots, or (`learned`) of those over what people did with messages.

    One that is being filled is told of it first: what its job read before is not written. Again is harmless.
    """
    cursor = None
    while True:
        found = page(limit=AT_ONCE, cursor=cursor)
        for one in found.items:
            if one.learned or not learned:
                if one.state == RUNNING:
                    _tell(one.id, subscriber_id, wiring)
                _take_out(one.id, subscriber_id, wiring)
        cursor = found.next
        if cursor is None:
            return


def _tell(snapshot_id: str, subscriber_id: str, wiring: Wiring) -> None:
    updated(
        wiring.dynamodb,
        TableName=wiring.settings.table(TABLE),
        Key=marshal({"id": snapshot_id}),
        UpdateExpression="ADD gone :gone",
        ConditionExpression="#state = :running",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=marshal({":gone": {subscriber_id}, ":running": RUNNING}),
    )


def _take_out(snapshot_id: str, subscriber_id: str, wiring: Wiring) -> None:
    key = _bucket(snapshot_id, subscriber_id[:DIGITS])
    while subscriber_id in (people := _read(wiring.dynamodb, [key], consistent=True).get(key, [])):
        rest = [one for one in people if one != subscriber_id]
        if updated(
            wiring.dynamodb,
            TableName=wiring.settings.table(TABLE),
            Key=marshal({"id": key}),
            UpdateExpression="SET ids = :rest",
            ConditionExpression="ids = :was",
            ExpressionAttributeValues=marshal({":rest": "".join(rest), ":was": "".join(people)}),
        ):
            updated(
                wiring.dynamodb,
                TableName=wiring.settings.table(TABLE),
                Key=marshal({"id": snapshot_id}),
                UpdateExpression="ADD people :less",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues=marshal({":less": -1}),
            )


def _read(dynamodb: Any, keys: Sequence[str], *, consistent: bool = False) -> dict[str, list[str]]:
    name = settings().table(TABLE)
    wanted = [marshal({"id": key}) for key in keys]
    found = batch_get(dynamodb, name, wanted, ConsistentRead=consistent)
    return {item["id"]["S"]: _apart(item["ids"]["S"]) for item in found}


def _bucket(snapshot_id: str, digits: str) -> str:
    return f"{snapshot_id}#{digits}"


def _apart(text: str) -> list[str]:
    return [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]


def _snapshot(item: SnapshotItem) -> Snapshot:
    known = {name: getattr(item, name) for name in Snapshot.__dataclass_fields__}
    numbers = {name: int(known[name]) for name in ("expires_at", "shard", "people")}
    rule: Mapping[str, Any] = json.loads(item.rule)
    gone = frozenset(item.gone or ())
    return Snapshot(**{**known, **numbers, "rule": rule, "learned": bool(item.learned), "gone": gone})
