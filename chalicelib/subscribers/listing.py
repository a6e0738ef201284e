"""Lists of subscribers for staff: the shards of a topic one after another, a page at a time."""

from typing import Any

from chalicelib.core.errors import BadRequest
from chalicelib.core.ids import SHARDS, is_id, shard_of
from chalicelib.core.tables import Page
from chalicelib.subscribers.streams import EVERYONE, Row, read_page

__all__ = ["Row", "page"]


def page(topic: str | None, *, limit: int, cursor: str | None, dynamodb: Any) -> Page[Row]:
    """One page of a topic's subscribers (None: everyone with an address), sorted by id.

    The cursor is the id of the last one shown. Raises BadRequest for another.
    """
    if cursor is not None and not is_id(cursor):
        raise BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")
    rows: list[Row] = []
    after = cursor
    shard = shard_of(cursor) if cursor else 0
    while shard < SHARDS and len(rows) <= limit:
        found, more = read_page(dynamodb, topic or EVERYONE, shard, after=after, limit=limit + 1 - len(rows))
        rows += found
        after = found[-1].subscriber_id if more and found else None
        shard += 0 if more and found else 1
    return Page(rows[:limit], rows[limit - 1].subscriber_id if len(rows) > limit else None)
