"""The table `alerts`, and every query on it.

ID               one alert, whole
active#ID        a live alert that is in force: what everybody may read, and nothing else does
cap#HASH         sender and identifier of an alert's CAP message: no two alerts have the same
"""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.alerts.canary.model import CANARY, KEPT
from chalicelib.alerts.cap.model import Reference
from chalicelib.alerts.model import Alert
from chalicelib.core import dynamo, ids
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.plain_attributes import Json
from chalicelib.core.tables import DUE, DueIndex, ListIndex, Page, TableMeta, TableModel, list_page, table
from chalicelib.core.wiring import Wiring

ALERTS, IN_FORCE, PAST, PUBLISHING = "alert", "in force", "past", "publishing"
OVERTAKEN = "changed-meanwhile"
MAX_BYTES = 380_000
"""What an item (400 kB in DynamoDB) can hold of an alert."""


class AlertItem(TableModel):
    """One alert. Ids are time-ordered, and alerts are listed by them.

    Canaries are listed apart, and go at `expires_at` (epoch seconds); no other alert does.
    """

    class Meta(TableMeta):
        """The table `alerts`."""

        table_name = table("alerts")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(null=True)
    sort = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    alert: Json = Json(null=True)
    names = UnicodeAttribute(null=True)
    replaced_by = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    due_index = DueIndex()
    list_index = ListIndex()


def read(alert_id: str) -> Alert:
    """An alert, read consistently. Raises NotFound."""
    try:
        if ids.is_id(alert_id):
            return _alert(AlertItem.get(alert_id, consistent_read=True))
    except AlertItem.DoesNotExist:
        pass
    raise NotFound("No alert has this id.")


def page(*, limit: int, cursor: str | None) -> Page[Alert]:
    """One page of alerts, the newest first."""
    found = list_page(AlertItem.list_index, ALERTS, limit=limit, cursor=cursor)
    return Page([_alert(item) for item in found.items], found.next)


def named(reference: Reference) -> str | None:
    """The id of the alert that a CAP message became, or None."""
    try:
        return str(AlertItem.get(_cap(reference), consistent_read=True).names)
    except AlertItem.DoesNotExist:
        return None


def active() -> list[Alert]:
    """All live alerts that are in force, the newest first."""
    return _whole(AlertItem.list_index.query(IN_FORCE, scan_index_forward=False))


def add(alert: Alert, *, wiring: Wiring) -> None:
    """Writes a new alert and the name of its CAP message.

    Raises Conflict (`message-known`) where an alert was made from this message before.
    """
    new = AlertItem.id.does_not_exist()
    try:
        dynamo.transact(wiring.dynamodb, [_put(_item(alert), new), _put(_name(alert), new)])
    except dynamo.Cancelled as known:
        raise Conflict("An alert was made from this CAP message before.", code="message-known") from known


def replace(alert: Alert, *, was: Alert, wiring: Wiring) -> None:
    """Writes an alert over the one that was read, its CAP message's name with it.

    Raises Conflict (`changed-meanwhile`; `message-known` where another alert has this message).
    """
    same = (AlertItem.version == was.version) & (AlertItem.state == str(was.state))
    operations = [_put(_item(alert), same)]
    if _cap(alert.message.reference) != _cap(was.message.reference):
        operations.append(_put(_name(alert), AlertItem.id.does_not_exist()))
    try:
        dynamo.transact(wiring.dynamodb, operations)
    except dynamo.Cancelled as lost:
        if lost.failed() == [1]:
            raise Conflict("Another alert has this CAP message.", code="message-known") from lost
        raise changed_meanwhile() from lost


def remove(alert: Alert, *, wiring: Wiring) -> None:
    """Deletes an alert that is as it was read, and the name of its CAP message.

    Raises Conflict (`changed-meanwhile`).
    """
    same = (AlertItem.version == alert.version) & (AlertItem.state == str(alert.state))
    name = AlertItem(_cap(alert.message.reference))
    operations = [
        {"Delete": AlertItem(alert.id).get_delete_kwargs_from_instance(condition=same)},
        {"Delete": name.get_delete_kwargs_from_instance()},
    ]
    try:
        dynamo.transact(wiring.dynamodb, operations)
    except dynamo.Cancelled as lost:
        raise changed_meanwhile() from lost


def list_active(alert: Alert) -> None:
    """Lists an alert among those in force, which everybody may read; again is harmless.

    Raises ValueError unless it is live.
    """
    if alert.mode != "live":
        raise ValueError("only what is live is public")
    _public(alert, IN_FORCE).save()


def list_over(alert: Alert) -> None:
    """Lists an alert that tells of no danger any more among those that are over; again is harmless.

    Raises ValueError unless it is live.
    """
    if alert.mode != "live":
        raise ValueError("only what is live is public")
    _public(alert, PAST).save()


def unlist(alert: Alert, *, by: str = "") -> None:
    """Moves an alert to those that are over, if it was in force; `by` is the id of what replaced it."""
    item = _public(alert, PAST)
    item.replaced_by = by or None
    item.save_if(condition=AlertItem.id.exists())


def past(*, limit: int, cursor: str | None = None) -> Page[Alert]:
    """One page of the live alerts that are over, the newest first. Raises BadRequest (`bad-cursor`)."""
    found = list_page(AlertItem.list_index, PAST, limit=limit, cursor=cursor)
    return Page(_whole(found.items), found.next)


def public(alert_id: str) -> tuple[Alert, Alert | None]:
    """A live alert that was launched, and the one that followed it. Raises NotFound for any other."""
    try:
        item = AlertItem.get(f"public#{alert_id}", consistent_read=True)
    except AlertItem.DoesNotExist:
        raise NotFound("No alert has this id.") from None
    return read(alert_id), read(item.replaced_by) if item.replaced_by else None


def note_publishing(until: str) -> None:
    """Notes until when (RFC 3339) the watch writes what is public again, whatever is in force."""
    AlertItem(PUBLISHING, until=until).save()


def publishing_until() -> str:
    """Until when; empty where nothing was ever public."""
    try:
        return str(AlertItem.get(PUBLISHING, consistent_read=True).until)
    except AlertItem.DoesNotExist:
        return ""


def _whole(listed: Iterable[AlertItem]) -> list[Alert]:
    """The alerts that public items name, in their order."""
    names = [str(item.names) for item in listed]
    found = {item.id: _alert(item) for item in AlertItem.batch_get(names, consistent_read=True)}
    return [found[one] for one in names if one in found]


def _public(alert: Alert, kind: str) -> AlertItem:
    return AlertItem(f"public#{alert.id}", list=kind, sort=alert.id, names=alert.id)


def due(moment: str, *, limit: int) -> list[str]:
    """Ids of alerts to look after by a moment (RFC 3339, UTC), the longest due first.

    The index is a moment behind: read each again.
    """
    found = AlertItem.due_index.query(DUE, AlertItem.due_at <= moment, limit=limit, attributes_to_get=["id"])
    return [item.id for item in found]


def changed_meanwhile() -> Conflict:
    """The refusal of a change that another one has overtaken."""
    return Conflict("This alert was changed meanwhile; read it again.", code=OVERTAKEN)


def _put(item: AlertItem, condition: Any) -> dynamo.Item:
    return {"Put": item.get_save_kwargs_from_instance(condition=condition)}


def _cap(reference: Reference) -> str:
    """The identifier is unique to its sender (3.2.1): what comes under it again is the same message."""
    return f"cap#{sha256(f'{reference.sender},{reference.identifier}'.encode()).hexdigest()}"


@cache
def _kind() -> TypeAdapter[Alert]:
    return TypeAdapter(Alert)


def _item(alert: Alert) -> AlertItem:
    """Raises InvalidFields (`/areas`) for an alert that no item can hold: its borders take the most."""
    document = _kind().dump_python(alert, mode="json")
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        why = f"With its areas in each language, it takes {size:,} bytes; {MAX_BYTES:,} is the most."
        raise InvalidFields(FieldError("/areas", why))
    return AlertItem(
        alert.id,
        list=CANARY if alert.source == CANARY else ALERTS,
        sort=alert.id,
        state=str(alert.state),
        version=alert.version,
        alert=document,
        due=DUE if alert.due_at else None,
        due_at=alert.due_at or None,
        expires_at=_expires_at(alert),
    )


def _name(alert: Alert) -> AlertItem:
    return AlertItem(_cap(alert.message.reference), names=alert.id, expires_at=_expires_at(alert))


def _expires_at(alert: Alert) -> int | None:
    return epoch(parse_rfc3339(alert.created_at) + KEPT) if alert.source == CANARY else None


def _alert(item: AlertItem) -> Alert:
    return _kind().validate_python(item.alert)
