"""Cancelling an alert (it was wrong), and ending it (the danger is over): one call, of any approver.

Nothing more of it is claimed from then on, and the correction that was prepared with it goes out as an alert
of its own. So that it can be cut short anywhere, in this order: the plan is stopped; the alert is marked,
with the id of its correction; the plan is stopped once more, in case a launch made it in between; the
correction is written and handed over; everybody else is told. What was cut short after the mark, the watch
ends; before it, whoever called does so again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.alerts import access, posting, states, tables
from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.follow import run
from chalicelib.alerts.follow.message import all_clear, cancelling
from chalicelib.alerts.model import LAUNCHED, OVER, Alert, Step
from chalicelib.alerts.public.publish import show, withdraw
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.states import State
from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor, Mode
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control

TRIES = 5


@dataclass(frozen=True)
class _Way:
    """One way in which an alert is over."""

    action: str
    state: State
    event: Event
    message: Callable[..., Message]


CANCEL = _Way("cancel", State.CANCELLED, Event.CANCELLED, cancelling)
END = _Way("end", State.ENDED, Event.ENDED, all_clear)
BY_STATE = {way.state: way for way in (CANCEL, END)}


def cancel(alert_id: str, *, reason: str, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Cancels an alert: what was sent of it was wrong. One that was not launched is over without a word.

    Again is harmless. Raises NotFound, Forbidden, Conflict (`wrong-state`, `followed`, `correction`).
    """
    return _over(alert_id, CANCEL, reason=reason, actor=actor, now=now, wiring=wiring)


def end(alert_id: str, *, reason: str, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Ends an alert that was launched: the danger is over. As `cancel`."""
    return _over(alert_id, END, reason=reason, actor=actor, now=now, wiring=wiring)


def _over(alert_id: str, way: _Way, *, reason: str, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Others may change the alert at this moment (its launch does): whatever they do, it is over."""
    for last in (*[False] * (TRIES - 1), True):
        alert = access.of_department_and_mode(alert_id, actor=actor)
        if run.is_correction(alert):
            raise Conflict("This corrects another alert already; make a new one.", code="correction")
        run.require_latest(alert)
        if alert.state == way.state:
            return carry_out(alert, now=now, wiring=wiring)
        states.require(way.action, alert.state)
        if alert.plan_id:
            control.cancel(alert.plan_id, wiring=wiring)
        step = Step(actor.staff_id, rfc3339(now), reason)
        try:
            marked = _mark(alert, way.state, step, now=now, wiring=wiring)
        except Conflict:
            if last:
                raise
            continue
        return carry_out(marked, now=now, wiring=wiring)
    raise AssertionError  # the last try returns or raises


def _mark(alert: Alert, state: State, step: Step, *, now: datetime, wiring: Wiring) -> Alert:
    """Writes that an alert is over, and which alert corrects it where anybody may have got it."""
    marked = replace(
        alert,
        state=state,
        followed_by=ids.time_ordered_id(now) if alert.plan_id else "",
        counting=None,
        version=alert.version + 1,
        steps={**alert.steps, OVER: step},
        due_at=rfc3339(now),
    )
    tables.replace(marked, was=alert, wiring=wiring)
    return marked


def carry_out(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    """Does what follows for an alert that is marked as cancelled or ended; once more is harmless."""
    way, step = BY_STATE[State(alert.state)], alert.steps[OVER]
    if alert.plan_id:
        control.cancel(alert.plan_id, wiring=wiring)
    correction = None
    if alert.followed_by:
        correction = _correction(alert, way, now=now, wiring=wiring)
        run.hand_over(correction, now=now, wiring=wiring)
    try:
        _tell(alert, correction, way, step, now=now, wiring=wiring)
    except Exception as error:  # noqa: BLE001 - the messages are on their way; the watch repeats the rest
        logger.failure("correction-not-public", error, alert=alert.id)
        return alert
    return _done(alert, wiring=wiring)


def _correction(alert: Alert, way: _Way, *, now: datetime, wiring: Wiring) -> Alert:
    """The alert that corrects another, written if it is not there yet."""
    try:
        return tables.read(alert.followed_by)
    except NotFound:
        pass
    step = alert.steps[OVER]
    related = run.related(alert)
    at = rfc3339(now)
    made = Alert(
        id=alert.followed_by,
        event=alert.event,
        department=alert.department,
        mode=alert.mode,
        message=way.message(alert, related, identifier=alert.followed_by, now=now, settings=wiring.settings),
        words=alert.correction.cancel if way is CANCEL else alert.correction.end,
        default_language=alert.default_language,
        channels=alert.channels,
        state=State.SENDING,
        version=1,
        created_at=at,
        created_by=step.by,
        updated_at=at,
        updated_by=step.by,
        authors=(step.by,),
        template=alert.template,
        topics=alert.topics,
        areas=alert.areas,
        origin=alert.origin,
        without_place=alert.without_place,
        accounts=alert.accounts,
        follows=alert.id,
        plan_id=ids.time_ordered_id(now),
        steps={LAUNCHED: Step(step.by, at, step.reason)},
        due_at=rfc3339(now + run.LOOK),
    )
    try:
        tables.add(made, wiring=wiring)
    except Conflict:
        return tables.read(alert.followed_by)
    return made


def _tell(
    alert: Alert, correction: Alert | None, way: _Way, step: Step, *, now: datetime, wiring: Wiring
) -> None:
    """The records; the public page and the accounts, of what is live and was launched."""
    detail = {"correction": correction.id} if correction else {}
    note(alert.id, way.event, by=step.by, detail=detail, once=step.at, now=now, wiring=wiring)
    if correction is None:
        return
    plan = {"plan": correction.plan_id, "follows": alert.id}
    note(correction.id, Event.LAUNCHED, by=step.by, detail=plan, once=Event.LAUNCHED, now=now, wiring=wiring)
    if alert.mode == Mode.LIVE:
        withdraw(alert, by=correction.id, now=now, wiring=wiring)
        show(correction, now=now, wiring=wiring)
        posting.correct(correction, now=now, wiring=wiring)


def _done(alert: Alert, *, wiring: Wiring) -> Alert:
    """From now on the watch has nothing to do for it."""
    if not alert.due_at:
        return alert
    done = replace(alert, due_at="", version=alert.version + 1)
    try:
        tables.replace(done, was=alert, wiring=wiring)
    except Conflict:
        return tables.read(alert.id)
    return done
