"""DynamoDB's own JSON and transactions, for the engine's hot path (ADR 3: PynamoDB would cost more there)."""

import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.core.hotpath import Prepared, joined

Item = dict[str, Any]


def marshal(item: Mapping[str, Any]) -> Item:
    """A plain dict as DynamoDB attribute values.

    Takes text, numbers, booleans, None, bytes, lists, maps and sets of text. Raises TypeError for others.
    """
    return {name: _value(value) for name, value in item.items()}


def unmarshal(item: Mapping[str, Any]) -> Item:
    """The plain dict of DynamoDB attribute values; numbers become int where whole, else float."""
    return {name: _plain(value) for name, value in item.items()}


_SCALARS: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    str: lambda value: {"S": value},
    bool: lambda value: {"BOOL": value},
    int: lambda value: {"N": str(value)},
    float: lambda value: {"N": str(value)},
    bytes: lambda value: {"B": value},
    type(None): lambda _: {"NULL": True},
}


def _value(value: Any) -> dict[str, Any]:
    if scalar := _SCALARS.get(type(value)):
        return scalar(value)
    match value:
        case dict():
            return {"M": marshal(value)}
        case set() | frozenset():
            return {"SS": sorted(value)}
        case list() | tuple():
            return {"L": [_value(one) for one in value]}
        case str():
            return {"S": str(value)}
    raise TypeError(f"no DynamoDB type for {type(value).__name__}")


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, inner),) = value.items()
    match kind:
        case "S" | "BOOL" | "B":
            return inner
        case "N":
            return int(inner) if inner.lstrip("-").isdigit() else float(inner)
        case "M":
            return unmarshal(inner)
        case "L":
            return [_plain(one) for one in inner]
        case "SS":
            return set(inner)
        case "NULL":
            return None
    raise TypeError(f"no plain value for DynamoDB type {kind}")


class Cancelled(Exception):
    """A transaction was refused because conditions did not hold.

    `reasons` has one code per operation, `None` where it was fine.
    """

    def __init__(self, reasons: Sequence[str | None]) -> None:
        super().__init__("transaction cancelled")
        self.reasons = list(reasons)

    def failed(self) -> list[int]:
        """The places of the operations whose condition did not hold."""
        return [n for n, reason in enumerate(self.reasons) if reason == CONDITION]


CONDITION = "ConditionalCheckFailed"
PASSING_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
PASSING_CODES = frozenset(
    {
        "TransactionInProgressException",
        "TransactionConflictException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
    }
)
TRIES = 6


def transact(client: Any, operations: Sequence[Item | Prepared]) -> None:
    """Writes up to 100 operations in one transaction, at most once however often the answer is lost.

    Operations may be JSON already, for a client with `core.hotpath` in it.
    Conflicts with other transactions are tried again with jitter. Raises Cancelled where a condition did not
    hold.
    """
    from botocore.exceptions import ClientError

    items = joined(operations) if any(type(one) is Prepared for one in operations) else list(operations)
    for attempt in range(TRIES):
        try:
            client.transact_write_items(TransactItems=items, ClientRequestToken=secrets.token_hex(16))
            return
        except ClientError as error:
            reasons = _reasons(error)
            if CONDITION in reasons:
                raise Cancelled(reasons) from error
            passing = error.response["Error"]["Code"] in PASSING_CODES or PASSING_REASONS & set(reasons)
            if not passing or attempt == TRIES - 1:
                raise
        _pause(attempt)


def _reasons(error: Any) -> list[str | None]:
    codes = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
    return [None if code == "None" else code for code in codes]


class Unprocessed(Exception):
    """DynamoDB got to none of the keys that were left, again and again; the caller's message comes again."""


def batch_get(client: Any, table: str, keys: Sequence[Item], **how: Any) -> Iterator[Item]:
    """Those of up to 100 items that are there, in any order. `how` says more: `ConsistentRead`, a projection.

    What DynamoDB did not get to is asked for again, ever later while it gets to nothing. Raises Unprocessed.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
    """
    in_vain = 0
    while keys:
        answer = client.batch_get_item(RequestItems={table: {"Keys": keys, **how}})
        yield from answer["Responses"].get(table, ())
        left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        in_vain = in_vain + 1 if len(left) == len(keys) else 0
        keys = left
        if in_vain == TRIES:
            raise Unprocessed(table)
        if keys:
            _pause(in_vain)


def query(client: Any, **request: Any) -> Iterator[Item]:
    """All items of a query, read page by page as they are taken."""
    while True:
        answer = client.query(**request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def updated(client: Any, **request: Any) -> bool:
    """Updates one item, if the request's condition holds; whether it did."""
    from botocore.exceptions import ClientError

    try:
        client.update_item(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, 0.025 * 2**attempt))  # noqa: S311 - jitter, not a secret
