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
from chalicelib.core import staff_admin
from chalicelib.core.clock import rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.staff import APPROVERS, Mode, Role
from chalicelib.core.staff_tables import StaffItem
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import markdown
from chalicelib.delivery.notify import notify

PAGE = 100


def ask(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    """Asks those whose turn it is, and sets the clock for the next; with nobody left, raises the alarm.

    On condition of the alert's version: of several at once, one asks. Raises Conflict for the others.
    """
    turns = list(_turns(alert))
    if alert.asked >= len(turns):
        return _nobody_left(alert, now=now, wiring=wiring)
    due_at = rfc3339(now + timedelta(minutes=alert.approval_minutes or wiring.settings.approval_minutes))
    asked = replace(alert, asked=alert.asked + 1, due_at=due_at, version=alert.version + 1)
    tables.replace(asked, was=alert, wiring=wiring)
    people = turns[alert.asked]
    for person in people:
        _tell(alert, person, *_question(alert), once=f"{alert.asked}", wiring=wiring)
    if alert.asked:
        detail = {"turn": asked.asked, "asked": [person.id for person in people][:20]}
        note(
            alert.id,
            Event.APPROVAL_PASSED_ON,
            detail=detail,
            once=f"asked#{_submission(alert)}#{asked.asked}",
            now=now,
            wiring=wiring,
        )
    return asked


def tell_all(alert: Alert, *, wiring: Wiring) -> None:
    """Tells every approver of the department, once, that somebody broke the glass, and why."""
    launched = alert.steps[LAUNCHED]
    who = markdown.escape(staff_admin.get(launched.by).name)
    subject = f"{_of_mode(alert)}The glass was broken: {alert.event}"
    body = (
        f"**{who}** launched “{markdown.escape(alert.event)}” without approval.\n\n"
        f"The reason given: {markdown.escape(launched.reason)}\n\n{_where(alert)}"
    )
    for person in approvers(alert.department):
        _tell(alert, person, subject, body, once=f"glass#{alert.plan_id}", wiring=wiring)


def approvers(department: str) -> list[StaffItem]:
    """Everybody active who may approve for a department, the longest there first."""
    return [person for person in _staff() if _may_approve(person, department)]


def _turns(alert: Alert) -> Iterator[Sequence[StaffItem]]:
    """Who is asked, turn by turn: those named, then all; never who wrote or submitted it."""
    own = release.own_people(alert)
    everybody = [person for person in approvers(alert.department) if person.id not in own]
    named = {person.id: person for person in everybody}
    yield from ([named[one]] for one in alert.approvers if one in named)
    if everybody:
        yield everybody


def _nobody_left(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    over = replace(alert, due_at="", version=alert.version + 1)
    tables.replace(over, was=alert, wiring=wiring)
    logger.warning("alert-approval-ran-out", alert=alert.id, mode=alert.mode, asked=alert.asked)
    once = f"ran-out#{_submission(alert)}"
    detail = {"why": "approval-ran-out", "asked": alert.asked}
    note(alert.id, Event.ALARM, detail=detail, once=once, now=now, wiring=wiring)
    return over


def _question(alert: Alert) -> tuple[str, str]:
    seen = alert.preview
    people = f"{seen.people:,} people" if seen else "its people"
    subject = f"{_of_mode(alert)}Please approve: {alert.event}"
    headline = alert.words[alert.default_language].subject
    body = (
        f"“{markdown.escape(headline)}” waits for your approval. It would go to {people} on "
        f"{', '.join(alert.channels)}.\n\n{_where(alert)}"
    )
    return subject, body


def _where(alert: Alert) -> str:
    return f"Alert {alert.id}, department {alert.department}, mode {alert.mode}."


def _of_mode(alert: Alert) -> str:
    return "" if alert.mode == Mode.LIVE else f"{alert.mode.upper()}: "


def _tell(alert: Alert, person: StaffItem, subject: str, body: str, *, once: str, wiring: Wiring) -> None:
    """Mails one of the staff, once; in mode test nothing leaves. That it fails keeps no other from it."""
    if alert.mode == Mode.TEST:
        return
    try:
        notify(
            recipient_id=person.id,
            channel="email",
            address=person.email,
            language=wiring.settings.default_language,
            subject=subject[:200],
            body_markdown=body,
            sms="",
            kind="alert-approval",
            idempotency=f"{alert.id}:{_submission(alert)}:{once}:{person.id}",
            wiring=wiring,
        )
    except Exception as error:  # noqa: BLE001 - the others must be told, and the clock goes on
        logger.failure("approver-not-told", error, alert=alert.id, staff=person.id)


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
