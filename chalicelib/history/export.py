"""A person's whole record as a file: JSON, or CSV for a spreadsheet. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core import sheets
from chalicelib.core.clock import rfc3339
from chalicelib.history.record import Record
from chalicelib.history.timeline import moments
from chalicelib.history.views import Export, HistoryItem, learned, shown
from chalicelib.subscribers.api.views import shown as shown_person

COLUMNS = (
    "at", "kind", "channels", "what", "before", "after", "source", "by", "wording", "wording_version", "note",
)  # fmt: skip


def export(record: Record, *, now: datetime) -> Export:
    """The record as one document."""
    person = shown_person(record.person) if record.person else None
    return Export(
        exported_at=rfc3339(now),
        subscriber=person,
        habit=learned(record.habit) if record.habit else None,
        history=[shown(one) for one in moments(record)],
    )


def as_csv(document: Export) -> str:
    """The document as a table: the profile first, then a line for each thing that happened or changed."""
    return sheets.as_csv(COLUMNS, _rows(document))


def _rows(document: Export) -> Iterator[Mapping[str, Any]]:
    for kind, told in (("profile", document.subscriber), ("habit", document.habit)):
        for name, value in (told.model_dump() if told else {}).items():
            several = value.items() if isinstance(value, dict) else ()
            for one, part in several:
                yield {"kind": kind, "what": f"{name}/{one}", "after": part}
            if not isinstance(value, dict):
                yield {"kind": kind, "what": name, "after": value}
    for item in document.history:
        common = {"at": item.at, "kind": item.kind, "channels": " ".join(item.channels)}
        for row in _of(item):
            yield {**common, **row}


def _of(item: HistoryItem) -> Iterator[Mapping[str, Any]]:
    if item.consent:
        who = item.consent.model_dump(include={"source", "by", "wording", "wording_version", "note"})
        for change in item.consent.changes:
            yield {**who, "what": change.field, "before": change.before, "after": change.after}
    if item.message:
        said = item.message
        source = f"{said.origin} {said.reference}"
        yield {"what": said.subject, "after": said.status, "source": source, "note": said.reason}
    if item.event:
        yield {"what": item.event.name, "after": item.event.link, "note": item.event.details or ""}
    if item.entry:
        wrote = item.entry
        yield {"what": wrote.keyword, "before": wrote.subject, "after": wrote.text, "note": wrote.answer}
