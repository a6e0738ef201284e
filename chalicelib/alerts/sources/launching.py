"""Launching what a source's rule says, step by step: preview, the approver's agreement, launch.

Each step is an alert's own, so the record shows the same as of an alert by hand: who got it was counted and
frozen, is counted again, and halts the alert where it differs. What cannot go on stays for people: a draft.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.alerts import launch, preview
from chalicelib.alerts import tables as alert_tables
from chalicelib.alerts.model import APPROVED, Alert, Step
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.sources import tables
from chalicelib.alerts.sources.model import Fate, Source
from chalicelib.alerts.sources.take import actor_of
from chalicelib.alerts.states import State
from chalicelib.core import audit
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.errors import CrierError, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring

ACTION = "alert source: launch"
AGAIN = timedelta(seconds=50)
"""While a large audience is counted, and after a fault of ours: the next minute looks again."""


class Held(Exception):
    """The alert is not launched by itself; the message is the code of why."""


def begin(source_id: str, alert_id: str, *, now: datetime) -> str:
    """Has an alert launched from this moment on, also if this process dies; the part that says so."""
    part = f"{tables.LAUNCH}{alert_id}"
    tables.look_at(source_id, rfc3339(now), part=part)
    return part


def go_on(source_id: str, part: str, *, wiring: Wiring) -> bool:
    """Takes an alert as far as it can go now; whether it was due."""
    now, alert_id = wiring.clock(), part.removeprefix(tables.LAUNCH)
    tables.look_at(source_id, rfc3339(now + AGAIN), part=part)
    try:
        source, alert = tables.read(source_id), alert_tables.read(alert_id)
        with audit.recorded(
            actor_of(source),
            ACTION,
            {"source_id": source_id, "alert_id": alert_id},
            now=now,
            reason=f"the rule of {source.rule.set_by}" if source.rule else None,
        ):
            if not _launched(alert, source, now=now, wiring=wiring):
                return True
        told = Fate.LAUNCHED, ""
    except NotFound:
        tables.look_at(source_id, "", part=part)
        return True
    except Held as held:
        told = Fate.DRAFT, str(held)
    except CrierError as refused:
        told = Fate.DRAFT, refused.code
    tables.look_at(source_id, "", part=part)
    _tell(source_id, alert, *told, wiring=wiring)
    return True


def _launched(alert: Alert, source: Source, *, now: datetime, wiring: Wiring) -> bool:
    """Takes the steps that are left; False while a count goes on. Raises Held, and as the steps do."""
    if alert.state == State.SENDING:
        return True
    if alert.counting:
        return False
    if alert.state not in (State.DRAFT, State.APPROVED) or alert.authors != (f"source:{source.id}",):
        raise Held("in-hand")
    if alert.preview is None:
        alert = preview.preview(alert.id, actor=actor_of(source), now=now, wiring=wiring)
    if alert.preview is None:
        return False
    if alert.state == State.DRAFT:
        alert = _agreed(alert, source, now=now, wiring=wiring)
    assert alert.preview is not None
    launched = launch.launch(
        alert.id,
        event=alert.event,
        digest=alert.preview.digest,
        actor=actor_of(source),
        now=now,
        wiring=wiring,
    )
    return bool(launched.state == State.SENDING)


def _agreed(alert: Alert, source: Source, *, now: datetime, wiring: Wiring) -> Alert:
    """The alert, approved by who set the rule: that person agreed to all that meets it.

    Raises Held where the rule has ended meanwhile, or launched as many today as it may.
    """
    rule = source.rule
    if rule is None:
        raise Held("no-rule")
    day = now.astimezone(ZoneInfo(wiring.settings.time_zone)).date().isoformat()
    if not tables.counted(source.id, day, most=rule.most_a_day, expires_at=epoch(now + timedelta(days=8))):
        logger.warning("alert-source-full", source=source.id, most=rule.most_a_day)
        raise Held("daily-limit")
    approved = replace(
        alert,
        state=State.APPROVED,
        version=alert.version + 1,
        steps={**alert.steps, APPROVED: Step(rule.set_by, rfc3339(now), "by the rule of its source")},
    )
    alert_tables.replace(approved, was=alert, wiring=wiring)
    detail = {"source": source.id, "rule_set_at": rule.set_at}
    note(alert.id, Event.APPROVED, by=rule.set_by, detail=detail, now=now, wiring=wiring)
    return approved


def _tell(source_id: str, alert: Alert, fate: Fate, why: str, *, wiring: Wiring) -> None:
    seen = tables.seen(source_id, alert.message.reference)
    if seen is None:
        return
    expires_at = epoch(wiring.clock() + timedelta(days=wiring.settings.retention_days))
    tables.note_seen(source_id, replace(seen, fate=str(fate), why=why), expires_at=expires_at)
    if fate != Fate.LAUNCHED:
        logger.warning("alert-source-not-launched", source=source_id, alert=alert.id, code=why)
