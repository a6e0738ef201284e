"""Taking the place of an earlier alert: what an update follows is sent to nobody more."""

from dataclasses import replace
from datetime import datetime

from chalicelib.alerts import posting, tables
from chalicelib.alerts.model import LAUNCHED, OVER, Alert, Step
from chalicelib.alerts.public.publish import withdraw
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.states import ACTIVE, State
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control


def take_place(newer: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Stops what a launched update follows, and says so everywhere; once more is harmless."""
    alert, launched = tables.read(newer.follows), newer.steps[LAUNCHED]
    if alert.plan_id:
        control.cancel(alert.plan_id, wiring=wiring)
    if alert.state in ACTIVE:
        over = Step(launched.by, rfc3339(now), f"updated by {newer.id}")
        ended = replace(
            alert,
            state=State.ENDED,
            followed_by=newer.id,
            version=alert.version + 1,
            steps={**alert.steps, OVER: over},
            due_at="",
        )
        tables.replace(ended, was=alert, wiring=wiring)
    note(
        alert.id,
        Event.UPDATED,
        by=launched.by,
        detail={"by": newer.id},
        once=newer.id,
        now=now,
        wiring=wiring,
    )
    withdraw(alert, by=newer.id, now=now, wiring=wiring)
    posting.correct(newer, now=now, wiring=wiring)
