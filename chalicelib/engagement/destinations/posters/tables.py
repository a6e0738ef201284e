"""The tables `posters` and `scans`, and every query on them but those of the click path and of counting."""

from collections.abc import Iterator
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.dynamo import query, unmarshal
from chalicelib.core.errors import NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.core.wiring import Wiring
from chalicelib.engagement.destinations.posters.model import Poster
from chalicelib.engagement.destinations.posters.scans import SLOTS, day_part, partition

POSTERS = "poster"


class PosterItem(TableModel):
    """One poster, by its code."""

    class Meta(TableMeta):
        """The table `posters`."""

        table_name = table("posters")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=POSTERS)
    sort = UnicodeAttribute()
    name = UnicodeAttribute()
    department = UnicodeAttribute()
    url = UnicodeAttribute(default="")
    topics: Json = Json()
    language = UnicodeAttribute(default="")
    utm_campaign = UnicodeAttribute(default="")
    target = UnicodeAttribute()
    error_correction = UnicodeAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    ends_at = UnicodeAttribute(default="")
    list_index = ListIndex()


def add(poster: Poster) -> bool:
    """Writes a new poster; whether its code was free."""
    return _item(poster).save_if(condition=PosterItem.id.does_not_exist())


def replace(poster: Poster) -> None:
    """Writes a poster over what it was."""
    _item(poster).save()


def read(code: str) -> Poster:
    """A poster, read consistently. Raises NotFound."""
    try:
        return _poster(PosterItem.get(code, consistent_read=True))
    except PosterItem.DoesNotExist:
        raise NotFound("No poster has this code.") from None


def page(*, limit: int, cursor: str | None) -> Page[Poster]:
    """One page of posters, the newest first."""
    found = list_page(PosterItem.list_index, POSTERS, limit=limit, cursor=cursor)
    return Page([_poster(item) for item in found.items], found.next)


def days(code: str, *, first: str, last: str, wiring: Wiring) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was counted of a poster, a slot and a day (UTC) at a time: the day, and its counts by hour."""
    for slot in range(SLOTS):
        found = query(
            wiring.dynamodb,
            TableName=wiring.settings.table("scans"),
            KeyConditionExpression="poster_slot = :slot AND part BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":slot": {"S": partition(code, slot)},
                ":first": {"S": day_part(first)},
                ":last": {"S": day_part(last)},
            },
        )
        for item in map(unmarshal, found):
            yield item["part"].partition("#")[2], item


def _item(poster: Poster) -> PosterItem:
    values = {name: getattr(poster, name) for name in Poster.__dataclass_fields__ if name != "code"}
    sort = f"{poster.created_at}#{poster.code}"
    return PosterItem(poster.code, sort=sort, **{**values, "topics": list(poster.topics)})


def _poster(item: PosterItem) -> Poster:
    values = {name: getattr(item, name) for name in Poster.__dataclass_fields__ if name != "code"}
    return Poster(item.id, **{**values, "topics": tuple(item.topics)})
