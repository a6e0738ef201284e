"""Subscriptions as the engine reads them: in bulk, sorted by subscriber id within a shard, without models."""

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.core import ids
from chalicelib.core.dynamo import Item, batch_get, query, unmarshal
from chalicelib.core.settings import settings
from chalicelib.subscribers.facts import wishes_of
from chalicelib.subscribers.held import turns_of
from chalicelib.subscribers.model import CHANNELS, EVERYONE, LIST_PREFIX, NO_WISHES, Row
from chalicelib.subscribers.projection import row_of

__all__ = ["EVERYONE", "LIST_PREFIX", "Row", "count_rows", "every", "read_page", "row_of", "rows_of"]

PAGE = 800
"""What is read at once where all is read."""


def read_page(
    dynamodb: Any, topic: str, shard: int, *, after: str | None, limit: int
) -> tuple[list[Row], bool]:
    """Up to `limit` rows of a topic's shard, sorted by subscriber id, from `after` (exclusive) on.

    And whether there are more.

    `topic` may be a topic's id, `list:NAME`, or `_all` for everyone with an address. Eventually consistent:
    the engine reads people again, consistently, before it sends late.
    """
    answer = dynamodb.query(**_request(topic, shard, after), Limit=limit)
    return [_row(item) for item in answer["Items"]], "LastEvaluatedKey" in answer


def every(dynamodb: Any, topic: str, shard: int) -> Iterator[Row]:
    """All rows of a topic's shard, as `read_page` has them."""
    return map(_row, stream(dynamodb, topic, shard))


def stream(
    dynamodb: Any, topic: str, shard: int, *, after: str | None = None, consistent: bool = False
) -> Iterator[Item]:
    """What stands under a topic, from `after` (exclusive) on, as the table holds it; read page by page."""
    return query(dynamodb, **_request(topic, shard, after), Limit=PAGE, ConsistentRead=consistent)


def _request(topic: str, shard: int, after: str | None) -> dict[str, Any]:
    condition, values = "topic_shard = :topic", {":topic": {"S": ids.sharded(topic, shard)}}
    if after is not None:
        condition += " AND subscriber_id > :after"
        values[":after"] = {"S": after}
    return {
        "TableName": settings().table("subscriptions"),
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }


def count_rows(dynamodb: Any, topic: str, shard: int) -> int:
    """How many rows a topic's shard has."""
    request = {**_request(topic, shard, None), "Select": "COUNT"}
    total: int = 0
    while True:
        answer = dynamodb.query(**request)
        total += int(answer["Count"])
        if "LastEvaluatedKey" not in answer:
            return total
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def rows_of(dynamodb: Any, topic: str, subscriber_ids: Sequence[str]) -> dict[str, Row]:
    """The rows under a topic of up to 100 ids, by id; who has none is left out. Eventually consistent."""
    name = settings().table("subscriptions")
    keys = [
        {"topic_shard": {"S": ids.sharded(topic, ids.shard_of(one))}, "subscriber_id": {"S": one}}
        for one in subscriber_ids
    ]
    return {row.subscriber_id: row for row in map(_row, batch_get(dynamodb, name, keys))}


def _row(item: dict[str, Any]) -> Row:
    email, sms, push, voice = item.get("email"), item.get("sms"), item.get("push"), item.get("voice")
    joined = item.get("joined")
    wishes, turns, held = item.get("wishes"), item.get("turns"), item.get("held")
    return Row(
        subscriber_id=item["subscriber_id"]["S"],
        email=email["S"] if email else None,
        sms=sms["S"] if sms else None,
        channels=tuple([one for one in CHANNELS if one in item["channels"]["SS"]]),
        cadence=item["cadence"]["S"],
        language=item["language"]["S"],
        time_zone=item["time_zone"]["S"],
        name=item["name"]["S"],
        blocks=_texts(item, "blocks"),
        places=_texts(item, "places"),
        joined=joined["S"] if joined else "",
        wanted=_texts(item, "wanted"),
        sources=_texts(item, "sources"),
        wishes=wishes_of(unmarshal(wishes["M"])) if wishes else NO_WISHES,
        life_safety="life_safety" in item,
        turns=turns_of(unmarshal({"turns": turns})["turns"]) if turns else (),
        held=held["S"] if held else "",
        push=push["S"] if push else None,
        voice=voice["S"] if voice else None,
    )


def _texts(item: dict[str, Any], name: str) -> tuple[str, ...]:
    found = item.get(name)
    return tuple(sorted(found["SS"])) if found else ()
