"""The worker of imports.

Reads the file from its cursor on, commits pack after pack, and hands over before its time is up.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports import files, lines, packs, rows
from chalicelib.subscribers.imports.packs import Parsed
from chalicelib.subscribers.imports.tables import ImportItem
from chalicelib.subscribers.writes import Lost, Together

QUEUE = "imports"
RUNNING, DONE, FAILED = "running", "done", "failed"
HAND_OVER_S = 30
TRIES = 5
UTF16 = "The file is UTF-16; save it as CSV UTF-8."
EMPTY = "The file is empty."
REPLACED = "The file was replaced or removed while it was read; import it anew."

SecondsLeft = Callable[[], float]


def seconds_left(context: Any) -> SecondsLeft:
    """How long a Lambda may still run, by its context."""
    return lambda: context.get_remaining_time_in_millis() / 1000


def continue_import(message: Mapping[str, Any], *, left: SecondsLeft, wiring: Wiring) -> None:
    """Goes on with an import from where it is; the same message again, or at the same time, does no harm."""
    import_id = message["import"]
    try:
        head = ImportItem.read(import_id)
    except ImportItem.DoesNotExist:
        return
    if head.state != RUNNING:
        return
    try:
        if head.cursor or _begin(head, wiring):
            _go_on(head, left, wiring)
    except files.FileChanged:
        _end(head, FAILED, REPLACED, wiring)
    except Lost as lost:
        if packs.HEAD not in lost.kinds:
            raise
        logger.info("import-taken-over", import_id=import_id)


def _begin(head: ImportItem, wiring: Wiring) -> bool:
    """Reads the first line, notes the columns, and steps behind it; or fails the import and answers False."""
    head.size, head.etag = files.stat(head.id, wiring=wiring)
    pieces = files.pieces(head, wiring=wiring)
    start = next(pieces, b"")
    skipped = len(lines.UTF8_BOM) if start.startswith(lines.UTF8_BOM) else 0
    first = next(lines.records([start[skipped:]], offset=skipped, line=1), None)
    if start.startswith(lines.UTF16_BOMS):
        problem = UTF16
    elif first is None:
        problem = EMPTY
    else:
        problem = first.problem or rows.header_problem(first.cells)
    if first is None or problem:
        _end(head, FAILED, problem, wiring)
        return False
    together, columns = Together(), rows.header(first.cells)
    actions = [
        ImportItem.columns.set(columns),
        ImportItem.size.set(head.size),
        ImportItem.etag.set(head.etag),
        ImportItem.cursor.set(first.end),
        ImportItem.line.set(first.next_line),
    ]
    together.update(ImportItem(head.id, head.part), actions, head.unmoved(), kind=packs.HEAD)
    together.commit(wiring)
    head.columns, head.cursor, head.line = columns, first.end, first.next_line
    return True


def _go_on(head: ImportItem, left: SecondsLeft, wiring: Wiring) -> None:
    """Takes window after window, to the end of the file or of the time; at least one."""
    parsed = _parsed(head, wiring)
    waiting: list[Parsed] = []
    while True:
        waiting += islice(parsed, packs.WINDOW - len(waiting))
        if not waiting:
            _end(head, DONE, "", wiring)
            return
        waiting = _take(waiting, head, wiring)
        if left() < HAND_OVER_S:
            wiring.queues.send(QUEUE, {"import": head.id})
            return


def _parsed(head: ImportItem, wiring: Wiring) -> Iterator[Parsed]:
    """The rows from the cursor on."""
    context = rows.Context(
        topics=frozenset(head.topics),
        country=wiring.settings.country,
        language=wiring.settings.default_language,
        time_zone=wiring.settings.time_zone,
        now=wiring.clock(),
    )
    pieces = files.pieces(head, wiring=wiring)
    for record in lines.records(pieces, offset=int(head.cursor), line=int(head.line)):
        if not record.problem and not any(record.cells):
            yield Parsed(record, None)
            continue
        found = rows.read(record, head.columns, context)
        yield Parsed(record, found) if isinstance(found, rows.Row) else Parsed(record, None, found)


def _take(window: list[Parsed], head: ImportItem, wiring: Wiring) -> list[Parsed]:
    """Commits rows of a window; those that are left. After a lost race the rest is read and decided anew."""
    for attempt in range(TRIES):
        try:
            for pack in packs.packs(window, head, wiring=wiring):
                packs.commit(pack, head, wiring=wiring)
                window = window[len(pack.parsed) :]
        except Lost as lost:
            if packs.HEAD in lost.kinds or attempt == TRIES - 1:
                raise
        else:
            break
    return window


def _end(head: ImportItem, state: str, reason: str, wiring: Wiring) -> None:
    together = Together()
    actions = [ImportItem.state.set(state), ImportItem.ended_at.set(rfc3339(wiring.clock()))]
    actions += [ImportItem.reason.set(reason)] if reason else []
    together.update(ImportItem(head.id, head.part), actions, head.unmoved(), kind=packs.HEAD)
    together.commit(wiring)
