"""The table `alert-records`, and every query on it. Nothing in it is changed but the head.

00000001 …     an entry, by its number
head           how far the record is
once#KEY       the entry of a thing that is noted once only
"""

from dataclasses import asdict
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.alerts.record.model import Entry, Head
from chalicelib.core import dynamo
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import TableMeta, TableModel, table
from chalicelib.core.wiring import Wiring

HEAD, ONCE = "head", "once"
FIRST, LAST = "0", "9" * 9


class RecordItem(TableModel):
    """One item of an alert's record; which, says its part."""

    class Meta(TableMeta):
        """The table `alert-records`."""

        table_name = table("alert-records")

    alert_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    number = NumberAttribute()
    at = UnicodeAttribute(null=True)
    event = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    detail: Json = Json(null=True)
    before = UnicodeAttribute(null=True)
    hash = UnicodeAttribute(null=True)


def head(alert_id: str) -> Head:
    """How far an alert's record is, read consistently; number 0 where there is none yet."""
    item = _read(alert_id, HEAD)
    return Head(int(item.number), str(item.hash)) if item else Head(0, "")


def noted(alert_id: str, once: str) -> Entry | None:
    """The entry of what is noted once only; None while it is not."""
    found = _read(alert_id, f"{ONCE}#{once}")
    item = _read(alert_id, _part(int(found.number))) if found else None
    return _entry(item) if item else None


def entries(alert_id: str) -> list[Entry]:
    """All entries of an alert's record in order, read consistently."""
    found = RecordItem.query(alert_id, RecordItem.part.between(FIRST, LAST), consistent_read=True)
    return [_entry(item) for item in found]


def append(entry: Entry, *, once: str, wiring: Wiring) -> bool:
    """Writes an entry behind the one before it, and that of a `once` key on condition that it is the first.

    False, and nothing is written, where somebody else was faster.
    """
    new = RecordItem.part.does_not_exist()
    same = RecordItem.number == entry.number - 1 if entry.number > 1 else new
    moved = RecordItem(entry.alert_id, HEAD, number=entry.number, hash=entry.hash)
    operations = [
        (RecordItem(entry.alert_id, _part(entry.number), **_facts(entry)), new),
        (moved, same),
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
        number=int(item.number),
        at=item.at or "",
        event=item.event or "",
        by=item.by or "",
        detail=item.detail or {},
        before=item.before or "",
        hash=item.hash or "",
    )
