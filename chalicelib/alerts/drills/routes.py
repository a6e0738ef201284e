"""The routes of drills."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.alerts.drills import plan, report, tables
from chalicelib.alerts.drills.model import Drill, Run
from chalicelib.alerts.record.report import report as record_of
from chalicelib.alerts.record.views import RecordView
from chalicelib.alerts.requests import Areas, Fields, WithoutPlace
from chalicelib.core.fields import Line, Moment, Slug
from chalicelib.core.http import Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import EMERGENCY_MANAGERS, VIEWERS, Mode

routes = Routes("drills", tag="Alerts")
ONE = "/v1/alerts/drills/{drill_id}"
EXERCISE = frozenset({str(Mode.EXERCISE)})
SHOWN_TIMES = 3
A_DAY = 1440


class NewDrill(Model):
    """A drill to plan: an alert of a pre-authorised template, to the exercise list in its areas."""

    name: Line
    department: Slug
    template: Slug
    fields: Fields = Field(default_factory=dict)
    areas: Areas
    without_place: WithoutPlace
    start_at: Moment
    repeat: Annotated[
        Literal["never", "weekly", "monthly", "yearly"],
        Field(description="At the same hour of the agency's clocks; a month without the day has its last."),
    ] = "never"
    remind_minutes: int = Field(
        A_DAY, ge=0, le=14 * A_DAY, description="How long before staff are reminded; 0: not at all."
    )


class DrillRun(Model):
    """One time that it was due."""

    at: str
    state: str = Field(description="begun, launched, failed, missed")
    alert_id: str | None
    why: str | None = Field(description="Why it failed: a code.")


class DrillView(Model):
    """A drill. `next` are the next few times."""

    id: str
    name: str
    department: str
    template: str
    start_at: str
    repeat: str
    remind_minutes: int
    created_at: str
    created_by: str
    next: list[str]
    runs: list[DrillRun]


class ReportQuery(Model):
    """Which of the `runs`, counted from 0; the last one that was launched if left out."""

    run: int | None = Field(None, ge=0)


class ParticipantView(Model):
    """One who took part; `answer` is their latest."""

    subscriber_id: str
    channels: list[str]
    answer: str | None
    answered_after_seconds: int | None


class DrillReport(Model):
    """What became of a drill: the record of its alert, and up to 5,000 messages person by person."""

    alert_id: str
    took_part: int
    answered: int
    participants: list[ParticipantView]
    record: RecordView


@routes.staff("GET", "/v1/alerts/drills", roles=VIEWERS, query=Listing, returns=PageOf[DrillView])
def list_drills(call: Call) -> PageOf[DrillView]:
    """Lists the drills of all departments, the newest first."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one, call) for one in page.items], next=page.next)


@routes.staff(
    "POST",
    "/v1/alerts/drills",
    roles=EMERGENCY_MANAGERS,
    modes=EXERCISE,
    body=NewDrill,
    returns=DrillView,
    status=201,
)
def plan_drill(call: Call) -> DrillView:
    """Plans a drill, with a key of mode exercise; it launches by itself."""
    body = call.body
    drill = plan.plan(
        name=body.name,
        department=body.department,
        template=body.template,
        given={"fields": body.fields, "areas": body.areas, "without_place": body.without_place},
        start_at=body.start_at,
        repeat=body.repeat,
        remind_minutes=body.remind_minutes,
        actor=call.actor,
        now=call.now,
        wiring=call.wiring,
    )
    return _view(drill, call)


@routes.staff("GET", ONE, roles=VIEWERS, returns=DrillView)
def show_drill(call: Call, drill_id: str) -> DrillView:
    """Shows a drill."""
    return _view(tables.read(drill_id), call)


@routes.staff("DELETE", ONE, roles=EMERGENCY_MANAGERS, modes=EXERCISE, status=204)
def call_off_drill(call: Call, drill_id: str) -> None:
    """Calls a drill off: nothing more is launched. To change one, plan it anew."""
    plan.call_off(drill_id, actor=call.actor)


@routes.staff("GET", f"{ONE}/report", roles=VIEWERS, query=ReportQuery, returns=DrillReport)
def report_drill(call: Call, drill_id: str) -> DrillReport:
    """Reports a drill: who took part, how long it took, who answered."""
    alert_id = report.alert_of(tables.read(drill_id), call.query.run)
    people = report.participants(alert_id, wiring=call.wiring)
    return DrillReport(
        alert_id=alert_id,
        took_part=len(people),
        answered=sum(bool(one.answer) for one in people),
        participants=[_participant(one) for one in people],
        record=record_of(alert_id, now=call.now, wiring=call.wiring),
    )


def _view(drill: Drill, call: Call) -> DrillView:
    zone = call.wiring.settings.time_zone
    return DrillView(
        id=drill.id,
        name=drill.name,
        department=drill.department,
        template=drill.template,
        start_at=drill.first_at,
        repeat=drill.repeat,
        remind_minutes=drill.remind_minutes,
        created_at=drill.created_at,
        created_by=drill.created_by,
        next=plan.next_times(drill, count=SHOWN_TIMES, time_zone=zone),
        runs=[_run(one) for one in drill.runs],
    )


def _run(run: Run) -> DrillRun:
    return DrillRun(at=run.at, state=run.state, alert_id=run.alert_id or None, why=run.why or None)


def _participant(one: report.Participant) -> ParticipantView:
    return ParticipantView(
        subscriber_id=one.subscriber_id,
        channels=list(one.channels),
        answer=one.answer or None,
        answered_after_seconds=one.answered_after_s,
    )
