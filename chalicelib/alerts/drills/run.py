"""Running drills: every minute, staff are reminded of those that are near, and those that are due go out.

A drill is an alert of mode exercise of a template that an approver let one person launch: whoever planned it
is that person. So it can reach the exercise list and nobody else, and what nobody agreed to is not sent.

First the run is written down, then the alert drafted, previewed and launched; a minute that was cut short is
ended by the next one. What is begun twice is drafted twice, and launched once.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts import clock, draft, launch, preview
from chalicelib.alerts import tables as alerts
from chalicelib.alerts.drills import schedule, tables
from chalicelib.alerts.drills.model import FAILED, KEPT_RUNS, LAUNCHED, MISSED, Drill, Run
from chalicelib.alerts.model import Alert
from chalicelib.alerts.states import BEFORE
from chalicelib.core import staff_admin
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, CrierError, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor, Mode
from chalicelib.core.staff_tables import StaffItem
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import markdown
from chalicelib.delivery.notify import notify

AT_ONCE = 10
GIVEN_UP_AFTER = timedelta(minutes=30)
"""How long a run may wait for the count of its people."""


class DrillsFailed(Exception):
    """Some drills could not be looked after, and are tried again; the argument says how many."""


def run_due(*, wiring: Wiring) -> None:
    """Looks after the drills that are due. Raises DrillsFailed at its end, where one could not be."""
    due = tables.due(rfc3339(wiring.clock()), limit=AT_ONCE)
    if failed := sum(not _attended(drill_id, wiring=wiring) for drill_id in due):
        raise DrillsFailed(failed)


def _attended(drill_id: str, *, wiring: Wiring) -> bool:
    now = wiring.clock()
    try:
        drill = tables.read(drill_id)
        if schedule.due_at(drill) and schedule.due_at(drill) <= rfc3339(now):
            _attend(drill, now=now, wiring=wiring)
    except (NotFound, Conflict):
        return True
    except Exception as error:  # noqa: BLE001 - the others must not wait for this one
        logger.failure("drill-failed", error, drill=drill_id)
        return False
    return True


def _attend(drill: Drill, *, now: datetime, wiring: Wiring) -> None:
    if drill.open_run:
        _go_on(drill, drill.open_run, now=now, wiring=wiring)
    elif now < parse_rfc3339(drill.next_at):
        _remind(drill, wiring=wiring)
    else:
        _begin(drill, now=now, wiring=wiring)


def _begin(drill: Drill, *, now: datetime, wiring: Wiring) -> None:
    """Writes the run down, and the next time; then it is drafted and goes on."""
    due = parse_rfc3339(drill.next_at)
    missed = now - due > schedule.TOO_LATE
    following = schedule.after(
        parse_rfc3339(drill.first_at), drill.repeat, now, time_zone=wiring.settings.time_zone
    )
    run = Run(drill.next_at, MISSED) if missed else Run(drill.next_at)
    begun = replace(
        drill,
        runs=(*drill.runs, run)[-KEPT_RUNS:],
        next_at=rfc3339(following) if following else "",
        version=drill.version + 1,
    )
    tables.replace(begun, was=drill)
    if missed:
        logger.warning("drill-not-launched", drill=drill.id, why=MISSED)
    else:
        _go_on(begun, run, now=now, wiring=wiring)


def _go_on(drill: Drill, run: Run, *, now: datetime, wiring: Wiring) -> None:
    """Takes a run as far as it goes. What refuses an alert refuses the drill: it is not tried again."""
    try:
        actor = _who(drill)
        if not run.alert_id:
            alert = draft.create(given(drill), actor=actor, now=now, wiring=wiring)
            run = replace(run, alert_id=alert.id)
            drill = _with_run(drill, run)
        alert = _launched(alerts.read(run.alert_id), actor, now=now, wiring=wiring)
    except CrierError as refused:
        logger.warning("drill-not-launched", drill=drill.id, why=refused.code)
        _with_run(drill, replace(run, state=FAILED, why=refused.code))
        return
    if alert.state not in BEFORE:
        _with_run(drill, replace(run, state=LAUNCHED))
    elif now - parse_rfc3339(run.at) > GIVEN_UP_AFTER:
        logger.warning("drill-not-launched", drill=drill.id, why="counting")
        _with_run(drill, replace(run, state=FAILED, why="counting"))


def _launched(alert: Alert, actor: Actor, *, now: datetime, wiring: Wiring) -> Alert:
    """The alert launched; or as it is, while its people are counted."""
    if alert.state not in BEFORE or alert.counting:
        return alert
    if alert.preview is None:
        alert = preview.preview(alert.id, actor=actor, now=now, wiring=wiring)
    if alert.preview is None:
        return alert
    seen = alert.preview.digest
    return launch.launch(alert.id, event=alert.event, digest=seen, actor=actor, now=now, wiring=wiring)


def given(drill: Drill) -> Mapping[str, Any]:
    """What is given for a drill's alert."""
    return {**drill.given, "template": drill.template, "department": drill.department}


def _who(drill: Drill) -> Actor:
    """Who planned it, with a key of mode exercise. Raises Conflict where they left."""
    person = staff_admin.get(drill.created_by)
    if not person.active:
        raise Conflict("Whoever planned this drill has left; plan it anew.", code="planner-left")
    return Actor(
        staff_id=person.id,
        key_id=f"drill:{drill.id}",
        name=person.name,
        email=person.email,
        roles=frozenset(person.roles),
        departments=frozenset(person.departments),
        mode=str(Mode.EXERCISE),
    )


def _with_run(drill: Drill, run: Run) -> Drill:
    changed = replace(drill, runs=(*drill.runs[:-1], run), version=drill.version + 1)
    tables.replace(changed, was=drill)
    return changed


def _remind(drill: Drill, *, wiring: Wiring) -> None:
    """Tells approvers of the department, and who planned it, that a drill is near: once of each time."""
    reminded = replace(drill, reminded_at=drill.next_at, version=drill.version + 1)
    tables.replace(reminded, was=drill)
    people = {person.id: person for person in (*clock.approvers(drill.department), _planner(drill)) if person}
    for person in people.values():
        _tell(drill, person, wiring=wiring)


def _planner(drill: Drill) -> StaffItem | None:
    try:
        person = staff_admin.get(drill.created_by)
    except NotFound:
        return None
    return person if person.active else None


def _tell(drill: Drill, person: StaffItem, *, wiring: Wiring) -> None:
    from zoneinfo import ZoneInfo

    at = parse_rfc3339(drill.next_at).astimezone(ZoneInfo(wiring.settings.time_zone))
    name, when = markdown.escape(drill.name), f"{at:%Y-%m-%d %H:%M %Z}"
    body = (
        f"The drill “{name}” goes out to the exercise list on {when}, by itself.\n\n"
        f"To call it off, delete it: drill {drill.id}, department {drill.department}."
    )
    try:
        notify(
            recipient_id=person.id,
            channel="email",
            address=person.email,
            language=wiring.settings.default_language,
            subject=f"EXERCISE: {drill.name}, {when}"[:200],
            body_markdown=body,
            sms="",
            kind="drill-reminder",
            idempotency=f"{drill.id}:{drill.next_at}:{person.id}",
            wiring=wiring,
        )
    except Exception as error:  # noqa: BLE001 - the others must be told
        logger.failure("drill-reminder-failed", error, drill=drill.id, staff=person.id)
