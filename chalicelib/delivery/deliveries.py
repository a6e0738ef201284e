"""The table `deliveries`: plan × subscriber × channel, one message to one address.

The claim that makes it one.

What receipts and events say of a delivery (its flags) is written by `flags.py`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from chalicelib.core.dynamo import Item, batch_get, marshal, query, unmarshal
from chalicelib.core.hotpath import Prepared, to_json
from chalicelib.core.ids import shard_of, sharded
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.child_keys import resends_of
from chalicelib.delivery.chunk import Chunk, Recipient
from chalicelib.delivery.delivery_tokens import DeliveryRef

ANSWERED = "answered_at"
HANDED_OVER = ("sent_at", "delayed_at", "delivered_at", "bounced_at", "complained_at", ANSWERED)
"""Flags that prove that the provider took the message."""

_ID, _SHARD = "@id@", "@shard@"
PAGE = 1000
AT_ONCE = 100
"""What DynamoDB reads in one BatchGetItem."""


def key(plan_id: str, subscriber_id: str, channel: str) -> dict[str, str]:
    """The key of a delivery."""
    return {
        "plan_shard": sharded(plan_id, shard_of(subscriber_id)),
        "subscriber_channel": f"{subscriber_id}#{channel}",
    }


def owners(chunk: Chunk) -> tuple[str, ...]:
    """The chunks that may own the deliveries of a chunk in doubt.

    Itself, once it was claimed; until then, where people are sent to again, its parent.
    """
    return (chunk.key, chunk.parent) if resends_of(chunk.key) else (chunk.key,)


class Deliveries:
    """The deliveries of one deployment, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("deliveries")

    def taking(self, chunk: Chunk, recipients: Sequence[Recipient], *, at: float) -> list[Prepared]:
        """Takes deliveries for a chunk, for a transaction.

        It is `at` that moment (epoch seconds): the time of the message, as near as it is known of each
        (`taken_at`, and of its first attempt `begun_at`). `rendition` says which version it is.
        Each must be absent, or of this chunk, or (for a child) of its parent. Taking one that is there
        changes its owner and keeps its flags.

        Of fifty operations only the ids differ: the JSON is made once, with marks in their places.
        """
        text = to_json(self._taking(chunk, at=at))
        return [
            Prepared(text.replace(_ID, r.subscriber_id).replace(_SHARD, f"{shard_of(r.subscriber_id):02d}"))
            for r in recipients
        ]

    def _taking(self, chunk: Chunk, *, at: float) -> Item:
        values: dict[str, Any] = {
            ":chunk": chunk.key,
            ":subscriber": _ID,
            ":plan": chunk.plan_id,
            ":expires": chunk.expires_at,
            ":at": int(at),
            ":rendition": chunk.rendition,
        }
        condition = "#chunk = :chunk"
        if chunk.parent:
            values[":parent"] = chunk.parent
            condition += " OR #chunk = :parent"
        else:
            condition += " OR attribute_not_exists(plan_shard)"
        place = {
            "plan_shard": f"{chunk.plan_id}#{_SHARD}",
            "subscriber_channel": f"{_ID}#{chunk.channel}",
        }
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal(place),
                "UpdateExpression": "SET #chunk = :chunk, subscriber_id = :subscriber,"
                " plan_id = :plan, expires_at = :expires, taken_at = :at, rendition = :rendition,"
                " begun_at = if_not_exists(begun_at, :at)",
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#chunk": "chunk"},
                "ExpressionAttributeValues": marshal(values),
            }
        }

    def marking_unknown(self, chunk: Chunk, recipient: Recipient, *, at: str) -> Item:
        """Flags a delivery whose outcome is not known, for a transaction.

        A `Send` event that comes later finds the flag.
        """
        held = {f":owner{n}": key for n, key in enumerate(owners(chunk))}
        without = " AND ".join(f"attribute_not_exists({flag})" for flag in (*HANDED_OVER, "failed_at"))
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal(key(chunk.plan_id, recipient.subscriber_id, chunk.channel)),
                "UpdateExpression": "SET unknown_at = :at",
                "ConditionExpression": f"#chunk IN ({', '.join(held)}) AND {without}",
                "ExpressionAttributeNames": {"#chunk": "chunk"},
                "ExpressionAttributeValues": marshal({":at": at, **held}),
            }
        }

    def of_shard(
        self,
        plan_id: str,
        shard: int,
        *,
        after: str,
        fields: Sequence[str] = (),
        consistent: bool = False,
        page: int = PAGE,
    ) -> Iterator[Item]:
        """The deliveries of a shard, sorted by subscriber, behind a sort key (empty: all), a page at a time.

        With `fields`, only these of each; eventually consistent, unless asked otherwise.
        """
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "plan_shard = :shard",
            "ExpressionAttributeValues": marshal({":shard": sharded(plan_id, shard)}),
            "Limit": page,
            "ConsistentRead": consistent,
        }
        if after:
            request["KeyConditionExpression"] += " AND subscriber_channel > :after"
            request["ExpressionAttributeValues"][":after"] = {"S": after}
        if fields:
            request["ProjectionExpression"] = ", ".join(f"#{name}" for name in fields)
            request["ExpressionAttributeNames"] = {f"#{name}": name for name in fields}
        return query(self._db, **request)

    def answered(self, plan_id: str, channels: Sequence[str], subscriber_ids: Sequence[str]) -> set[str]:
        """Those who answered a plan's message on one of these channels, read consistently."""
        keys = [marshal(key(plan_id, one, channel)) for one in subscriber_ids for channel in channels]
        found: set[str] = set()
        for start in range(0, len(keys), AT_ONCE):
            items = batch_get(
                self._db,
                self._table,
                keys[start : start + AT_ONCE],
                ConsistentRead=True,
                ProjectionExpression=f"subscriber_channel, {ANSWERED}",
            )
            found.update(one["subscriber_channel"]["S"].partition("#")[0] for one in items if ANSWERED in one)
        return found

    def read(self, chunk: Chunk, recipients: Sequence[Recipient]) -> dict[str, dict[str, Any]]:
        """The deliveries of these recipients by subscriber id, read consistently.

        Absent ones are left out.
        """
        return self.of(chunk.plan_id, chunk.channel, [r.subscriber_id for r in recipients])

    def of(self, plan_id: str, channel: str, subscriber_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The deliveries of up to 100 people by subscriber id, read consistently, without absent ones."""
        keys = [marshal(key(plan_id, one, channel)) for one in subscriber_ids]
        found = map(unmarshal, batch_get(self._db, self._table, keys, ConsistentRead=True))
        return {item["subscriber_id"]: item for item in found}

    def of_person(self, plan_id: str, subscriber_id: str) -> list[dict[str, Any]]:
        """A plan's deliveries to one person, on each channel, read consistently."""
        found = query(
            self._db,
            TableName=self._table,
            KeyConditionExpression="plan_shard = :shard AND begins_with(subscriber_channel, :person)",
            ExpressionAttributeValues=marshal(
                {":shard": sharded(plan_id, shard_of(subscriber_id)), ":person": f"{subscriber_id}#"}
            ),
            ConsistentRead=True,
        )
        return [unmarshal(item) for item in found]

    def latest(self, subscriber_id: str, *, since: datetime, most: int = 100) -> list[DeliveryRef]:
        """A person's deliveries of plans that were made since a moment, the newest first; by the index."""
        answer = self._db.query(
            TableName=self._table,
            IndexName="subscriber-index",
            KeyConditionExpression="subscriber_id = :id AND plan_id >= :since",
            ExpressionAttributeValues=marshal(
                {":id": subscriber_id, ":since": f"{int(since.timestamp() * 1000):012x}"}
            ),
            ScanIndexForward=False,
            Limit=most,
        )
        found = map(unmarshal, answer["Items"])
        return [
            DeliveryRef(one["plan_id"], subscriber_id, one["subscriber_channel"].partition("#")[2])
            for one in found
        ]


@lru_cache(maxsize=8)
def deliveries(wiring: Wiring) -> Deliveries:
    """The deliveries of this process."""
    return Deliveries(wiring)
