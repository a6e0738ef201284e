"""Planning a drill, and calling it off."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts import draft
from chalicelib.alerts.drills import schedule, tables
from chalicelib.alerts.drills.model import Drill
from chalicelib.alerts.drills.run import given as given_of
from chalicelib.core import ids
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring

FURTHEST = timedelta(days=366)


def plan(
    *,
    name: str,
    department: str,
    template: str,
    given: Mapping[str, Any],
    start_at: str,
    repeat: str,
    remind_minutes: int,
    actor: Actor,
    now: datetime,
    wiring: Wiring,
) -> Drill:
    """Plans a drill: all that its alert will need is looked at now.

    Raises Forbidden (`wrong-department`); InvalidFields, also (`/template`) for one that no approver lets one
    person launch, and (`/start_at`) for a moment that is past or more than a year away.
    """
    actor.require_department(department)
    drill = Drill(
        id=ids.time_ordered_id(now),
        name=name,
        department=department,
        template=template,
        given=given,
        first_at=start_at,
        repeat=repeat,
        remind_minutes=remind_minutes,
        created_at=rfc3339(now),
        created_by=actor.staff_id,
        next_at=start_at,
    )
    if not now < parse_rfc3339(start_at) <= now + FURTHEST:
        raise InvalidFields(FieldError("/start_at", "Give a moment to come, within a year."))
    made = draft.composed(given_of(drill), actor=actor, now=now, wiring=wiring)
    if not made.pre_authorised:
        why = "It launches by itself: an approver must first let one person launch this template."
        raise InvalidFields(FieldError("/template", why))
    tables.add(drill)
    return drill


def call_off(drill_id: str, *, actor: Actor) -> None:
    """Deletes a drill; what it launched stays. Raises NotFound, Forbidden (`wrong-department`)."""
    drill = tables.read(drill_id)
    actor.require_department(drill.department)
    tables.remove(drill.id)


def next_times(drill: Drill, *, count: int, time_zone: str) -> list[str]:
    """The next few times, for staff to look at before they rely on them."""
    found: list[str] = []
    moment = parse_rfc3339(drill.next_at) if drill.next_at else None
    while moment and len(found) < count:
        found.append(rfc3339(moment))
        moment = schedule.after(parse_rfc3339(drill.first_at), drill.repeat, moment, time_zone=time_zone)
    return found
