"""Transactions: everything is checked against the state before, then all is written or nothing."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from infra.aws.clock import LocalClock
from infra.aws.dynamo.conditions import Scope, condition, projection
from infra.aws.dynamo.table import Key, Table
from infra.aws.dynamo.updates import update
from infra.aws.dynamo.values import Item, normal, size_of
from infra.aws.errors import AwsError, validation

MAX_ITEMS = 100
MAX_BYTES = 4 * 1024 * 1024
TOKEN_LIFE_S = 600
MAX_TOKEN = 36

Request = dict[str, Any]
Change = tuple[Table, Key, Item | None]


class Transactions:
    """Transactional reads and writes over the tables that `table` finds by name."""

    def __init__(self, *, table: Callable[[str], Table], clock: LocalClock) -> None:
        self._table = table
        self._clock = clock
        self._tokens: dict[str, tuple[float, bytes]] = {}

    def get(self, request: Request) -> dict[str, Any]:
        """The answer to TransactGetItems."""
        asked = request["TransactItems"]
        if not 1 <= len(asked) <= MAX_ITEMS:
            raise validation(_count_message(len(asked)))
        answers = []
        for one in asked:
            read = one["Get"]
            scope = Scope(read)
            keep = projection(read.get("ProjectionExpression"), scope)
            scope.close()
            table = self._table(read["TableName"])
            item = table.get(table.key_from(read["Key"]))
            answers.append({} if item is None else {"Item": keep(item)})
        return {"Responses": answers}

    def write(self, request: Request) -> dict[str, Any]:
        """The answer to TransactWriteItems.

        A `ClientRequestToken` that was used within ten minutes is answered without writing again; raises
        IdempotentParameterMismatchException if it came with other items. Raises TransactionCanceledException
        with one reason per item, in order, if any condition fails.
        """
        actions = request["TransactItems"]
        if not 1 <= len(actions) <= MAX_ITEMS:
            raise validation(_count_message(len(actions)))
        token = request.get("ClientRequestToken")
        if token is not None and self._seen(token, actions):
            return {}
        changes, reasons = self._decide(actions)
        if any(reason["Code"] != "None" for reason in reasons):
            raise _cancelled(reasons)
        if sum(size_of(item) for _, _, item in changes if item) > MAX_BYTES:
            raise validation("Transaction request cannot include more than 4 MB of data")
        for table, key, item in changes:
            table.put(key, item)
        if token is not None:
            self._tokens[token] = self._clock.time(), _digest(actions)
        return {}

    def _seen(self, token: str, actions: list[Request]) -> bool:
        if not 1 <= len(token) <= MAX_TOKEN:
            raise validation(
                f"Value at 'clientRequestToken' must have length less than or equal to {MAX_TOKEN}"
            )
        now = self._clock.time()
        known = self._tokens.get(token)
        if known is None or known[0] + TOKEN_LIFE_S < now:
            return False
        if known[1] != _digest(actions):
            raise AwsError(
                "IdempotentParameterMismatchException",
                "The request uses the same client token as a previous, but non-identical request.",
            )
        return True

    def _decide(self, actions: list[Request]) -> tuple[list[Change], list[dict[str, Any]]]:
        changes: list[Change] = []
        reasons: list[dict[str, Any]] = []
        touched: set[tuple[str, Key]] = set()
        for action in actions:
            if len(action) != 1:
                raise validation("TransactItems can only contain one of Check, Put, Update or Delete")
            ((kind, one),) = action.items()
            table = self._table(one["TableName"])
            key, item, reason = _PLANNERS[kind](table, one)
            if (table.name, key) in touched:
                raise validation("Transaction request cannot include multiple operations on one item")
            touched.add((table.name, key))
            reasons.append(reason)
            if kind != "ConditionCheck":
                changes.append((table, key, item))
        return changes, reasons


Planned = tuple[Key, Item | None, dict[str, Any]]


def _put(table: Table, one: Request) -> Planned:
    scope = Scope(one)
    passes = condition(one.get("ConditionExpression"), scope)
    scope.close()
    item = {name: normal(value) for name, value in one["Item"].items()}
    key = table.check(item)
    return key, item, _reason(passes, table.get(key), one)


def _delete(table: Table, one: Request) -> Planned:
    scope = Scope(one)
    passes = condition(one.get("ConditionExpression"), scope)
    scope.close()
    key = table.key_from(one["Key"])
    return key, None, _reason(passes, table.get(key), one)


def _check(table: Table, one: Request) -> Planned:
    if "ConditionExpression" not in one:
        raise validation("The expression can not be empty")
    return _delete(table, one)


def _update(table: Table, one: Request) -> Planned:
    scope = Scope(one)
    passes = condition(one.get("ConditionExpression"), scope)
    change = update(one["UpdateExpression"], scope)
    scope.close()
    key = table.key_from(one["Key"])
    former = table.get(key)
    reason = _reason(passes, former, one)
    if reason["Code"] != "None":
        return key, None, reason
    try:
        item, names = change(former if former is not None else dict(one["Key"]))
        if names & set(table.schema.names):
            raise validation("Cannot update an attribute that is part of the key")
        table.check(item)
    except AwsError as error:
        return key, None, {"Code": "ValidationError", "Message": error.message}
    return key, item, reason


_PLANNERS: dict[str, Callable[[Table, Request], Planned]] = {
    "Put": _put,
    "Delete": _delete,
    "Update": _update,
    "ConditionCheck": _check,
}


def _reason(passes: Callable[[Item], bool], former: Item | None, one: Request) -> dict[str, Any]:
    if passes(former if former is not None else {}):
        return {"Code": "None"}
    reason: dict[str, Any] = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    if one.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and former is not None:
        reason["Item"] = former
    return reason


def _cancelled(reasons: list[dict[str, Any]]) -> AwsError:
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return AwsError(
        "TransactionCanceledException", message, extra={"Message": message, "CancellationReasons": reasons}
    )


def _digest(actions: list[Request]) -> bytes:
    return sha256(json.dumps(actions, sort_keys=True).encode()).digest()


def _count_message(count: int) -> str:
    return (
        f"1 validation error detected: Value '{count} items' at 'transactItems' failed to satisfy "
        f"constraint: Member must have length less than or equal to {MAX_ITEMS} "
        "and greater than or equal to 1"
    )
