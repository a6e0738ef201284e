"""What all tables share: their names and region from the settings, and the list index of small tables."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import BadRequest
from chalicelib.core.settings import settings
from chalicelib.core.tokens import TokenRefused, decode, encode
from chalicelib.core.wiring import wiring

T = TypeVar("T")


class TableMeta:
    """Base of every model's `Meta`: a subclass sets `table_name = table("topics")`."""

    region = settings().region


def table(name: str) -> str:
    """The full name of a table of this deployment."""
    return settings().table(name)


class TableModel(Model):
    """Base of every model. Its `Meta` derives from `TableMeta`."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        found = super()._get_connection()
        _share_client(found.connection)
        return found

    def save_if(self, *, condition: Condition) -> bool:
        """Writes the item; False, and nothing is written, where the condition does not hold."""
        return _held(partial(self.save, condition=condition))

    def update_if(self, *, actions: list[Action], condition: Condition) -> bool:
        """Changes the item; False, and nothing is changed, where the condition does not hold."""
        return _held(partial(self.update, actions=actions, condition=condition))

    def delete_if(self, *, condition: Condition) -> bool:
        """Deletes the item; False where the condition does not hold."""
        return _held(partial(self.delete, condition=condition))


def _held(write: Callable[[], object]) -> bool:
    try:
        write()
    except (PutError, UpdateError, DeleteError) as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def transaction() -> TransactWrite:
    """A transaction for up to 100 models: `with transaction() as together: together.save(item)`."""
    connection = Connection(region=TableMeta.region)
    _share_client(connection)
    return TransactWrite(connection=connection)


def _share_client(connection: Connection) -> None:
    """Has PynamoDB use the process's client. Its own would be one per model, each 80 ms of a cold start."""
    connection._client = wiring().dynamodb


class ListIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call, unused-ignore]  # PynamoDB
    """Lists the things of one kind by time: `list` holds the kind, `sort` a time-ordered text."""

    class Meta:
        """Names the index as the stack does."""

        index_name = "list-index"
        projection = AllProjection()

    list = UnicodeAttribute(hash_key=True)
    sort = UnicodeAttribute(range_key=True)


DUE = "due"


class DueIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call, unused-ignore]  # PynamoDB
    """What is to be looked after, by the time when it should: `due` holds DUE while it is."""

    class Meta:
        """Names the index as the stack does."""

        index_name = "due-index"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: the things, and the cursor of the next page or None."""

    items: list[T]
    next: str | None


def list_page(
    index: Any, kind: str, *, limit: int, cursor: str | None, newest_first: bool = True
) -> Page[Any]:
    """One page of the things of a kind.

    `cursor` is a `next` that this list gave before; raises BadRequest (`bad-cursor`) for any other text.
    """
    start = _read_cursor(cursor, kind, names=_key_names(index)) if cursor else None
    found = index.query(
        kind,
        limit=limit + 1,
        page_size=limit + 1,
        last_evaluated_key=start,
        scan_index_forward=not newest_first,
    )
    items = list(found)
    following = _cursor(items[limit - 1], _key_names(index)) if len(items) > limit else None
    return Page(items[:limit], following)


def _key_names(index: Any) -> list[str]:
    model = index._model  # PynamoDB offers no public way from an index to its model
    keys = [model._hash_key_attribute(), model._range_key_attribute()]
    return sorted({"list", "sort", *(key.attr_name for key in keys if key)})


def _cursor(item: Any, names: Sequence[str]) -> str:
    values = item.serialize()
    return encode(json.dumps([values[name]["S"] for name in names], separators=(",", ":")).encode())


def _read_cursor(cursor: str, kind: str, *, names: Sequence[str]) -> dict[str, Any]:
    try:
        values = json.loads(decode(cursor))
    except (TokenRefused, ValueError, RecursionError):
        raise _bad_cursor() from None
    fits = isinstance(values, list) and len(values) == len(names) and all(map(_is_key, values))
    if not fits or values[names.index("list")] != kind:
        raise _bad_cursor()
    return {name: {"S": value} for name, value in zip(names, values, strict=True)}


def _is_key(value: object) -> bool:
    return (
        isinstance(value, str) and value.isprintable() and 0 < len(value.encode("utf-8", "replace")) <= 1024
    )


def _bad_cursor() -> BadRequest:
    return BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")
