"""The items of sources: which were seen before, each taken once, and every query on them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.campaigns.sources.model import Source, Watch
from chalicelib.campaigns.sources.tables import (
    DAY,
    ITEM,
    KEY,
    FurtherItem,
    NewsItem,
    SourceItem,
    keeping,
    key,
    unchanged,
)
from chalicelib.core import dynamo
from chalicelib.core.tables import Page, list_page
from chalicelib.core.wiring import Wiring

GOT_AT_ONCE = 100


@dataclass(frozen=True)
class Known:
    """An item that was seen before: the part that it stands under, and the digest of what it said last."""

    part: str
    content: str


class Full(Exception):
    """As many campaigns of this source were sent today as may be."""


class Overtaken(Exception):
    """The source was changed meanwhile, or somebody else looked at it."""


def items_page(source_id: str, *, limit: int, cursor: str | None) -> Page[NewsItem]:
    """One page of a source's items, the last seen first."""
    return list_page(NewsItem.list_index, _listed(source_id), limit=limit, cursor=cursor)


def known(source_id: str, all_keys: Collection[Sequence[str]], wiring: Wiring) -> dict[str, Known]:
    """Of items, each by its keys: those that were seen before, by their first key."""
    first = {f"{ITEM}{keys[0]}" for keys in all_keys}
    further = {f"{KEY}{other}" for keys in all_keys for other in keys[1:]}
    found = {one["part"]: one for one in _got(source_id, first | further, wiring)}
    parts = {one["of"] for part, one in found.items() if part.startswith(KEY)} - found.keys()
    found |= {one["part"]: one for one in _got(source_id, parts, wiring)}
    answer = {}
    for keys in all_keys:
        names = [f"{ITEM}{keys[0]}", *(f"{KEY}{other}" for other in keys[1:])]
        one = next((found[name] for name in names if name in found), None)
        if one is not None:
            one = found.get(one.get("of", one["part"]), one)
            answer[keys[0]] = Known(one["part"], one.get("content", ""))
    return answer


def _got(source_id: str, parts: Collection[str], wiring: Wiring) -> Iterator[dict[str, Any]]:
    name, ordered = wiring.settings.table("sources"), sorted(parts)
    for start in range(0, len(ordered), GOT_AT_ONCE):
        keys = [dynamo.marshal(key(source_id, part)) for part in ordered[start : start + GOT_AT_ONCE]]
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
    rows = [item, *(FurtherItem(source.id, f"{KEY}{name}", of=item.part) for name in further)]
    new = SourceItem.part.does_not_exist()
    puts = [{"Put": row.get_save_kwargs_from_instance(condition=new)} for row in rows]
    operations = [unchanged(source, wiring), *puts, *campaign]
    if watch:
        operations.append(keeping(source.id, *watch))
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


def news_item(source_id: str, first: str, *, sort: str, **values: Any) -> NewsItem:
    """A row for an item under the first of its keys."""
    return NewsItem(source_id, f"{ITEM}{first}", list=_listed(source_id), sort=sort, **values)


def _counted(source: Source, day: str, wiring: Wiring) -> dynamo.Item:
    return {
        "Update": {
            "TableName": wiring.settings.table("sources"),
            "Key": dynamo.marshal(key(source.id, f"{DAY}{day}")),
            "UpdateExpression": "ADD sent :one",
            "ConditionExpression": "attribute_not_exists(sent) OR sent < :most",
            "ExpressionAttributeValues": dynamo.marshal({":one": 1, ":most": source.most_a_day}),
        }
    }


def _listed(source_id: str) -> str:
    return f"items#{source_id}"
