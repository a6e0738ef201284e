"""Answering the sender of an alert that came as CAP: an Ack, or an Error."""

from datetime import datetime

from chalicelib.alerts import access
from chalicelib.alerts.cap.model import ACK, Message
from chalicelib.alerts.cap.related import acknowledge, reject
from chalicelib.core import ids
from chalicelib.core.errors import Conflict
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring


def answer(alert_id: str, kind: str, note: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Message:
    """The message that tells a sender what became of its own; `kind` is `Ack` or `Error`.

    Raises NotFound, Forbidden; Conflict (`own-alert`) for an alert that was written here.
    """
    alert = access.of_department_and_mode(alert_id, actor=actor)
    if not alert.as_it_came:
        raise Conflict("This alert was written here; nobody sent it to us.", code="own-alert")
    make = acknowledge if kind == ACK else reject
    return make(
        alert.message,
        identifier=ids.time_ordered_id(now),
        sender=wiring.settings.cap_sender,
        note=note,
        now=now,
    )
