"""The table `alert-records`, and every query on it.

00000001 …     an entry, by its number: written once, never changed
once#KEY       the entry of a thing that is noted once only
head           how far the record is
look           when the watch looks at what became of the alert (`watch.py`)
timing#PLAN    when a plan's messages were handed over and arrived (`measure.py`)
"""

from dataclasses import asdict
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.alerts.record.model import Entry, Head, Record
from chalicelib.core import dynamo
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import DUE, DueIndex, TableMeta, TableModel, table
from chalicelib.core.wiring import Wiring

HEAD, ONCE, LOOK, TIMING = "head", "once", "look", "timing"
FIRST, LAST = "0", "9" * 9


class RecordItem(TableModel):
    """One item of an alert's record; which, says its part."""

    class Meta(TableMeta):
        """The table `alert-records`."""

        table_name = table("alert-records")

    alert_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    number = NumberAttribute(null=True)
    at = UnicodeAttribute(null=True)
    event = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    detail: Json = Json(null=True)
    before = UnicodeAttribute(null=True)
    hash = UnicodeAttribute(null=True)
    identifier = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    due_index = DueIndex()


class TimingItem(TableModel):
    """When a plan's messages were handed over and arrived, as JSON that zlib compressed.

    `counted` is the last whole count, as of `counted_at` (RFC 3339), and when the plan was `closed`, if so;
    `walk`, `begun_at` and `walk_closed` are the same of the present one. What there is not is empty. `step`
    rises with each write.
    """

    class Meta(TableMeta):
        """The table `alert-records`."""

        table_name = table("alert-records")

    alert_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    step = NumberAttribute(default=0)
    counted = BinaryAttribute(default=b"", legacy_encoding=False)
    counted_at = UnicodeAttribute(default="")
    closed = UnicodeAttribute(default="")
    walk = BinaryAttribute(default=b"", legacy_encoding=False)
    begun_at = UnicodeAttribute(default="")
    walk_closed = UnicodeAttribute(default="")


def beginning(alert_id: str) -> tuple[Head, str]:
    """How far an alert's record is, read consistently, and the identifier that it began with.

    Number 0 and no identifier where there is none yet.
    """
    item = _read(alert_id, HEAD)
    return (Head(int(item.number), str(item.hash)), str(item.identifier)) if item else (Head(0, ""), "")


def noted(alert_id: str, once: str) -> Entry | None:
    """The entry of what is noted once only; None while it is not."""
    found = _read(alert_id, f"{ONCE}#{once}")
    item = _read(alert_id, _part(int(found.number))) if found else None
    return _entry(item) if item else None


def read(alert_id: str) -> Record:
    """An alert's record, read consistently, the head first."""
    head, identifier = beginning(alert_id)
    found = RecordItem.query(alert_id, RecordItem.part.between(FIRST, LAST), consistent_read=True)
    return Record(alert_id, identifier, tuple(map(_entry, found)), head)


def append(entry: Entry, *, identifier: str, once: str, wiring: Wiring) -> bool:
    """Writes an entry behind the one before it, and that of a `once` key on condition that it is the first.

    False, and nothing is written, where somebody else was faster. The watch looks at the alert.
    """
    new = RecordItem.part.does_not_exist()
    same = RecordItem.number == entry.number - 1 if entry.number > 1 else new
    operations = [
        (RecordItem(entry.alert_id, _part(entry.number), **_facts(entry)), new),
        (
            RecordItem(entry.alert_id, HEAD, number=entry.number, hash=entry.hash, identifier=identifier),
            same,
        ),
        (RecordItem(entry.alert_id, LOOK, due=DUE, due_at=entry.at), None),
    ]
    if once:
        operations.append((RecordItem(entry.alert_id, f"{ONCE}#{once}", number=entry.number), new))
    puts = [
        {"Put": item.get_save_kwargs_from_instance(condition=condition)} for item, condition in operations
    ]
    try:
        dynamo.transact(wiring.dynamodb, puts)
    except dynamo.Cancelled:
        return False
    return True


def due(moment: str, *, limit: int) -> list[tuple[str, str]]:
    """Alerts to look at by a moment (RFC 3339, UTC), and since when they are due, the longest due first."""
    found = RecordItem.due_index.query(DUE, RecordItem.due_at <= moment, limit=limit)
    return [(item.alert_id, str(item.due_at)) for item in found]


def look_again(alert_id: str, *, was: str, at: str) -> bool:
    """Has the watch look at an alert again at a moment, or never; False if something was noted meanwhile."""
    item = RecordItem(alert_id, LOOK, due=DUE if at else None, due_at=at or None)
    return item.save_if(condition=RecordItem.due_at == was)


def timing(alert_id: str, plan_id: str) -> TimingItem:
    """When a plan's messages were handed over and arrived; an empty item, not yet written, where none is."""
    try:
        return TimingItem.get(alert_id, f"{TIMING}#{plan_id}", consistent_read=True)
    except TimingItem.DoesNotExist:
        return TimingItem(alert_id, f"{TIMING}#{plan_id}")


def keep_timing(item: TimingItem) -> bool:
    """Writes an item that was read and changed, if nobody else did meanwhile."""
    was = int(item.step)
    item.step = was + 1
    same = TimingItem.step == was if was else TimingItem.part.does_not_exist()
    return item.save_if(condition=same)


def _read(alert_id: str, part: str) -> RecordItem | None:
    try:
        return RecordItem.get(alert_id, part, consistent_read=True)
    except RecordItem.DoesNotExist:
        return None


def _part(number: int) -> str:
    return f"{number:08d}"


def _facts(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if name != "alert_id"}


def _entry(item: RecordItem) -> Entry:
    return Entry(
        alert_id=item.alert_id,
        number=int(item.number or 0),
        at=item.at or "",
        event=item.event or "",
        by=item.by or "",
        detail=item.detail or {},
        before=item.before or "",
        hash=item.hash or "",
    )
