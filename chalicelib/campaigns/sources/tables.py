"""The table `sources`: each source, how looking at it goes, its items, and every query on them.

All of a source stands under its id: `source`, `watch`, `item#KEY` for each item under the first of its keys,
`key#KEY` for each further one, and `day#DATE` with how many of its campaigns were sent on that day.
"""

from dataclasses import asdict
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.campaigns.model import content_document
from chalicelib.campaigns.sources.model import Source, Watch
from chalicelib.campaigns.tables import OVERTAKEN
from chalicelib.core import dynamo, ids
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import DUE, DueIndex, ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.content import Words

SOURCES = "source"
SOURCE, WATCH, ITEM, KEY, DAY = "source", "watch", "item#", "key#", "day#"


class SourcesMeta(TableMeta):
    """The table `sources`."""

    table_name = table("sources")


class SourceItem(TableModel):
    """One source, as staff wrote it. Ids are time-ordered, and sources are listed by them."""

    class Meta(SourcesMeta):
        """The table `sources`."""

    source_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True, default=SOURCE)
    list = UnicodeAttribute(default=SOURCES)
    sort = UnicodeAttribute()
    version = NumberAttribute()
    document: Json = Json()
    list_index = ListIndex()


class WatchItem(TableModel):
    """How looking at a source goes; `due` while it is looked at."""

    class Meta(SourcesMeta):
        """The table `sources`."""

    source_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True, default=WATCH)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    document: Json = Json(null=True)
    due_index = DueIndex()


class NewsItem(TableModel):
    """One item, under the first of its keys; `list` and `sort` list a source's items by when they were seen.

    `fate` is what became of it, `why` the code of the reason where its source would have it sent and it is a
    draft. `content` is the digest of what it said; `changed_at` when it was seen to say something else.
    """

    class Meta(SourcesMeta):
        """The table `sources`."""

    source_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    list = UnicodeAttribute()
    sort = UnicodeAttribute()
    seen_at = UnicodeAttribute()
    title = UnicodeAttribute(default="")
    link = UnicodeAttribute(default="")
    published = UnicodeAttribute(default="")
    content = UnicodeAttribute()
    fate = UnicodeAttribute()
    why = UnicodeAttribute(default="")
    campaign_id = UnicodeAttribute(default="")
    changed_at = UnicodeAttribute(default="")
    list_index = ListIndex()


class FurtherItem(TableModel):
    """A further key of an item (`of`: the part that it stands under), or how many were `sent` on a day."""

    class Meta(SourcesMeta):
        """The table `sources`."""

    source_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    of = UnicodeAttribute(null=True)
    sent = NumberAttribute(null=True)


def read(source_id: str) -> Source:
    """A source, read consistently. Raises NotFound."""
    try:
        if ids.is_id(source_id):
            return _source(SourceItem.get(source_id, SOURCE, consistent_read=True))
    except SourceItem.DoesNotExist:
        pass
    raise NotFound("No source has this id.")


def page(*, limit: int, cursor: str | None) -> Page[Source]:
    """One page of sources, the newest first."""
    found = list_page(SourceItem.list_index, SOURCES, limit=limit, cursor=cursor)
    return Page([_source(item) for item in found.items], found.next)


def watch_of(source_id: str) -> Watch:
    """How looking at a source goes, read consistently."""
    try:
        item = WatchItem.get(source_id, WATCH, consistent_read=True)
    except WatchItem.DoesNotExist:
        return Watch()
    return Watch(**(item.document or {}), due_at=item.due_at or "")


def write(source: Source, *, was: int) -> None:
    """Writes a source over the one of version `was` (0: a new one). Raises Conflict (`changed-meanwhile`)."""
    document = {**asdict(source), "content": content_document(source.content)}
    condition = SourceItem.version == was if was else SourceItem.source_id.does_not_exist()
    item = SourceItem(source.id, SOURCE, sort=source.id, version=source.version, document=document)
    if not item.save_if(condition=condition):
        raise changed_meanwhile()


def changed_meanwhile() -> Conflict:
    """The refusal of a change that another one has overtaken."""
    return Conflict("This source was changed meanwhile; read it again.", code=OVERTAKEN)


def remove(source_id: str) -> None:
    """Deletes a source with all that stands under it: itself first, so that nobody takes an item of it."""
    SourceItem(source_id, SOURCE).delete()
    left = list(FurtherItem.query(source_id, attributes_to_get=["source_id", "part"]))
    with FurtherItem.batch_write() as batch:
        for item in left:
            batch.delete(item)


def due(moment: str, *, limit: int) -> list[str]:
    """Ids of the sources to look at by a moment, the longest due first."""
    found = WatchItem.due_index.query(
        DUE, WatchItem.due_at <= moment, limit=limit, attributes_to_get=["source_id"]
    )
    return [item.source_id for item in found]


def look_at(source_id: str, due_at: str) -> None:
    """Has a source looked at from a moment on; with an empty one, not at all."""
    change: list[Any] = (
        [WatchItem.due.set(DUE), WatchItem.due_at.set(due_at)]
        if due_at
        else [WatchItem.due.remove(), WatchItem.due_at.remove()]
    )
    WatchItem(source_id, WATCH).update(actions=change)


def claim(source_id: str, watch: Watch, due_at: str) -> bool:
    """Takes a look that is due upon oneself: the next is due at `due_at`. False where another one took it."""
    return WatchItem(source_id, WATCH).update_if(
        actions=[WatchItem.due_at.set(due_at)], condition=WatchItem.due_at == watch.due_at
    )


def keep(source_id: str, watch: Watch, *, claimed: str) -> None:
    """Writes how the look went that was claimed until `claimed`; nothing where it was overtaken."""
    WatchItem(source_id, WATCH).update_if(
        actions=[WatchItem.document.set(_document(watch)), WatchItem.due_at.set(watch.due_at)],
        condition=WatchItem.due_at == claimed,
    )


def unchanged(source: Source, wiring: Wiring) -> dynamo.Item:
    """Whether a source is as it was read, for a transaction."""
    return {
        "ConditionCheck": {
            "TableName": wiring.settings.table("sources"),
            "Key": dynamo.marshal(key(source.id, SOURCE)),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": dynamo.marshal({":version": source.version}),
        }
    }


def keeping(source_id: str, watch: Watch, claimed: str) -> dynamo.Item:
    """Writes how a look went that was claimed until a moment, for a transaction."""
    actions: list[Any] = [WatchItem.document.set(_document(watch)), WatchItem.due_at.set(watch.due_at)]
    kwargs = WatchItem(source_id, WATCH).get_update_kwargs_from_instance(
        actions=actions, condition=WatchItem.due_at == claimed
    )
    return {"Update": kwargs}


def key(source_id: str, part: str) -> dict[str, str]:
    """The key of a part of a source."""
    return {"source_id": source_id, "part": part}


def _document(watch: Watch) -> dict[str, Any]:
    return {name: value for name, value in asdict(watch).items() if name != "due_at"}


def _source(item: SourceItem) -> Source:
    values: dict[str, Any] = dict(item.document)
    for name in ("channels", "accounts", "authors"):
        values[name] = tuple(values[name])
    content = {language: Words(**words) for language, words in values["content"].items()}
    return Source(**{**values, "content": content})
