"""Query and Scan: key conditions, order, pages of 1 MB, filters after the limit, as the service does them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zlib import crc32

from infra.aws.dynamo.conditions import Scope, compiled, condition, projection
from infra.aws.dynamo.grammar import Node
from infra.aws.dynamo.table import Index, KeySchema, Table
from infra.aws.dynamo.values import Item, Value, size_of, sortable
from infra.aws.errors import validation

PAGE_BYTES = 1024 * 1024
KIND = "KeyConditionExpression"
HIGHEST = "\U0010ffff"


@dataclass(frozen=True)
class KeyRange:
    """What a key condition asks for: one hash, and bounds of the range (None: open) with a sign each."""

    hash_key: Any
    low: tuple[str, Any] | None = None
    high: tuple[str, Any] | None = None
    prefix: Any = None

    def cut(self, keys: list[Any]) -> tuple[int, int]:
        """The slice of sorted range keys that lies within."""
        start, stop = 0, len(keys)
        if self.prefix is not None:
            start = bisect_left(keys, self.prefix)
            end = self.prefix + (HIGHEST if isinstance(self.prefix, str) else b"\xff" * 1024)
            return start, bisect_right(keys, end)
        if self.low is not None:
            start = (bisect_left if self.low[0] == ">=" else bisect_right)(keys, self.low[1])
        if self.high is not None:
            stop = (bisect_right if self.high[0] == "<=" else bisect_left)(keys, self.high[1])
        return start, max(start, stop)


def query(table: Table, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a Query request."""
    scope = Scope(request)
    index = table.index(request["IndexName"]) if "IndexName" in request else None
    schema = index.schema if index else table.schema
    if index and request.get("ConsistentRead"):
        raise validation("Consistent reads are not supported on global secondary indexes")
    bounds = _key_range(request, schema, scope)
    page = _Page(request, table, index, scope)
    forward = request.get("ScanIndexForward", True)
    start = request.get("ExclusiveStartKey")
    found = _index_items if index else _table_items
    return page.read(found(table, index, bounds, start, forward))


def scan(table: Table, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a Scan request."""
    scope = Scope(request)
    index = table.index(request["IndexName"]) if "IndexName" in request else None
    page = _Page(request, table, index, scope)
    start = request.get("ExclusiveStartKey")
    items: Iterable[Item]
    if index is None:
        items = (item for _, item in table.scan(table.schema.key_of(start) if start else None))
    else:
        items = _index_scan(table, index, start)
    if "TotalSegments" in request:
        items = _segment(items, table.schema, request["Segment"], request["TotalSegments"])
    return page.read(items)


def _segment(items: Iterable[Item], schema: KeySchema, segment: int, total: int) -> Iterator[Item]:
    for item in items:
        if crc32(repr(item[schema.hash_name]).encode()) % total == segment:
            yield item


def _table_items(
    table: Table, _index: Index | None, bounds: KeyRange, start: Item | None, forward: bool
) -> Iterator[Item]:
    partition = table.partitions.get(bounds.hash_key)
    if partition is None:
        return
    first, last = bounds.cut(partition.keys)
    if start is not None:
        after = table.key_from(start)[1]
        if forward:
            first = max(first, bisect_right(partition.keys, after))
        else:
            last = min(last, bisect_left(partition.keys, after))
    keys = partition.keys[first:last]
    for key in keys if forward else reversed(keys):
        yield partition.items[key]


def _index_items(
    table: Table, index: Index | None, bounds: KeyRange, start: Item | None, forward: bool
) -> Iterator[Item]:
    assert index is not None
    entries = index.partitions.get(bounds.hash_key, [])
    first, last = bounds.cut([entry[0] for entry in entries])
    if start is not None:
        place = (index.schema.key_of(start)[1], table.schema.key_of(start))
        if forward:
            first = max(first, bisect_right(entries, place))
        else:
            last = min(last, bisect_left(entries, place))
    chosen = entries[first:last]
    for _, key in chosen if forward else reversed(chosen):
        item = table.get(key)
        assert item is not None
        yield index.project(item)


def _index_scan(table: Table, index: Index, start: Item | None) -> Iterator[Item]:
    whole = sorted(index.partitions)
    for hash_key in whole:
        if start is not None and hash_key < index.schema.key_of(start)[0]:
            continue
        here = start if start is not None and hash_key == index.schema.key_of(start)[0] else None
        yield from _index_items(table, index, KeyRange(hash_key), here, forward=True)


class _Page:
    """Collects one page: up to `Limit` items or 1 MB before the filter."""

    def __init__(self, request: dict[str, Any], table: Table, index: Index | None, scope: Scope) -> None:
        self._limit: int | None = request.get("Limit")
        if self._limit is not None and self._limit < 1:
            raise validation("Limit must be greater than or equal to 1")
        self._count_only = request.get("Select") == "COUNT"
        self._passes = condition(request.get("FilterExpression"), scope, kind="FilterExpression")
        self._project = projection(request.get("ProjectionExpression"), scope)
        self._keys = (*table.schema.names, *(index.schema.names if index else ()))
        scope.close()

    def read(self, items: Iterable[Item]) -> dict[str, Any]:
        kept: list[Item] = []
        scanned, size, last, more = 0, 0, None, False
        source = iter(items)
        for item in islice(source, self._limit):
            scanned, size, last = scanned + 1, size + size_of(item), item
            if self._passes(item):
                kept.append(item)
            if size >= PAGE_BYTES:
                more = True
                break
        answer: dict[str, Any] = {"Count": len(kept), "ScannedCount": scanned}
        if not self._count_only:
            answer["Items"] = [self._project(item) for item in kept]
        if last is not None and (more or scanned == self._limit):
            answer["LastEvaluatedKey"] = {name: last[name] for name in self._keys}
        return answer


def _key_range(request: dict[str, Any], schema: KeySchema, scope: Scope) -> KeyRange:
    text = request.get("KeyConditionExpression")
    if text is None:
        raise validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
        )
    tree, _ = compiled(text, KIND)
    scope.use(text, KIND)
    parts = [tree[1], tree[2]] if tree[0] == "and" else [tree]
    hash_key, bounds = None, KeyRange(None)
    for part in parts:
        name, place = _part(part, schema, scope)
        if name == schema.hash_name:
            if part[0:2] != ("cmp", "="):
                raise validation("Query key condition not supported")
            hash_key = place.hash_key
        elif name == schema.range_name:
            bounds = place
        else:
            raise validation(f"Query condition missed key schema element: {schema.hash_name}")
    if hash_key is None:
        raise validation(f"Query condition missed key schema element: {schema.hash_name}")
    return KeyRange(hash_key, bounds.low, bounds.high, bounds.prefix)


def _part(part: Node, schema: KeySchema, scope: Scope) -> tuple[str, KeyRange]:
    """The attribute that one part of a key condition is about, and its bounds (or the hash, for `=`)."""
    operands = part[2] if part[0] == "call" else [one for one in part[1:] if isinstance(one, tuple)]
    paths = [one for one in operands if one[0] == "path" and len(one[1]) == 1]
    values = [one for one in operands if one[0] == "value"]
    if len(paths) != 1 or len(values) != len(operands) - 1 or not values:
        raise validation("Invalid operator used in KeyConditionExpression")
    raw = paths[0][1][0]
    name = scope.names[raw] if raw[0] == "#" else raw
    found = [_typed(scope.values[one[1]], name, schema) for one in values]
    if part[0] == "between":
        return name, KeyRange(None, (">=", found[0]), ("<=", found[1]))
    if part[0] == "call" and part[1] == "begins_with":
        return name, KeyRange(None, prefix=found[0])
    make = _BOUNDS.get(part[1]) if part[0] == "cmp" else None
    if make is None:
        raise validation("Invalid operator used in KeyConditionExpression")
    return name, make(found[0])


_BOUNDS: dict[str, Callable[[Any], KeyRange]] = {
    "=": lambda value: KeyRange(value, (">=", value), ("<=", value)),
    "<": lambda value: KeyRange(None, None, ("<", value)),
    "<=": lambda value: KeyRange(None, None, ("<=", value)),
    ">": lambda value: KeyRange(None, (">", value), None),
    ">=": lambda value: KeyRange(None, (">=", value), None),
}


def _typed(value: Value, name: str, schema: KeySchema) -> Any:
    kind = schema.types.get(name)
    if name in schema.names and kind not in value:
        raise validation(
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        )
    if name in schema.names and next(iter(value.values())) in ("", b""):
        raise validation(
            "One or more parameter values are not valid. "
            f"The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
        )
    return sortable(value)
