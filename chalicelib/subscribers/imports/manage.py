"""Imports as staff see them: begun with a text or an upload, started, looked at."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import epoch, parse_rfc3339, rfc3339
from chalicelib.core.errors import BadRequest, Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.tables import Page, list_page
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import topics
from chalicelib.subscribers.imports import files
from chalicelib.subscribers.imports.rows import Refusal
from chalicelib.subscribers.imports.tables import (
    IMPORTS,
    REFUSED,
    DueItem,
    ImportItem,
    OptionsItem,
    RefusedItem,
)
from chalicelib.subscribers.imports.work import DONE, FAILED, QUEUE, RUNNING
from chalicelib.subscribers.writes import Lost, Together

AWAITING = "awaiting-upload"
KEPT = timedelta(days=90)
"""An import's progress and report; and people whose consent is unclear, if nobody asks them."""
KEPT_UNCLEAR = timedelta(days=365)
NOT_YOURS = "No open topic of your departments has this id."


@dataclass(frozen=True)
class Refused:
    """One page of an import's refused rows, in the order of lines."""

    rows: Sequence[Refusal]
    next: str | None


@dataclass(frozen=True)
class Wanted:
    """How staff want an import read.

    `mapping` names our topics for each of the source's codes, none for those that are left out; `everyone`
    are the topics of rows that name none; `attribute` is where the source keeps topics. `consent_source`
    says where the consents come from, before what the file says. A `dry` run changes nobody. Of an `unclear`
    one the people get nothing but the question whether they still want it.
    """

    mapping: Mapping[str, Sequence[str]] = field(default_factory=dict)
    everyone: Sequence[str] = ()
    attribute: str = ""
    consent_source: str = ""
    dry: bool = False
    unclear: bool = False


AS_IT_IS = Wanted()


def begin(
    content: str | None, wanted: Wanted = AS_IT_IS, *, actor: Any, now: datetime, wiring: Wiring
) -> ImportItem:
    """Begins an import for a member of staff: with a text it runs at once, without one it awaits its upload.

    It may fill the open topics of the departments that the person acts for at this moment. Raises
    InvalidFields where `wanted` names others.
    """
    mine = [t.id for t in topics.every() if t.status == topics.OPEN and actor.may_act_for(t.department)]
    _check(wanted, mine)
    import_id = ids.time_ordered_id(now)
    item = ImportItem(
        import_id,
        sort=import_id,
        state=AWAITING if content is None else RUNNING,
        by=f"staff:{actor.staff_id}",
        dry=wanted.dry,
        unclear=wanted.unclear,
        columns=[],
        created_at=rfc3339(now),
        expires_at=epoch(now + (KEPT_UNCLEAR if wanted.unclear else KEPT)),
    )
    if content is not None:
        files.put(import_id, content, wiring=wiring)
    OptionsItem(
        import_id,
        topics=mine,
        mapping=dict(wanted.mapping),
        everyone=list(wanted.everyone),
        attribute=wanted.attribute,
        consent_source=wanted.consent_source,
        expires_at=item.expires_at,
    ).save()
    if wanted.unclear and not wanted.dry:
        item.due_at = rfc3339(now + KEPT)
        DueItem.at(item.due_at, import_id).save()
    item.save()
    if content is not None:
        wiring.queues.send(QUEUE, {"import": import_id})
    return item


def _check(wanted: Wanted, mine: Collection[str]) -> None:
    """Raises InvalidFields naming each topic that the import may not fill."""
    named = [(f"/topics/{n}", topic) for n, topic in enumerate(wanted.everyone)]
    for code, several in wanted.mapping.items():
        pointer = f"/mapping/{code.replace('~', '~0').replace('/', '~1')}"
        named += [(f"{pointer}/{n}", topic) for n, topic in enumerate(several)]
    if wrong := [FieldError(pointer, NOT_YOURS) for pointer, topic in named if topic not in mine]:
        raise InvalidFields(*wrong)


@dataclass(frozen=True)
class Progress:
    """How far an import is: `share` of the file from 0 to 1, and when it will be over (None: unknown)."""

    share: float
    expected_at: datetime | None


def progress(item: ImportItem, *, now: datetime) -> Progress:
    """How far an import is, and when it is over if it goes on as fast as until now."""
    if item.state == DONE:
        return Progress(1.0, None)
    done = int(item.unpacked if item.packed else item.cursor)
    share = min(1.0, done / int(item.size)) if item.size else 0.0
    if item.state != RUNNING or not share or not item.started_at:
        return Progress(share, None)
    began = parse_rfc3339(item.started_at)
    return Progress(share, began + (now - began) / share)


def start(import_id: str, *, wiring: Wiring) -> ImportItem:
    """Starts an import whose file is there. Started already, it only gets a message more, which is harmless.

    Raises NotFound; Conflict (`no-upload`, `import-over`).
    """
    item = get(import_id)
    if item.state not in {AWAITING, RUNNING}:
        raise Conflict("This import is over; begin a new one.", code="import-over")
    if item.state == AWAITING:
        try:
            files.stat(import_id, wiring=wiring)
        except files.FileChanged:
            raise Conflict("Upload the file first, then start the import.", code="no-upload") from None
        _run(item)
    wiring.queues.send(QUEUE, {"import": import_id})
    return item


def mark_asked(import_id: str, *, days: int, now: datetime, wiring: Wiring) -> ImportItem:
    """Notes that an import's people are asked now, by a plan of its own, and go after so many days; once.

    Raises NotFound; Conflict (`not-unclear`, `import-not-done`).
    """
    item = get(import_id)
    if not item.unclear or item.dry:
        raise Conflict("The consent of this import's people is not unclear.", code="not-unclear")
    if item.state not in {DONE, FAILED}:
        raise Conflict("The import is not over yet.", code="import-not-done")
    if item.plan_id:
        return item
    due_at, together = rfc3339(now + timedelta(days=days)), Together()
    marks = [ImportItem.plan_id.set(ids.time_ordered_id(now)), ImportItem.asked_at.set(rfc3339(now))]
    marks.append(ImportItem.due_at.set(due_at))
    together.update(ImportItem(item.id, item.part), marks, ImportItem.plan_id.does_not_exist())
    together.put(DueItem.at(due_at, import_id))
    with suppress(Lost):  # somebody else asked a moment ago
        together.commit(wiring)
    return get(import_id)


def _run(item: ImportItem) -> None:
    """Sets the state, unless somebody else did so a moment ago."""
    item.update_if(actions=[ImportItem.state.set(RUNNING)], condition=ImportItem.state == AWAITING)


def get(import_id: str) -> ImportItem:
    """The import of an id, read consistently. Raises NotFound."""
    try:
        return ImportItem.read(import_id)
    except ImportItem.DoesNotExist:
        raise NotFound("No import has this id.") from None


def page(*, limit: int, cursor: str | None) -> Page[ImportItem]:
    """One page of all imports, newest first. Raises BadRequest for a cursor that no page gave."""
    return list_page(ImportItem.list_index, IMPORTS, limit=limit, cursor=cursor)


def refused(import_id: str, *, limit: int, cursor: str | None) -> Refused:
    """Up to `limit` refused rows from a cursor on, which is `PART.PLACE`.

    Raises BadRequest for a cursor that no page gave.
    """
    part, place = _read_cursor(cursor)
    rows: list[Refusal] = []
    while True:
        items = RefusedItem.from_part(import_id, part, limit=10)
        for item in items:
            first = place if item.part == part else 0
            room = limit - len(rows)
            rows += [
                Refusal(int(r["line"]), r["column"], r["reason"]) for r in item.rows[first : first + room]
            ]
            if first + room < len(item.rows):
                return Refused(rows, f"{item.part.removeprefix(REFUSED)}.{first + room}")
            part, place = item.part, len(item.rows)
        if len(items) < 10:
            return Refused(rows, None)


def _read_cursor(cursor: str | None) -> tuple[str, int]:
    if cursor is None:
        return RefusedItem.part_of(0), 0
    part, _, place = cursor.partition(".")
    if not (part.isascii() and part.isdigit() and len(part) == 10 and place.isascii() and place.isdigit()):
        raise BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")
    return REFUSED + part, int(place[:6])
