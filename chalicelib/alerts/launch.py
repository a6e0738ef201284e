"""Launching: the alert is handed to the engine, once.

First everybody who would get it is counted again, over the expression that the preview froze: a count that
differs halts the alert, and nothing is sent. Then the alert is marked as sending, with the id of its plan;
then the plan is made under that id. A crash in between leaves an alert whose launch the watch ends, or
whoever launches it again, by making the plan that was missing. Of a launch and a cancel at the same moment,
the cancel wins.
"""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts import access, clock, posting, release, renditions, states, tables, times
from chalicelib.alerts.follow import run
from chalicelib.alerts.follow.place import take_place
from chalicelib.alerts.model import HALTED, LAUNCHED, Alert, Counting, Preview, Step
from chalicelib.alerts.preview import QUEUE
from chalicelib.alerts.public.publish import show
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.standing import plan_progress
from chalicelib.alerts.states import State
from chalicelib.alerts.templates import tables as templates
from chalicelib.core import departments, ids
from chalicelib.core.brands import branded
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor, Mode
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control, counts
from chalicelib.delivery import launch as engine
from chalicelib.delivery.choose import EMERGENCY
from chalicelib.delivery.counting import Tally

LAUNCH, BREAK_GLASS = "launch", "break-glass"
LANE = "urgent"
CUT_SHORT_AFTER = timedelta(seconds=60)
"""When the watch looks whether a launch came to its end: later than the request's own time-out."""


def launch(alert_id: str, *, event: str, digest: str, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Starts an alert that a second person approved, or whose template lets one launch it.

    `event` is its name, typed; `digest` that of the preview that was looked at. The alert is then `sending`,
    or `counting` where there are more people than a request can wait for. Raises NotFound; Forbidden;
    InvalidFields (`/event`); Conflict for another state, `not-approved`, what `release.require_seen` says,
    and `count-differs`: it is halted.
    """
    alert = access.of_department_and_mode(alert_id, actor=actor)
    if _was_cut_short(alert, wiring=wiring):
        return hand_over(alert, now=now, wiring=wiring)
    states.require("launch", alert.state)
    release.require_agreed(alert, of_template=_still_authorised(alert))
    return start(alert, event=event, digest=digest, by=actor.staff_id, now=now, wiring=wiring)


def _still_authorised(alert: Alert) -> bool:
    """Whether what an approver agreed to at an alert's template still stands as the alert was made of it."""
    if not alert.pre_authorised:
        return False
    try:
        template = templates.read(alert.template)
    except NotFound:
        return False
    return template.pre_authorised and template.authorised_at <= alert.updated_at


def start(
    alert: Alert, *, event: str, digest: str, by: str, reason: str = "", now: datetime, wiring: Wiring
) -> Alert:
    """The same of an alert that may be launched; with a `reason`, by breaking the glass."""
    seen = release.require_seen(alert, event=event, digest=digest, now=now, settings=wiring.settings)
    request = {
        "audience": seen.audience,
        "channels": sorted(alert.channels),
        "scope": EMERGENCY,
        "alert": alert.id,
    }
    found = counts.count(request, queue=QUEUE, by=by, now=now, wiring=wiring)
    if not found.job:
        return counted(alert, found.tally, by=by, reason=reason, now=now, wiring=wiring)
    action = BREAK_GLASS if reason else LAUNCH
    counting = Counting(found.job, action, by, rfc3339(now), reason)
    begun = replace(alert, counting=counting, version=alert.version + 1)
    tables.replace(begun, was=alert, wiring=wiring)
    return begun


def counted(alert: Alert, tally: Tally, *, by: str, reason: str = "", now: datetime, wiring: Wiring) -> Alert:
    """Goes on with a launch whose people are counted again. Raises Conflict: `count-differs`, a lost race."""
    seen = alert.preview
    if seen is None:
        raise Conflict("It was changed meanwhile; make a new preview.", code="no-preview")
    messages = {channel: sum(languages.values()) for channel, languages in tally.messages.items()}
    if release.differs(seen, tally.people, messages, alert.tolerance):
        raise _halted(alert, seen, tally.people, by=by, now=now, wiring=wiring)
    return hand_over(_marked(alert, by=by, reason=reason, now=now, wiring=wiring), now=now, wiring=wiring)


def hand_over(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    """Has the engine make the plan of an alert that is marked as sending; once more is harmless.

    What fails beside the messages themselves keeps nobody from getting them: the watch does it again.
    """
    engine.launch(_spec(alert, settings=wiring.settings), plan_id=alert.plan_id, now=now, wiring=wiring)
    current = tables.read(alert.id)
    if current.state in states.OVER:
        control.cancel(current.plan_id, wiring=wiring)
        return current
    try:
        _tell_everybody(current, now=now, wiring=wiring)
    except Exception as error:  # noqa: BLE001 - the messages are on their way; the watch repeats the rest
        logger.failure("alert-not-public", error, alert=alert.id)
        return current
    return _done(current, now=now, wiring=wiring)


def _was_cut_short(alert: Alert, *, wiring: Wiring) -> bool:
    """Whether an alert is marked as sending, and has no plan."""
    return alert.state == State.SENDING and plan_progress(alert, wiring=wiring) is None


def _tell_everybody(alert: Alert, *, now: datetime, wiring: Wiring) -> None:
    """The record; the approvers, where the glass was broken; the public page and accounts, if it is live."""
    launched = alert.steps[LAUNCHED]
    event = Event.BREAK_GLASS if alert.break_glass else Event.LAUNCHED
    detail = {"plan": alert.plan_id, "people": alert.preview.people if alert.preview else 0}
    note(alert.id, event, by=launched.by, detail=detail, once=Event.LAUNCHED, now=now, wiring=wiring)
    if alert.break_glass:
        clock.tell_all(alert, now=now, wiring=wiring)
    if alert.follows:
        take_place(alert, now=now, wiring=wiring)
    if alert.mode == Mode.LIVE:
        show(alert, now=now, wiring=wiring)
        posting.publish(alert, now=now, wiring=wiring)


def _done(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    """From now on the watch waits for the alert to expire, and runs again what follows another."""
    due_at = rfc3339(alert.expires_at) if alert.expires_at else ""
    if alert.follows:
        due_at = max(alert.due_at, rfc3339(now + run.LOOK))
    if alert.due_at == due_at:
        return alert
    done = replace(alert, due_at=due_at, version=alert.version + 1)
    try:
        tables.replace(done, was=alert, wiring=wiring)
    except Conflict:
        return tables.read(alert.id)
    return done


def _halted(alert: Alert, seen: Preview, people: int, *, by: str, now: datetime, wiring: Wiring) -> Conflict:
    """Halts an alert; the refusal that says both counts."""
    halted = replace(
        alert,
        state=State.HALTED,
        counting=None,
        version=alert.version + 1,
        steps={**alert.steps, HALTED: Step(by, rfc3339(now), f"{seen.people} people then, {people} now")},
        due_at="",
    )
    tables.replace(halted, was=alert, wiring=wiring)
    detail = {"previewed": seen.people, "counted": people}
    note(alert.id, Event.HALTED, by=by, detail=detail, now=now, wiring=wiring)
    return Conflict(
        f"The preview counted {seen.people:,} people, and now there are {people:,}: nothing was sent. "
        "Look at a new preview.",
        code="count-differs",
    )


def _marked(alert: Alert, *, by: str, reason: str, now: datetime, wiring: Wiring) -> Alert:
    """Marks an alert as sending. Raises Conflict for all but one of several at once."""
    message = alert.message
    if not alert.as_it_came:
        message = replace(message, sent=times.cap_time(now, wiring.settings))
    marked = replace(
        alert,
        message=message,
        state=State.SENDING,
        counting=None,
        break_glass=bool(reason),
        plan_id=ids.time_ordered_id(now),
        version=alert.version + 1,
        steps={**alert.steps, LAUNCHED: Step(by, rfc3339(now), reason)},
        due_at=rfc3339(now + CUT_SHORT_AFTER),
    )
    tables.replace(marked, was=alert, wiring=wiring)
    return marked


def _spec(alert: Alert, *, settings: Settings) -> engine.PlanSpec:
    seen = alert.preview
    assert seen is not None
    brand = branded(departments.brand_of(alert.department), settings)
    made = renditions.compiled(alert, settings=settings, brand=brand)
    return engine.PlanSpec(
        kind="alert",
        reference=alert.id,
        mode=alert.mode,
        lane=LANE,
        scope=EMERGENCY,
        audience=seen.audience,
        renditions=made.renditions,
        links=made.links,
        default_language=alert.default_language,
        sender_name=brand.sender_name,
        send_until=epoch(alert.expires_at) if alert.expires_at else 0,
        department=alert.department,
        instant=alert.steps[LAUNCHED].at,
        ladder=alert.ladder,
        bands=seen.bands,
        most=seen.people + math.floor(seen.people * alert.tolerance),
    )
