"""The read and write units that DynamoDB charges for, by its documented rules.

A write unit is 1 KB of an item (the larger of before and after), two in a transaction, checks of conditions
included. An index costs one write per KB for each entry that is put, changed or removed, two where its key
changes; it is written behind the transaction, and not doubled. A read unit is 4 KB read
consistently, or 8 KB.
"""

import json
from collections import Counter
from typing import Any

from infra.aws.dynamo.service import DynamoDb
from infra.aws.dynamo.table import Key, Table
from infra.aws.dynamo.values import Item
from infra.aws.dynamo.values import size_of as exact_size

WRITE_BYTES, READ_BYTES = 1024, 4096
READS = ("GetItem", "Query", "Scan", "BatchGetItem")


def size_of(item: Item) -> int:
    """Bytes of an item as the service counts them; most items hold nothing but text."""
    size = 0
    for name, value in item.items():
        text = value.get("S")
        if text is None:
            return exact_size(item)
        size += len(name) + (len(text) if text.isascii() else len(text.encode()))
    return size


def _kilobytes(*items: Item | None) -> int:
    return max((-(-size_of(item) // WRITE_BYTES) for item in items if item), default=1) or 1


class Units:
    """What was used so far: writes by table, index and operation; reads by table."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.written: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self.recorded = 0
        self._pending: list[tuple[str, int, int]] = []

    def put(self, table: str, item_units: int, index_units: int) -> None:
        """Notes one write of the request that is under way."""
        self._pending.append((table, item_units, index_units))

    def settle(self, operation: str, request: dict[str, Any], answer: bytes, dynamodb: DynamoDb) -> None:
        """Charges a request, when it has been answered."""
        times = 2 if operation == "TransactWriteItems" else 1
        before = sum(self.written.values())
        for table, item_units, index_units in self._pending:
            self.written[table] += times * item_units
            if index_units:
                self.written[f"{table} index"] += index_units
        self._pending.clear()
        for one in request.get("TransactItems", ()):
            if check := one.get("ConditionCheck"):
                table_of = dynamodb.table(check["TableName"])
                self.written[check["TableName"]] += 2 * _kilobytes(
                    table_of.get(table_of.key_from(check["Key"]))
                )
        if any(_settles(one) for one in request.get("TransactItems", ())):
            self.recorded += sum(self.written.values()) - before
        if operation in READS:
            self._reads(request, json.loads(answer))

    def _reads(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        wanted = request.get("RequestItems")
        if wanted:
            for table, items in answer["Responses"].items():
                consistent = wanted[table].get("ConsistentRead", False)
                for item in items:
                    self._read_unit(table, [item], consistent=consistent)
            return
        items = answer.get("Items") or ([answer["Item"]] if "Item" in answer else [])
        self._read_unit(request["TableName"], items, consistent=request.get("ConsistentRead", False))

    def _read_unit(self, table: str, items: list[Item], *, consistent: bool) -> None:
        units = max(1, -(-sum(map(size_of, items)) // READ_BYTES))
        self.read[table] += units if consistent else units / 2  # type: ignore[assignment]  # halves

    def document(self) -> dict[str, Any]:
        """Units by table; `recorded`: those of the writes that follow the provider's answer."""
        return {"written": dict(self.written), "read": dict(self.read), "recorded": self.recorded}


def _settles(action: dict[str, Any]) -> bool:
    item = action.get("Put", {}).get("Item", {})
    return str(item.get("seq", {}).get("S", "")).endswith("#outcomes")


class Measured(Table):
    """A table that notes what each write to it costs."""

    def __init__(self, described: dict[str, Any], units: Units) -> None:
        super().__init__(described)
        self._units = units

    def check(self, item: Item) -> Key:
        """The key; what else the service would refuse, the local AWS's own tests find."""
        return self.schema.key_of(item)

    def fill(self, item: Item) -> None:
        """Puts an item uncounted."""
        super().put(self.check(item), item)

    def put(self, key: Key, item: Item | None) -> None:
        former = self.get(key)
        entries = sum(self._entry_units(index, former, item) for index in self.indexes.values())
        self._units.put(self.name, _kilobytes(former, item), entries)
        super().put(key, item)

    def _entry_units(self, index: Any, former: Item | None, item: Item | None) -> int:
        before = index.project(former) if former and index.schema.has(former) else None
        after = index.project(item) if item and index.schema.has(item) else None
        if before == after:
            return 0
        if before and after and index.schema.key_of(before) != index.schema.key_of(after):
            return _kilobytes(before) + _kilobytes(after)
        return _kilobytes(before, after)
