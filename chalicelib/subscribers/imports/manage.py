"""Imports as staff see them: begun with a text or an upload, started, looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError

from chalicelib.core import ids
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.errors import BadRequest, Conflict, NotFound
from chalicelib.core.tables import Page, list_page
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import topics
from chalicelib.subscribers.imports import files
from chalicelib.subscribers.imports.rows import Refusal
from chalicelib.subscribers.imports.tables import IMPORTS, REFUSED, ImportItem, RefusedItem
from chalicelib.subscribers.imports.work import QUEUE, RUNNING

AWAITING = "awaiting-upload"
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Refused:
    """One page of an import's refused rows, in the order of lines."""

    rows: Sequence[Refusal]
    next: str | None


def begin(content: str | None, *, actor: Any, now: datetime, wiring: Wiring) -> ImportItem:
    """Begins an import for a member of staff: with a text it runs at once, without one it awaits its upload.

    It may fill the open topics of the departments that the person acts for at this moment.
    """
    mine = [t.id for t in topics.every() if t.status == topics.OPEN and actor.may_act_for(t.department)]
    import_id = ids.time_ordered_id(now)
    item = ImportItem(
        import_id,
        sort=import_id,
        state=AWAITING if content is None else RUNNING,
        by=f"staff:{actor.staff_id}",
        topics=mine,
        columns=[],
        created_at=rfc3339(now),
        expires_at=epoch(now + KEPT),
    )
    if content is not None:
        files.put(import_id, content, wiring=wiring)
    item.save()
    if content is not None:
        wiring.queues.send(QUEUE, {"import": import_id})
    return item


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


def _run(item: ImportItem) -> None:
    """Sets the state, unless somebody else did so a moment ago."""
    try:
        item.update(actions=[ImportItem.state.set(RUNNING)], condition=ImportItem.state == AWAITING)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


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
