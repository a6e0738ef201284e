"""Segments: saved rules over what is known of people, named by staff, for audiences.

A campaign takes the rule as it is when it is launched (`resolved`); changing or deleting a segment changes
nothing that was launched.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, InvalidFields, NotFound
from chalicelib.core.staff import Actor
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.subscribers.conditions import Rule, frozen, rule_errors

SEGMENTS = "segment"
MAX_READ = 100


@dataclass(frozen=True)
class Segment:
    """One segment. `id` is a slug, `rule` as in `conditions`; it belongs to a department."""

    id: str
    name: str
    department: str
    rule: Rule
    created_at: str = ""
    updated_at: str = ""


class SegmentItem(TableModel):
    """One segment; its rule as JSON. `sort` is the id: segments are listed by it."""

    class Meta(TableMeta):
        """The table `segments`."""

        table_name = table("segments")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=SEGMENTS)
    sort = UnicodeAttribute()
    name = UnicodeAttribute()
    department = UnicodeAttribute()
    rule = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    list_index = ListIndex()


def create(segment: Segment, *, actor: Actor, now: datetime) -> Segment:
    """Saves a new segment. Raises Forbidden, InvalidFields, Conflict (`segment-exists`)."""
    actor.require_department(segment.department)
    _check(segment.rule)
    at = rfc3339(now)
    made = replace(segment, created_at=at, updated_at=at)
    if not _item(made).save_if(condition=SegmentItem.id.does_not_exist()):
        raise Conflict("A segment has this id already.", code="segment-exists")
    return made


def get(segment_id: str) -> Segment:
    """The segment of an id. Raises NotFound."""
    found = get_all([segment_id])
    if segment_id not in found:
        raise NotFound("No segment has this id.")
    return found[segment_id]


def get_all(segment_ids: Iterable[str]) -> dict[str, Segment]:
    """The segments of up to 100 ids, read consistently; those that do not exist are left out."""
    wanted = sorted(set(segment_ids))[:MAX_READ]
    found = SegmentItem.batch_get(wanted, consistent_read=True) if wanted else ()
    return {item.id: _segment(item) for item in found}


def page(*, limit: int, cursor: str | None) -> Page[Segment]:
    """One page of all segments, sorted by id. Raises BadRequest for a cursor that no page gave."""
    found = list_page(SegmentItem.list_index, SEGMENTS, limit=limit, cursor=cursor, newest_first=False)
    return Page([_segment(item) for item in found.items], found.next)


def change(segment_id: str, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> Segment:
    """Changes `name` or `rule`, whatever is given. Raises NotFound, Forbidden, InvalidFields, Conflict."""
    before = get(segment_id)
    actor.require_department(before.department)
    changed = replace(before, **given, updated_at=rfc3339(now))
    _check(changed.rule)
    if not _item(changed).save_if(condition=SegmentItem.updated_at == before.updated_at):
        raise Conflict("The segment was changed at the same moment; read it again.")
    return changed


def delete(segment_id: str, *, actor: Actor) -> None:
    """Deletes a segment; drafts that name it cannot be launched then. Raises NotFound, Forbidden."""
    actor.require_department(get(segment_id).department)
    if not SegmentItem(segment_id).delete_if(condition=SegmentItem.id.exists()):
        raise NotFound("No segment has this id.")


def resolved(segment_id: str, rule: Rule, *, today: date) -> dict[str, Any]:
    """A segment as an audience freezes it: its id, and its rule as of a day."""
    return {"id": segment_id, "rule": frozen(rule, today=today)}


def _check(rule: Any) -> None:
    if found := rule_errors(rule, pointer="/rule"):
        raise InvalidFields(*found)


def _item(segment: Segment) -> SegmentItem:
    return SegmentItem(
        segment.id,
        sort=segment.id,
        name=segment.name,
        department=segment.department,
        rule=json.dumps(segment.rule, separators=(",", ":")),
        created_at=segment.created_at,
        updated_at=segment.updated_at,
    )


def _segment(item: SegmentItem) -> Segment:
    return Segment(
        item.id, item.name, item.department, json.loads(item.rule), item.created_at, item.updated_at
    )
