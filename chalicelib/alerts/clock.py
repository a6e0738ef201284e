"""The clock of an approval: who is asked, when the next one is, and when nobody is left.

Those whom the alert or its template names are asked one after the other, then all approvers of its department
at once; where nobody is named, all are asked from the beginning. Each has the same time. When all were asked
and their time is over too, an alarm goes off: the alert waits, and somebody must break the glass or call.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts import release, tables
from chalicelib.alerts.model import LAUNCHED, SUBMITTED, Alert
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.tell import tell
from chalicelib.core import staff_admin
from chalicelib.core.clock import rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.staff import APPROVERS, Role
from chalicelib.core.staff_tables import StaffItem
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.markdown import escape

PAGE = 100
NAMED_IN_RECORD = 20


def ask(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    """Asks those whose turn it is, and sets the clock for the next; with nobody left, raises the alarm.

    On condition of the alert's version: of several at once, one asks. Raises Conflict for the others.
    """
    turns = list(_turns(alert, approvers(alert.department)))
    if alert.asked >= len(turns):
        return _nobody_left(alert, now=now, wiring=wiring)
    minutes = alert.approval_minutes or wiring.settings.approval_minutes
    due_at = rfc3339(now + timedelta(minutes=minutes))
    asked = replace(alert, asked=alert.asked + 1, due_at=due_at, version=alert.version + 1)
    tables.replace(asked, was=alert, wiring=wiring)
    people, once = turns[alert.asked], f"asked#{_submission(alert)}#{asked.asked}"
    _question(alert, people, once=once, now=now, wiring=wiring)
    if alert.asked:
        detail = {"turn": asked.asked, "asked": [person.id for person in people][:NAMED_IN_RECORD]}
        note(alert.id, Event.APPROVAL_PASSED_ON, detail=detail, once=once, now=now, wiring=wiring)
    return asked


def tell_all(alert: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Tells every approver of the department, once, that somebody broke the glass, and why."""
    launched = alert.steps[LAUNCHED]
    who = escape(staff_admin.get(launched.by).name)
    body = (
        f"**{who}** launched “{escape(alert.event)}” without approval.\n\n"
        f"The reason given: {escape(launched.reason)}\n\n{_where(alert)}"
    )
    people, subject = approvers(alert.department), f"The glass was broken: {alert.event}"
    once = f"glass#{alert.plan_id}"
    tell(people, alert, subject=subject, body=body, once=once, now=now, wiring=wiring)


def approvers(department: str) -> list[StaffItem]:
    """Everybody active who may approve for a department, the longest there first."""
    return [person for person in _staff() if _may_approve(person, department)]


def _turns(alert: Alert, everybody: Sequence[StaffItem]) -> Iterator[Sequence[StaffItem]]:
    """Who is asked, turn by turn: those named, then all; never who wrote or submitted it."""
    own = release.own_people(alert)
    able = {person.id: person for person in everybody if person.id not in own}
    yield from ([able[one]] for one in alert.approvers if one in able)
    if able:
        yield list(able.values())


def _nobody_left(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    over = replace(alert, due_at="", version=alert.version + 1)
    tables.replace(over, was=alert, wiring=wiring)
    logger.warning("alert-approval-ran-out", alert=alert.id, mode=alert.mode, asked=alert.asked)
    detail = {"why": "approval-ran-out", "asked": alert.asked}
    once = f"ran-out#{_submission(alert)}"
    note(alert.id, Event.ALARM, detail=detail, once=once, now=now, wiring=wiring)
    return over


def _question(alert: Alert, people: Sequence[StaffItem], *, once: str, now: datetime, wiring: Wiring) -> None:
    seen = alert.preview
    reached = f"{seen.people:,} people" if seen else "its people"
    headline = escape(alert.words[alert.default_language].subject)
    body = (
        f"“{headline}” waits for your approval. It would go to {reached} on "
        f"{', '.join(alert.channels)}.\n\n{_where(alert)}"
    )
    subject = f"Please approve: {alert.event}"
    tell(people, alert, subject=subject, body=body, once=once, now=now, wiring=wiring)


def _where(alert: Alert) -> str:
    return f"Alert {alert.id}, department {alert.department}, mode {alert.mode}."


def _submission(alert: Alert) -> str:
    """Which submission this is of: each has its own clock."""
    step = alert.steps.get(SUBMITTED)
    return step.at if step else alert.created_at


def _may_approve(person: StaffItem, department: str) -> bool:
    roles = set(person.roles)
    acts = Role.ADMIN in roles or department in person.departments
    return bool(person.active and roles & APPROVERS and acts)


def _staff() -> list[StaffItem]:
    people: list[StaffItem] = []
    cursor: str | None = None
    while True:
        page = staff_admin.page(limit=PAGE, cursor=cursor)
        people += page.items
        cursor = page.next
        if cursor is None:
            return people[::-1]
