"""The watch: every minute, looks after each alert that is due.

Harmless however often it runs, and at the same time: each change is made on condition of the alert's version.
What fails for one alert keeps no other, and is tried again by the next minute.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.alerts import clock, launch, tables
from chalicelib.alerts.answers import calls
from chalicelib.alerts.drills.run import run_due
from chalicelib.alerts.follow import correct, run
from chalicelib.alerts.model import OVER, Alert, Step
from chalicelib.alerts.public.publish import keep_published, withdraw
from chalicelib.alerts.record import watch as records
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.states import State
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring

AT_ONCE = 50
SYSTEM = "system"


BESIDE: tuple[Callable[..., object], ...] = (calls.send_again, run_due, keep_published)
"""What is to be done beside looking after single alerts."""


class WatchFailed(Exception):
    """Some alerts, or what is public of all, could not be looked after; the argument says how many."""


def watch(*, wiring: Wiring) -> int:
    """One round; answers how many alerts were looked after.

    Raises WatchFailed at its end, where one of them could not be, for the alarm.
    """
    due = tables.due(rfc3339(wiring.clock()), limit=AT_ONCE)
    failed = sum(not _attended(alert_id, now=wiring.clock(), wiring=wiring) for alert_id in due)
    failed += sum(not _done(part, wiring=wiring) for part in BESIDE)
    failed += records.look_after(wiring=wiring)
    if failed:
        raise WatchFailed(failed)
    return len(due)


def _done(part: Callable[..., object], *, wiring: Wiring) -> bool:
    """Does one of the things beside single alerts; what fails of it is tried again in a minute."""
    try:
        part(wiring=wiring)
    except Exception as error:  # noqa: BLE001 - the others must not wait for this one
        logger.failure("alert-watch-failed", error, part=part.__module__)
        return False
    return True


def _attended(alert_id: str, *, now: datetime, wiring: Wiring) -> bool:
    try:
        alert = tables.read(alert_id)
        if alert.due_at and alert.due_at <= rfc3339(now):
            _attend(alert, now=now, wiring=wiring)
    except (NotFound, Conflict):
        return True
    except Exception as error:  # noqa: BLE001 - the others must not wait for this one
        logger.failure("alert-watch-failed", error, alert=alert_id)
        return False
    return True


def _attend(alert: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Looks after one alert whose time has come."""
    if alert.state == State.SENDING and alert.expires_at and alert.expires_at <= now:
        alert = _expired(alert, now=now, wiring=wiring)
    if alert.state == State.EXPIRED:
        withdraw(alert, now=now, wiring=wiring)
        note(alert.id, Event.EXPIRED, once=Event.EXPIRED, now=now, wiring=wiring)
        tables.replace(replace(alert, version=alert.version + 1, due_at=""), was=alert, wiring=wiring)
    elif alert.state in correct.BY_STATE:
        correct.carry_out(alert, now=now, wiring=wiring)
    elif alert.state == State.SENDING:
        if alert.preview:
            alert = launch.hand_over(alert, now=now, wiring=wiring)
        if alert.follows and alert.state == State.SENDING:
            run.look_after(alert, now=now, wiring=wiring)
    elif alert.state == State.SUBMITTED:
        clock.ask(alert, now=now, wiring=wiring)


def _expired(alert: Alert, *, now: datetime, wiring: Wiring) -> Alert:
    """Ends an alert whose time is up. Its plan sends nothing more by itself; it stays due until all know."""
    over = replace(
        alert,
        state=State.EXPIRED,
        version=alert.version + 1,
        steps={**alert.steps, OVER: Step(SYSTEM, rfc3339(now))},
    )
    tables.replace(over, was=alert, wiring=wiring)
    return over
