"""The item operations by name, over all tables of the account."""

import pickle
from collections.abc import Callable
from typing import Any

from infra.aws.clock import LocalClock
from infra.aws.dynamo.conditions import Scope, condition, projection
from infra.aws.dynamo.queries import query, scan
from infra.aws.dynamo.table import Table, missing_table
from infra.aws.dynamo.transactions import Transactions
from infra.aws.dynamo.updates import update
from infra.aws.dynamo.values import Item, normal, size_of
from infra.aws.errors import Answer, AwsError, json_answer, json_error, validation

NAMESPACE = "com.amazonaws.dynamodb.v20120810#"
LEGACY = frozenset(
    {
        "AttributesToGet",
        "AttributeUpdates",
        "ConditionalOperator",
        "Expected",
        "KeyConditions",
        "QueryFilter",
        "ScanFilter",
    }
)
BATCH_GET = 100
BATCH_WRITE = 25

Request = dict[str, Any]
Find = Callable[[str], Any]


class DynamoDb:
    """Items of all tables. `find` gives moto's table by name, or None; a table made anew is empty."""

    def __init__(self, *, find: Find, clock: LocalClock) -> None:
        self._find = find
        self._tables: dict[str, tuple[Any, Table]] = {}
        self._transactions = Transactions(table=self.table, clock=clock)
        self.operations: dict[str, Callable[[Request], Any]] = {
            "GetItem": self._get,
            "PutItem": self._put,
            "UpdateItem": self._update,
            "DeleteItem": self._delete,
            "Query": lambda request: query(self.table(request["TableName"]), request),
            "Scan": lambda request: scan(self.table(request["TableName"]), request),
            "BatchGetItem": self._batch_get,
            "BatchWriteItem": self._batch_write,
            "TransactWriteItems": self._transactions.write,
            "TransactGetItems": self._transactions.get,
        }

    def table(self, name: str) -> Table:
        """A table by name or ARN. Raises ResourceNotFoundException."""
        short = name.rsplit("/", 1)[-1]
        described = self._find(short)
        if described is None:
            raise missing_table()
        known = self._tables.get(short)
        if known is None or known[0] is not described:
            known = self._tables[short] = described, Table(described.describe(base_key="Table")["Table"])
        return known[1]

    def clear(self) -> None:
        """Empties all tables."""
        self._tables.clear()

    def kept(self) -> bytes:
        """All tables as they are, for `put_back`: for a test that begins often from one state."""
        return pickle.dumps({name: table for name, (_, table) in self._tables.items()})

    def put_back(self, kept: bytes) -> None:
        """Makes the tables what they were when they were `kept`."""
        tables: dict[str, Table] = pickle.loads(kept)  # noqa: S301 - our own
        self._tables = {name: (self._find(name), table) for name, table in tables.items()}

    def call(self, operation: str, request: Request) -> Answer:
        """The HTTP answer to one item operation."""
        legacy = LEGACY & request.keys()
        try:
            if legacy:
                raise validation(f"Legacy parameters are not supported by the local store: {sorted(legacy)}")
            answer = self.operations[operation](request)
        except AwsError as error:
            return json_error(error, namespace=NAMESPACE)
        if request.get("ReturnConsumedCapacity", "NONE") != "NONE":
            answer["ConsumedCapacity"] = _capacity(operation, request)
        return json_answer(answer)

    def _get(self, request: Request) -> Any:
        scope = Scope(request)
        keep = projection(request.get("ProjectionExpression"), scope)
        scope.close()
        table = self.table(request["TableName"])
        item = table.get(table.key_from(request["Key"]))
        return {} if item is None else {"Item": keep(item)}

    def _put(self, request: Request) -> Any:
        table, scope = self.table(request["TableName"]), Scope(request)
        passes = condition(request.get("ConditionExpression"), scope)
        scope.close()
        item = {name: normal(value) for name, value in request["Item"].items()}
        key = table.check(item)
        former = table.get(key)
        _require(passes, former, request)
        table.put(key, item)
        return _returned(request, former, item, set(), allowed=("NONE", "ALL_OLD"))

    def _update(self, request: Request) -> Any:
        table, scope = self.table(request["TableName"]), Scope(request)
        passes = condition(request.get("ConditionExpression"), scope)
        change = update(request.get("UpdateExpression"), scope)
        scope.close()
        key = table.key_from(request["Key"])
        former = table.get(key)
        _require(passes, former, request)
        item, touched = change(former if former is not None else dict(request["Key"]))
        refuse_key_change(table, touched)
        table.check(item)
        table.put(key, item)
        return _returned(request, former, item, touched)

    def _delete(self, request: Request) -> Any:
        table, scope = self.table(request["TableName"]), Scope(request)
        passes = condition(request.get("ConditionExpression"), scope)
        scope.close()
        key = table.key_from(request["Key"])
        former = table.get(key)
        _require(passes, former, request)
        table.put(key, None)
        return _returned(request, former, {}, set(), allowed=("NONE", "ALL_OLD"))

    def _batch_get(self, request: Request) -> Any:
        asked = request["RequestItems"]
        if sum(len(one["Keys"]) for one in asked.values()) > BATCH_GET:
            raise validation("Too many items requested for the BatchGetItem call")
        answers: dict[str, list[Item]] = {}
        for name, one in asked.items():
            scope = Scope(one)
            keep = projection(one.get("ProjectionExpression"), scope)
            scope.close()
            table = self.table(name)
            keys = [table.key_from(key) for key in one["Keys"]]
            if len(set(keys)) != len(keys):
                raise validation("Provided list of item keys contains duplicates")
            answers[name] = [keep(item) for key in keys if (item := table.get(key)) is not None]
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _batch_write(self, request: Request) -> Any:
        changes: dict[tuple[str, Any], tuple[Table, Item | None]] = {}
        count = 0
        for name, writes in request["RequestItems"].items():
            table = self.table(name)
            for write in writes:
                count += 1
                if "PutRequest" in write:
                    item = {one: normal(value) for one, value in write["PutRequest"]["Item"].items()}
                    changes[name, table.check(item)] = table, item
                else:
                    changes[name, table.key_from(write["DeleteRequest"]["Key"])] = table, None
        if not 1 <= count <= BATCH_WRITE:
            raise validation("Too many items requested for the BatchWriteItem call")
        if len(changes) != count:
            raise validation("Provided list of item keys contains duplicates")
        for (_, key), (table, new) in changes.items():
            table.put(key, new)
        return {"UnprocessedItems": {}}


def refuse_key_change(table: Table, touched: set[str]) -> None:
    """Refuses an update of a key attribute."""
    for name in table.schema.names:
        if name in touched:
            raise validation(
                "One or more parameter values were invalid: "
                f"Cannot update attribute {name}. This attribute is part of the key"
            )


def _require(passes: Callable[[Item], bool], former: Item | None, request: Request) -> None:
    if passes(former if former is not None else {}):
        return
    old = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and former is not None
    raise AwsError(
        "ConditionalCheckFailedException",
        "The conditional request failed",
        extra={"Item": former} if old else {},
    )


def _returned(
    request: Request,
    former: Item | None,
    item: Item,
    touched: set[str],
    allowed: tuple[str, ...] = ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"),
) -> dict[str, Any]:
    wanted = request.get("ReturnValues", "NONE")
    if wanted not in allowed:
        raise validation("Return values set to invalid value")
    if wanted == "NONE":
        return {}
    chosen = (former or {}) if wanted.endswith("OLD") else item
    if wanted.startswith("UPDATED"):
        chosen = {name: value for name, value in chosen.items() if name in touched}
    return {"Attributes": chosen} if chosen else {}


def _capacity(operation: str, request: Request) -> Any:
    """Roughly what the service would count: a unit per kB written, half a unit per read."""
    units = (
        float(-(-size_of(request["Item"]) // 1024)) if "Item" in request else 1.0 if "Key" in request else 0.5
    )
    names = request.get("RequestItems", {request.get("TableName", ""): None})
    counted = [{"TableName": name, "CapacityUnits": units} for name in names if name]
    return counted if operation.startswith(("Batch", "Transact")) else counted[0]
