"""The table `posts`: a plan's posts under its id, what people did with them beside, and accounts' paces.

Whoever writes a record names the revision that was read, so of two who act on it one wins. A write whose
answer was lost is known again by its stamp.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from chalicelib.core.dynamo import Item, marshal, query, unmarshal, updated
from chalicelib.core.hotpath import to_json
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.posts.record import Record, document, of_document

RESEND_AFTER_S = 180
"""When the sweep looks after a record whose message should have come."""

LONGEST_DELAY_S = 900
"""SQS delays a message no longer; the sweep sends what is due later."""

OPEN_POSTS = tuple(dict.fromkeys(lane.posts_queue for lane in LANES.values()))
"""Records that wait, by their queues: what alerts post is looked after first."""

OPEN_READINGS = "reactions"
POST, READING = "post#", "reactions#"


class Posts:
    """The posts of one deployment, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._queues = wiring.queues
        self.table = wiring.settings.table("posts")

    def read(self, plan_id: str, account_id: str, language: str) -> Record | None:
        """A record, read consistently."""
        name = f"{POST}{account_id}#{language}"
        found = self._query(plan_id, "part = :part", {":part": name})
        return next(map(_record, found), None)

    def of_plan(self, plan_id: str) -> list[Record]:
        """All records of a plan, read consistently, by account and language."""
        return [_record(item) for item in self._query(plan_id, "begins_with(part, :part)", {":part": POST})]

    def readings(self, plan_id: str) -> dict[str, dict[str, Any]]:
        """What people did with the posts of a plan, by the records' names."""
        found = map(unmarshal, self._query(plan_id, "begins_with(part, :part)", {":part": READING}))
        return {item["part"].removeprefix(READING): item for item in found}

    def _query(self, plan_id: str, part: str, values: dict[str, Any]) -> Iterator[Item]:
        return query(
            self._db,
            TableName=self.table,
            KeyConditionExpression=f"plan_id = :plan AND {part}",
            ExpressionAttributeValues=marshal({":plan": plan_id, **values}),
            ConsistentRead=True,
        )

    def write(self, record: Record) -> Record | None:
        """Writes a record over the revision that it was made from (0: none); None if another was faster."""
        from botocore.exceptions import ClientError

        made = replace(record, rev=record.rev + 1, stamp=secrets.token_hex(8))
        condition = "rev = :was" if record.rev else "attribute_not_exists(part)"
        values = {"ExpressionAttributeValues": marshal({":was": record.rev})} if record.rev else {}
        try:
            self._db.put_item(TableName=self.table, Item=_item(made), ConditionExpression=condition, **values)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            stands = self.read(record.plan_id, record.account_id, record.language)
            return made if stands is not None and stands.stamp == made.stamp else None
        return made

    def send(self, record: Record, *, delay_s: int = 0) -> None:
        """Sends the message by which a worker acts on a record."""
        self._queues.send(record.lane.posts_queue, record.message(), delay_s=delay_s)

    def put_off(self, record: Record, *, until: float, now: float, by_sweep: bool = False) -> bool:
        """Writes a ready record that is due at a moment, and sends its message, unless the sweep will.

        False if another one was faster.
        """
        delay = max(0, int(until - now))
        soon = delay <= LONGEST_DELAY_S and not by_sweep
        due_at = int(until) + (RESEND_AFTER_S if soon else 0)
        written = self.write(replace(record, due_at=due_at))
        if written is not None and soon:
            self.send(written, delay_s=delay)
        return written is not None

    def due(self, what: str, *, now: float, limit: int = 200) -> list[Item]:
        """Items that are due: records of one of `OPEN_POSTS`, or `OPEN_READINGS`; as the index has them."""
        answer = self._db.query(
            TableName=self.table,
            IndexName="due-index",
            KeyConditionExpression="#open = :open AND due_at <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=marshal({":open": what, ":now": int(now)}),
            Limit=limit,
        )
        return list(answer["Items"])

    def due_records(self, *, now: float) -> list[Record]:
        """The records that are due to be looked after."""
        return [_record(item) for one in OPEN_POSTS for item in self.due(one, now=now)]

    def told(self, account_id: str, *, since: str, limit: int) -> list[Record]:
        """What a machine's account was told, or should have been, from a moment on (RFC 3339), oldest first.

        Read again, for the index is a moment behind.
        """
        answer = self._db.query(
            TableName=self.table,
            IndexName="account-index",
            KeyConditionExpression="account_id = :account AND told_at >= :since",
            ExpressionAttributeValues=marshal({":account": account_id, ":since": since}),
            Limit=limit,
        )
        keys = [(item["plan_id"]["S"], account_id, "") for item in answer["Items"]]
        return [record for key in keys if (record := self.read(*key)) is not None]

    def update(self, key: dict[str, Any], **request: Any) -> bool:
        """Updates another item of the table, if its condition holds; whether it did."""
        return updated(self._db, TableName=self.table, Key=marshal(key), **request)


def _item(record: Record) -> Item:
    """As the table holds it: what queries need apart, the rest as JSON."""
    item: dict[str, Any] = {
        "plan_id": record.plan_id,
        "part": f"{POST}{record.name}",
        "rev": record.rev,
        "expires_at": record.expires_at,
        "record": to_json(document(record)),
    }
    if record.is_open:
        item |= {"open": record.lane.posts_queue, "due_at": record.due_at}
    if record.is_told:
        item |= {"account_id": record.account_id, "told_at": record.begun_at}
    return marshal(item)


def _record(item: Item) -> Record:
    return of_document(json.loads(item["record"]["S"]))


@lru_cache(maxsize=8)
def posts(wiring: Wiring) -> Posts:
    """The posts of this process."""
    return Posts(wiring)
