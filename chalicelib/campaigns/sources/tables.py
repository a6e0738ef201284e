"""The table `sources`: each source, how looking at it goes, its items, and every query on them.

All of a source stands under its id: `source`, `watch`, `item#KEY` for each item under the first of its keys,
`key#KEY` for each further one, and `day#DATE` with how many of its campaigns were sent on that day.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.campaigns.model import content_document
from chalicelib.campaigns.sources.model import Source, Watch
from chalicelib.campaigns.tables import OVERTAKEN, Json
from chalicelib.core import dynamo, ids
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.content import Words

SOURCES = "source"
SOURCE, WATCH, ITEM, KEY, DAY = "source", "watch", "item#", "key#", "day#"
DUE = "due"
GOT_AT_ONCE = 100


class DueIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call, unused-ignore]  # PynamoDB
    """The sources that are looked at, by the time of the next look."""

    class Meta:
        """Names the index as the stack does."""

        index_name = "due-index"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


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


@dataclass(frozen=True)
class Known:
    """An item that was seen before: the part that it stands under, and the digest of what it said last."""

    part: str
    content: str


class Full(Exception):
    """As many campaigns of this source were sent today as may be."""


class Overtaken(Exception):
    """The source was changed meanwhile, or somebody else looked at it."""


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


def items_page(source_id: str, *, limit: int, cursor: str | None) -> Page[NewsItem]:
    """One page of a source's items, the last seen first."""
    return list_page(NewsItem.list_index, _listed(source_id), limit=limit, cursor=cursor)


def write(source: Source, *, was: int) -> None:
    """Writes a source over the one of version `was` (0: a new one). Raises Conflict (`changed-meanwhile`)."""
    document = {**asdict(source), "content": content_document(source.content)}
    condition = SourceItem.version == was if was else SourceItem.source_id.does_not_exist()
    try:
        SourceItem(source.id, SOURCE, sort=source.id, version=source.version, document=document).save(
            condition
        )
    except PutError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise changed_meanwhile() from error
        raise


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
    try:
        WatchItem(source_id, WATCH).update(
            actions=[WatchItem.due_at.set(due_at)], condition=WatchItem.due_at == watch.due_at
        )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True


def keep(source_id: str, watch: Watch, *, claimed: str) -> None:
    """Writes how the look went that was claimed until `claimed`; nothing where it was overtaken."""
    try:
        WatchItem(source_id, WATCH).update(
            actions=[WatchItem.document.set(_document(watch)), WatchItem.due_at.set(watch.due_at)],
            condition=WatchItem.due_at == claimed,
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def known(source_id: str, all_keys: Collection[Sequence[str]], wiring: Wiring) -> dict[str, Known]:
    """Of items, each by its keys: those that were seen before, by their first key."""
    first = {f"{ITEM}{keys[0]}" for keys in all_keys}
    further = {f"{KEY}{key}" for keys in all_keys for key in keys[1:]}
    found = {one["part"]: one for one in _got(source_id, first | further, wiring)}
    parts = {one["of"] for part, one in found.items() if part.startswith(KEY)} - found.keys()
    found |= {one["part"]: one for one in _got(source_id, parts, wiring)}
    answer = {}
    for keys in all_keys:
        names = [f"{ITEM}{keys[0]}", *(f"{KEY}{key}" for key in keys[1:])]
        one = next((found[name] for name in names if name in found), None)
        if one is not None:
            one = found.get(one.get("of", one["part"]), one)
            answer[keys[0]] = Known(one["part"], one.get("content", ""))
    return answer


def _got(source_id: str, parts: Collection[str], wiring: Wiring) -> Iterator[dict[str, Any]]:
    name, ordered = wiring.settings.table("sources"), sorted(parts)
    for start in range(0, len(ordered), GOT_AT_ONCE):
        keys = [dynamo.marshal(_key(source_id, part)) for part in ordered[start : start + GOT_AT_ONCE]]
        for item in dynamo.batch_get(wiring.dynamodb, name, keys, ConsistentRead=True):
            yield dynamo.unmarshal(item)


def take(
    source: Source,
    item: NewsItem,
    *,
    further: Sequence[str],
    campaign: Sequence[dynamo.Item] = (),
    day: str = "",
    watch: tuple[Watch, str] | None = None,
    wiring: Wiring,
) -> bool:
    """Takes an item, once, in one transaction with the campaign that it becomes; False if it was known.

    `further` are its other keys; `day` is counted, up to the source's `most_a_day`; `watch` is how the look
    went, which was claimed until the moment beside it. Raises Full, Overtaken.
    """
    rows = [item, *(FurtherItem(source.id, f"{KEY}{key}", of=item.part) for key in further)]
    new = SourceItem.part.does_not_exist()
    puts = [{"Put": row.get_save_kwargs_from_instance(condition=new)} for row in rows]
    operations = [_unchanged(source, wiring), *puts, *campaign]
    if watch:
        operations.append(_kept(source.id, *watch))
    if day:
        operations.append(_counted(source, day, wiring))
    try:
        dynamo.transact(wiring.dynamodb, operations)
    except dynamo.Cancelled as lost:
        failed = lost.failed()
        if 0 in failed or (watch and 1 + len(rows) + len(campaign) in failed):
            raise Overtaken(source.id) from lost
        if day and failed == [len(operations) - 1]:
            raise Full(source.id) from lost
        return False
    return True


def note_change(source_id: str, known: Known, content: str, *, at: str) -> None:
    """Notes that an item says something else than before."""
    NewsItem(source_id, known.part).update(
        actions=[NewsItem.content.set(content), NewsItem.changed_at.set(at)],
        condition=NewsItem.part.exists(),
    )


def news_item(source_id: str, key: str, *, sort: str, **values: Any) -> NewsItem:
    """A row for an item under the first of its keys."""
    return NewsItem(source_id, f"{ITEM}{key}", list=_listed(source_id), sort=sort, **values)


def _unchanged(source: Source, wiring: Wiring) -> dynamo.Item:
    return {
        "ConditionCheck": {
            "TableName": wiring.settings.table("sources"),
            "Key": dynamo.marshal(_key(source.id, SOURCE)),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": dynamo.marshal({":version": source.version}),
        }
    }


def _kept(source_id: str, watch: Watch, claimed: str) -> dynamo.Item:
    actions: list[Any] = [WatchItem.document.set(_document(watch)), WatchItem.due_at.set(watch.due_at)]
    kwargs = WatchItem(source_id, WATCH).get_update_kwargs_from_instance(
        actions=actions, condition=WatchItem.due_at == claimed
    )
    return {"Update": kwargs}


def _counted(source: Source, day: str, wiring: Wiring) -> dynamo.Item:
    return {
        "Update": {
            "TableName": wiring.settings.table("sources"),
            "Key": dynamo.marshal(_key(source.id, f"{DAY}{day}")),
            "UpdateExpression": "ADD sent :one",
            "ConditionExpression": "attribute_not_exists(sent) OR sent < :most",
            "ExpressionAttributeValues": dynamo.marshal({":one": 1, ":most": source.most_a_day}),
        }
    }


def _key(source_id: str, part: str) -> dict[str, str]:
    return {"source_id": source_id, "part": part}


def _listed(source_id: str) -> str:
    return f"items#{source_id}"


def _document(watch: Watch) -> dict[str, Any]:
    return {name: value for name, value in asdict(watch).items() if name != "due_at"}


def _source(item: SourceItem) -> Source:
    values: dict[str, Any] = dict(item.document)
    for name in ("channels", "accounts", "authors"):
        values[name] = tuple(values[name])
    content = {language: Words(**words) for language, words in values["content"].items()}
    return Source(**{**values, "content": content})
