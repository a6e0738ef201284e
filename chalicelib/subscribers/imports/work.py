"""The worker of imports.

Reads the file from its cursor on, commits pack after pack, and hands over before its time is up.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from chalicelib.core.batch import SecondsLeft
from chalicelib.core.clock import rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports import files, header, lines, packs, rows
from chalicelib.subscribers.imports.decide import Parsed
from chalicelib.subscribers.imports.formats import recognise
from chalicelib.subscribers.imports.formats.base import Format
from chalicelib.subscribers.imports.formats.recognise import PLAIN
from chalicelib.subscribers.imports.tables import ImportItem, OptionsItem
from chalicelib.subscribers.writes import Lost, Together

QUEUE = "imports"
RUNNING, DONE, FAILED = "running", "done", "failed"
HAND_OVER_S = 30
TRIES = 5
UTF16 = "The file is UTF-16; save it as CSV UTF-8."
EMPTY = "The file is empty."
NO_ENDPOINTS = "The file is JSON, but not one Amazon Pinpoint endpoint on each line."
BROKEN = "The file is compressed, and could not be unpacked to its end."
REPLACED = "The file was replaced or removed while it was read; import it anew."


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
        if head.started_at or _begin(head, wiring):
            _go_on(head, left, wiring)
    except files.FileChanged:
        _end(head, FAILED, REPLACED, wiring)
    except files.Broken:
        _end(head, FAILED, BROKEN, wiring)
    except Lost as lost:
        if packs.HEAD not in lost.kinds:
            raise
        logger.info("import-taken-over", import_id=import_id)


def _begin(head: ImportItem, wiring: Wiring) -> bool:
    """Reads the first line, notes what the file is, and steps behind it; or fails the import."""
    head.size, head.etag = files.stat(head.id, wiring=wiring)
    start = _start(head, wiring)
    found = _recognised(start, _context(head, wiring))
    if isinstance(found, str):
        _end(head, FAILED, found, wiring)
        return False
    form, columns, cursor, line = found
    head.format, head.columns, head.cursor, head.line = form.name, columns, cursor, line
    head.started_at = rfc3339(wiring.clock())
    noted = ("format", "columns", "cursor", "line", "size", "etag", "packed", "started_at")
    actions = [getattr(ImportItem, name).set(getattr(head, name)) for name in noted]
    together = Together()
    fresh = ImportItem.started_at.does_not_exist() & (ImportItem.state == RUNNING)
    together.update(ImportItem(head.id, head.part), actions, fresh, kind=packs.HEAD)
    together.commit(wiring)
    return True


def _start(head: ImportItem, wiring: Wiring) -> bytes:
    """The first bytes of the file, unpacked."""
    start = next(files.source(head, wiring=wiring).pieces, b"")
    if not start.startswith(files.GZIP):
        return start
    head.packed = True
    return next(files.source(head, wiring=wiring).pieces, b"")


def _recognised(start: bytes, context: rows.Context) -> tuple[Format, list[str], int, int] | str:
    """A file's format and columns, and the byte and line where its rows begin; or what is wrong with it."""
    if start.startswith(lines.UTF16_BOMS):
        return UTF16
    skipped = len(lines.UTF8_BOM) if start.startswith(lines.UTF8_BOM) else 0
    if recognise.is_json(start[skipped:]):
        first = next(lines.json_lines([start[skipped:]], offset=skipped, line=1))
        known = recognise.by_object("".join(first.cells))
        return (known, list(recognise.JSON_COLUMNS), skipped, 1) if known else NO_ENDPOINTS
    record = next(lines.records([start[skipped:]], offset=skipped, line=1), None)
    if record is None:
        return EMPTY
    names = header.header(record.cells)
    form = recognise.by_columns(names)
    problem = record.problem or (header.header_problem(record.cells, context) if form is PLAIN else "")
    return problem or (form, list(names), record.end, record.next_line)


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


def _context(head: ImportItem, wiring: Wiring) -> rows.Context:
    """What rows are held against."""
    options = OptionsItem.of(head.id)
    return rows.Context(
        topics=frozenset(options.topics),
        country=wiring.settings.country,
        language=wiring.settings.default_language,
        time_zone=wiring.settings.time_zone,
        now=wiring.clock(),
        mapping=options.mapping,
        everyone=options.everyone,
        attribute=options.attribute,
        consent_source=options.consent_source,
    )


def _parsed(head: ImportItem, wiring: Wiring) -> Iterator[Parsed]:
    """The rows from the cursor on."""
    form, context = recognise.FORMATS[str(head.format)], _context(head, wiring)
    source = files.source(head, wiring=wiring)
    split = lines.json_lines if form.is_json else lines.records
    for record in split(source.pieces, offset=int(head.cursor), line=int(head.line)):
        if not record.problem and not any(record.cells):
            yield Parsed(record, None, unpacked=source.read)
            continue
        found = rows.read(record, head.columns, context, form=form)
        taken, refusals = (found, ()) if isinstance(found, rows.Row) else (None, found)
        yield Parsed(record, taken, refusals, unpacked=source.read)


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
    """Ends an import. Its file goes: it holds people's addresses, and nobody reads it any more."""
    together = Together()
    actions = [ImportItem.state.set(state), ImportItem.ended_at.set(rfc3339(wiring.clock()))]
    actions += [ImportItem.reason.set(reason)] if reason else []
    together.update(ImportItem(head.id, head.part), actions, head.unmoved(), kind=packs.HEAD)
    together.commit(wiring)
    files.remove(head.id, wiring=wiring)
