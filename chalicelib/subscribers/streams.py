"""Subscriptions as the engine reads them: in bulk, sorted by subscriber id within a shard, without models."""

from typing import Any

from chalicelib.core import ids
from chalicelib.core.settings import settings
from chalicelib.subscribers.model import EVERYONE, LIST_PREFIX, Row
from chalicelib.subscribers.rules import row_of

__all__ = ["EVERYONE", "LIST_PREFIX", "Row", "read_page", "row_of"]


def read_page(
    dynamodb: Any, topic: str, shard: int, *, after: str | None, limit: int
) -> tuple[list[Row], bool]:
    """Up to `limit` rows of a topic's shard, sorted by subscriber id, from `after` (exclusive) on.

    And whether there are more.

    `topic` may be a topic's id, `list:NAME`, or `_all` for everyone with an address. Eventually consistent:
    the engine reads people again, consistently, before it sends late.
    """
    condition, values = "topic_shard = :topic", {":topic": {"S": ids.sharded(topic, shard)}}
    if after is not None:
        condition += " AND subscriber_id > :after"
        values[":after"] = {"S": after}
    answer = dynamodb.query(
        TableName=settings().table("subscriptions"),
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        Limit=limit,
    )
    return [_row(item) for item in answer["Items"]], "LastEvaluatedKey" in answer


def _row(item: dict[str, Any]) -> Row:
    email, sms, blocks = item.get("email"), item.get("sms"), item.get("blocks")
    return Row(
        subscriber_id=item["subscriber_id"]["S"],
        email=email["S"] if email else None,
        sms=sms["S"] if sms else None,
        channels=tuple(sorted(item["channels"]["SS"])),
        cadence=item["cadence"]["S"],
        language=item["language"]["S"],
        time_zone=item["time_zone"]["S"],
        name=item["name"]["S"],
        blocks=tuple(sorted(blocks["SS"])) if blocks else (),
    )
