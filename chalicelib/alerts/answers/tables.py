"""The table `help`: calls for help by person and alert, and every query on it.

A call stands in the list of its alert, `open#ALERT` or `taken#ALERT`, by when help was asked for.
"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.alerts.answers.model import HelpCall, Where
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import DUE, DueIndex, ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.core.wiring import Wiring

OPEN, TAKEN = "open", "taken"


class HelpItem(TableModel):
    """One call for help."""

    class Meta(TableMeta):
        """The table `help`."""

        table_name = table("help")

    subscriber_id = UnicodeAttribute(hash_key=True)
    alert_id = UnicodeAttribute(range_key=True)
    list = UnicodeAttribute()
    sort = UnicodeAttribute()
    call: Json = Json()
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()
    list_index = ListIndex()
    due_index = DueIndex()


def read(subscriber_id: str, alert_id: str) -> HelpCall | None:
    """A person's call in an alert, read consistently; None where there is none."""
    try:
        return _call(HelpItem.get(subscriber_id, alert_id, consistent_read=True))
    except HelpItem.DoesNotExist:
        return None


def write(call: HelpCall, *, was: HelpCall | None, now: datetime, wiring: Wiring) -> bool:
    """Writes a call in place of the one that was read (None: there was none); False where others did."""
    condition = HelpItem.call == _plain(was) if was else HelpItem.subscriber_id.does_not_exist()
    item = HelpItem(
        call.subscriber_id,
        call.alert_id,
        list=f"{TAKEN if call.taken_at else OPEN}#{call.alert_id}",
        sort=call.asked_at,
        call=_plain(call),
        due=DUE if call.due_at else None,
        due_at=call.due_at or None,
        expires_at=epoch(now + timedelta(days=wiring.settings.entry_days)),
    )
    return item.save_if(condition=condition)


def page(alert_id: str, kind: str, *, limit: int, cursor: str | None) -> Page[HelpCall]:
    """One page of an alert's calls that are `OPEN` or `TAKEN`, the first that was made first."""
    kept = f"{kind}#{alert_id}"
    found = list_page(HelpItem.list_index, kept, limit=limit, cursor=cursor, newest_first=False)
    return Page([_call(item) for item in found.items], found.next)


def due(moment: datetime, *, limit: int) -> list[tuple[str, str]]:
    """Persons and alerts of calls to look at by a moment, the longest due first."""
    found = HelpItem.due_index.query(DUE, HelpItem.due_at <= rfc3339(moment), limit=limit)
    return [(item.subscriber_id, item.alert_id) for item in found]


def of_person(subscriber_id: str) -> Iterator[HelpCall]:
    """A person's calls, by alert."""
    return map(_call, HelpItem.query(subscriber_id, consistent_read=True))


def erase(subscriber_id: str) -> int:
    """Erases a person's calls; how many there were."""
    found = list(HelpItem.query(subscriber_id, consistent_read=True))
    for item in found:
        item.delete()
    return len(found)


def _plain(call: HelpCall) -> dict[str, Any]:
    values = {one.name: getattr(call, one.name) for one in fields(HelpCall)}
    return {**values, "where": call.where._asdict()}


def _call(item: HelpItem) -> HelpCall:
    return HelpCall(**{**item.call, "where": Where(**item.call["where"])})
