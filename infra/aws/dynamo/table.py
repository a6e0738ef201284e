"""One table's items: partitions with their items in order, and its secondary indexes kept along.

An item is never changed in place, only replaced; so readers may keep what they got, and taking something back
is putting the former item there again.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from infra.aws.dynamo.values import MAX_ITEM_BYTES, Item, Value, kind_of, size_of, sortable
from infra.aws.errors import AwsError, validation

Key = tuple[Any, Any]
"""Hash and range of an item, as Python values that sort; the range is "" in a table without."""
MAX_HASH_BYTES = 2048
MAX_RANGE_BYTES = 1024


@dataclass(frozen=True)
class KeySchema:
    """The key attributes of a table or index: names and types."""

    hash_name: str
    range_name: str | None
    types: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The key attributes' names."""
        return (self.hash_name,) if self.range_name is None else (self.hash_name, self.range_name)

    def key_of(self, item: Item) -> Key:
        """The key of an item that is known to have one."""
        return sortable(item[self.hash_name]), sortable(item[self.range_name]) if self.range_name else ""

    def has(self, item: Item) -> bool:
        """Whether an item has all key attributes in the right type: whether an index holds it."""
        return all(name in item and kind_of(item[name]) == self.types[name] for name in self.names)

    def pick(self, item: Item) -> Item:
        """The key attributes only."""
        return {name: item[name] for name in self.names}


@dataclass
class Partition:
    """The items of one hash key, in order."""

    keys: list[Any] = field(default_factory=list)
    items: dict[Any, Item] = field(default_factory=dict)


class Index:
    """A secondary index: for each hash, entries `(range, key of the item)` in order."""

    def __init__(self, name: str, schema: KeySchema, projection: set[str] | None) -> None:
        self.name = name
        self.schema = schema
        self._projection = projection
        self.partitions: dict[Any, list[tuple[Any, Key]]] = {}

    def project(self, item: Item) -> Item:
        """What the index holds of an item."""
        if self._projection is None:
            return item
        return {name: value for name, value in item.items() if name in self._projection}

    def add(self, key: Key, item: Item) -> None:
        """Takes an item up, if it has the index's keys."""
        if self.schema.has(item):
            hash_key, range_key = self.schema.key_of(item)
            insort(self.partitions.setdefault(hash_key, []), (range_key, key))

    def discard(self, key: Key, item: Item) -> None:
        """Forgets an item."""
        if self.schema.has(item):
            hash_key, range_key = self.schema.key_of(item)
            entries = self.partitions[hash_key]
            entries.pop(bisect_left(entries, (range_key, key)))
            if not entries:
                del self.partitions[hash_key]


class Table:
    """The items of one table, as `described` by moto's `DescribeTable`."""

    def __init__(self, described: dict[str, Any]) -> None:
        self.name: str = described["TableName"]
        types = {one["AttributeName"]: one["AttributeType"] for one in described["AttributeDefinitions"]}
        self.schema = _schema(described["KeySchema"], types)
        self.partitions: dict[Any, Partition] = {}
        self._order: list[tuple[bytes, Any]] = []
        self.indexes: dict[str, Index] = {}
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for one in described.get(kind) or ():
                schema = _schema(one["KeySchema"], types)
                self.indexes[one["IndexName"]] = Index(one["IndexName"], schema, self._projected(one, schema))

    def _projected(self, index: dict[str, Any], schema: KeySchema) -> set[str] | None:
        projection = index["Projection"]
        if projection["ProjectionType"] == "ALL":
            return None
        return {*self.schema.names, *schema.names, *projection.get("NonKeyAttributes", ())}

    def __len__(self) -> int:
        return sum(len(one.keys) for one in self.partitions.values())

    def index(self, name: str) -> Index:
        """An index by name. Raises ValidationException for an unknown one."""
        if name not in self.indexes:
            raise validation(f"The table does not have the specified index: {name}")
        return self.indexes[name]

    def key_from(self, given: dict[str, Value]) -> Key:
        """The key in a request. Raises ValidationException unless it is exactly the table's key."""
        if set(given) != set(self.schema.names):
            raise validation("The provided key element does not match the schema")
        return self._checked_key(given)

    def _checked_key(self, item: Item) -> Key:
        for name in self.schema.names:
            kind = kind_of(item[name])
            if kind != self.schema.types[name]:
                raise validation(
                    f"One or more parameter values were invalid: Type mismatch for key {name} "
                    f"expected: {self.schema.types[name]} actual: {kind}"
                )
            _check_key_size(item[name][kind], name, is_hash=name == self.schema.hash_name)
        return self.schema.key_of(item)

    def check(self, item: Item) -> Key:
        """The key of an item to be stored. Raises ValidationException for one that the service refuses."""
        for name in self.schema.names:
            if name not in item:
                raise validation(
                    f"One or more parameter values were invalid: Missing the key {name} in the item"
                )
        key = self._checked_key(item)
        for index in self.indexes.values():
            for name in index.schema.names:
                _check_index_value(index, name, item.get(name))
        if size_of(item) > MAX_ITEM_BYTES:
            raise validation("Item size has exceeded the maximum allowed size")
        return key

    def get(self, key: Key) -> Item | None:
        """The item of a key, or None."""
        partition = self.partitions.get(key[0])
        return partition.items.get(key[1]) if partition else None

    def put(self, key: Key, item: Item | None) -> None:
        """Puts an item in the place of the former; None removes it."""
        former = self.get(key)
        if former is not None:
            for index in self.indexes.values():
                index.discard(key, former)
        if item is None:
            if former is not None:
                self._remove(key)
            return
        partition = self.partitions.get(key[0])
        if partition is None:
            partition = self.partitions[key[0]] = Partition()
            insort(self._order, _place(key[0]))
        if former is None:
            insort(partition.keys, key[1])
        partition.items[key[1]] = item
        for index in self.indexes.values():
            index.add(key, item)

    def _remove(self, key: Key) -> None:
        partition = self.partitions[key[0]]
        partition.keys.pop(bisect_left(partition.keys, key[1]))
        del partition.items[key[1]]
        if not partition.keys:
            del self.partitions[key[0]]
            self._order.pop(bisect_left(self._order, _place(key[0])))

    def scan(self, after: Key | None) -> Iterator[tuple[Key, Item]]:
        """All items behind a key, partition by partition in an order that means nothing, as the service's."""
        start = 0 if after is None else bisect_left(self._order, _place(after[0]))
        for _, hash_key in self._order[start:]:
            partition = self.partitions[hash_key]
            keys = partition.keys
            if after is not None and hash_key == after[0]:
                keys = keys[bisect_right(keys, after[1]) :]
            for range_key in keys:
                yield (hash_key, range_key), partition.items[range_key]


def _place(hash_key: Any) -> tuple[bytes, Any]:
    return md5(repr(hash_key).encode(), usedforsecurity=False).digest(), hash_key


def _schema(elements: list[dict[str, str]], types: dict[str, str]) -> KeySchema:
    by_role = {one["KeyType"]: one["AttributeName"] for one in elements}
    return KeySchema(by_role["HASH"], by_role.get("RANGE"), types)


def _check_key_size(inner: str, name: str, *, is_hash: bool) -> None:
    if inner == "":
        raise validation(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
            f"contain an empty string value. Key: {name}"
        )
    if len(inner.encode()) > (MAX_HASH_BYTES if is_hash else MAX_RANGE_BYTES):
        limit = f"hashkey has exceeded the maximum size limit of {MAX_HASH_BYTES}"
        if not is_hash:
            limit = f"the aggregated size of all range keys has exceeded the size limit of {MAX_RANGE_BYTES}"
        raise validation(f"One or more parameter values were invalid: Size of {limit} bytes")


def _check_index_value(index: Index, name: str, value: Value | None) -> None:
    if value is None:
        return
    kind = kind_of(value)
    if kind != index.schema.types[name]:
        raise validation(
            f"One or more parameter values were invalid: Type mismatch for Index Key {name} "
            f"Expected: {index.schema.types[name]} Actual: {kind} IndexName: {index.name}"
        )
    if value[kind] == "":
        raise validation(
            "One or more parameter values are not valid. A value specified for a secondary index key is not "
            f"supported. The AttributeValue for a key attribute cannot contain an empty string value. "
            f"IndexName: {index.name}, IndexKey: {name}"
        )


def missing_table() -> AwsError:
    """The refusal of a table that does not exist."""
    return AwsError("ResourceNotFoundException", "Requested resource not found")
