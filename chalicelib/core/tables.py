"""What all tables share: their names and region from the settings, and the list index of small tables."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import BadRequest
from chalicelib.core.settings import settings
from chalicelib.core.tokens import TokenRefused, decode, encode

T = TypeVar("T")


class TableMeta:
    """Base of every model's `Meta`: a subclass sets `table_name = table("topics")`."""

    region = settings().region
    connect_timeout_seconds = 3
    read_timeout_seconds = 10
    max_retry_attempts = 5


def table(name: str) -> str:
    """The full name of a table of this deployment."""
    return settings().table(name)


class TableModel(Model):
    """Base of every model. Its `Meta` derives from `TableMeta`."""


def transaction() -> TransactWrite:
    """A transaction for up to 100 models, as a context manager: `with transaction() as together: together.save(item)`."""
    return TransactWrite(connection=_connection())


@lru_cache(maxsize=1)
def _connection() -> Connection:
    return Connection(
        region=TableMeta.region,
        connect_timeout_seconds=TableMeta.connect_timeout_seconds,
        read_timeout_seconds=TableMeta.read_timeout_seconds,
        max_retry_attempts=TableMeta.max_retry_attempts,
    )


class ListIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call, unused-ignore]  # PynamoDB
    """Lists the things of one kind by time: `list` holds the kind, `sort` a time-ordered text."""

    class Meta:
        """Names the index as the stack does."""

        index_name = "list-index"
        projection = AllProjection()

    list = UnicodeAttribute(hash_key=True)
    sort = UnicodeAttribute(range_key=True)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: the things, and the cursor of the next page or None."""

    items: list[T]
    next: str | None


def list_page(
    index: Any, kind: str, *, limit: int, cursor: str | None, newest_first: bool = True
) -> Page[Any]:
    """One page of the things of a kind. `cursor` is a `next` given before; raises BadRequest for any other text."""
    start = _read_cursor(cursor) if cursor else None
    found = index.query(kind, limit=limit, last_evaluated_key=start, scan_index_forward=not newest_first)
    items = list(found)
    last = found.last_evaluated_key
    return Page(items, encode(json.dumps(last).encode()) if last else None)


def _read_cursor(cursor: str) -> dict[str, Any]:
    try:
        start = json.loads(decode(cursor))
    except (TokenRefused, ValueError) as error:
        raise BadRequest("The cursor is not one that a list gave.", code="bad-cursor") from error
    if not isinstance(start, dict):
        raise BadRequest("The cursor is not one that a list gave.", code="bad-cursor")
    return start
