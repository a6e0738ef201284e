"""Submitting, approving and rejecting an alert."""

from dataclasses import replace
from datetime import datetime

from chalicelib.alerts import access, clock, release, states, tables
from chalicelib.alerts.model import APPROVED, REJECTED, SUBMITTED, Alert, Step
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.states import State
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring

TRIES = 5
"""The clock may go on in the very moment of an approval: that must not cost it."""


def submit(alert_id: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Hands an alert that was previewed to whoever approves it, and asks the first approver.

    Raises NotFound; Forbidden; Conflict for another state, `no-preview`, `empty-audience`, `expired`.
    """
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("submit", alert.state)
    if alert.preview is None:
        raise Conflict("Nobody saw yet what this would send, and to whom: make a preview.", code="no-preview")
    if not alert.preview.people:
        raise Conflict("Nobody would get this; look at the areas and channels.", code="empty-audience")
    release.require_unexpired(alert, now=now)
    step = Step(actor.staff_id, rfc3339(now))
    kept = {name: one for name, one in alert.steps.items() if name != REJECTED}
    submitted = replace(
        alert,
        state=State.SUBMITTED,
        version=alert.version + 1,
        steps={**kept, SUBMITTED: step},
        asked=0,
        due_at=rfc3339(now),
    )
    tables.replace(submitted, was=alert, wiring=wiring)
    detail = {"digest": alert.preview.digest}
    note(alert.id, Event.SUBMITTED, by=actor.staff_id, detail=detail, now=now, wiring=wiring)
    return clock.ask(submitted, now=now, wiring=wiring)


def approve(alert_id: str, *, digest: str, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Approves what was submitted, by the digest of the preview that the approver looked at.

    Raises NotFound; Forbidden (`second-person`) for who wrote or submitted it; Conflict for another state,
    and (`preview-outdated`) for another digest.
    """
    for _ in range(TRIES):
        try:
            return _approve(alert_id, digest=digest, actor=actor, now=now, wiring=wiring)
        except Conflict as lost:
            if lost.code != tables.OVERTAKEN:
                raise
    raise tables.changed_meanwhile()


def _approve(alert_id: str, *, digest: str, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("approve", alert.state)
    release.require_other(alert, actor.staff_id)
    if alert.preview is None or alert.preview.digest != digest:
        raise Conflict("It is not what you looked at; look at its preview again.", code="preview-outdated")
    approved = replace(
        alert,
        state=State.APPROVED,
        version=alert.version + 1,
        steps={**alert.steps, APPROVED: Step(actor.staff_id, rfc3339(now))},
        due_at="",
    )
    tables.replace(approved, was=alert, wiring=wiring)
    note(alert.id, Event.APPROVED, by=actor.staff_id, detail={"digest": digest}, now=now, wiring=wiring)
    return approved


def reject(alert_id: str, *, reason: str, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Returns a submitted or approved alert to its authors, with the reason.

    Raises NotFound, Forbidden, Conflict.
    """
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("reject", alert.state)
    again = release.returned(alert)
    step = Step(actor.staff_id, rfc3339(now), reason)
    rejected = replace(again, version=alert.version + 1, steps={**again.steps, REJECTED: step})
    tables.replace(rejected, was=alert, wiring=wiring)
    note(alert.id, Event.REJECTED, by=actor.staff_id, now=now, wiring=wiring)
    return rejected
