"""Batches that are taken in part: what SQS and DynamoDB answer when they leave some entries out."""

import json
from collections.abc import Callable, Collection
from typing import Any

from infra.aws.errors import Answer

Request = dict[str, Any]


def in_part(operation: str, body: str, left_out: Collection[int], route: Callable[[str], Answer]) -> Answer:
    """The answer to `SendMessageBatch` or `BatchGetItem` without the entries at some places, from 0.

    `route` answers the rest. Raises KeyError for another operation.
    """
    rest, answer = _PARTS[operation](json.loads(body), left_out)
    if rest is None:
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(answer).encode()
    status, headers, given = route(json.dumps(rest))
    if status < 300:
        given = json.dumps({**json.loads(given), **answer}).encode()
    return status, headers, given


def _messages(request: Request, left_out: Collection[int]) -> tuple[Request | None, Request]:
    """SQS names what failed (`BatchResultErrorEntry`); the caller sends it again, or not."""
    refused = [
        {"Id": one["Id"], "Code": "InternalError", "Message": "Refused by the test.", "SenderFault": False}
        for place, one in enumerate(request["Entries"])
        if place in left_out
    ]
    taken = [one for place, one in enumerate(request["Entries"]) if place not in left_out]
    answer: Request = {"Failed": refused}
    if not taken:
        return None, {**answer, "Successful": []}
    return {**request, "Entries": taken}, answer


def _items(request: Request, left_out: Collection[int]) -> tuple[Request | None, Request]:
    """DynamoDB gives back the keys that it did not get to (`UnprocessedKeys`), of one table here."""
    ((table, asked),) = request["RequestItems"].items()
    keys = asked["Keys"]
    unprocessed = [key for place, key in enumerate(keys) if place in left_out]
    read = [key for place, key in enumerate(keys) if place not in left_out]
    answer: Request = {"UnprocessedKeys": {table: {**asked, "Keys": unprocessed}} if unprocessed else {}}
    if not read:
        return None, {**answer, "Responses": {}}
    return {**request, "RequestItems": {table: {**asked, "Keys": read}}}, answer


_PARTS: dict[str, Callable[[Request, Collection[int]], tuple[Request | None, Request]]] = {
    "SendMessageBatch": _messages,
    "BatchGetItem": _items,
}
