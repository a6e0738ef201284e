"""The canary's flight: judges the run before, and begins the next.

A scheduled function cannot wait until a mail has arrived: what is begun now is judged in a quarter of an
hour. Each part that failed is told in the log, which raises an alarm; so does a time without a sound run,
whatever kept it away.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.alerts import draft, launch, preview
from chalicelib.alerts.canary import judge, person, tables, template
from chalicelib.alerts.canary.model import CANARY, DRAFTED, LAUNCHED, NOT_SOONER, PREVIEWED, Run
from chalicelib.alerts.model import Alert
from chalicelib.core import ids
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor, Mode, Role
from chalicelib.core.wiring import Wiring

PILOT = Actor(
    staff_id=CANARY,
    key_id=CANARY,
    name="Canary",
    email="",
    roles=frozenset({str(Role.EMERGENCY_MANAGER)}),
    departments=frozenset({CANARY}),
    mode=str(Mode.EXERCISE),
)
"""Who flies it: with a key of mode exercise, such as nobody holds. It can reach the exercise list only."""

RADIUS_KM = 1.0


def fly(*, wiring: Wiring) -> Run | None:
    """Judges the run before and begins the next; answers that, or None where it is too soon or not wanted."""
    now = wiring.clock()
    if not person.addresses(wiring.settings):
        return None
    before = tables.last()
    if before and now - parse_rfc3339(before.begun_at) < NOT_SOONER:
        return None
    if before and not before.judged_at:
        _judge(before, now=now, wiring=wiring)
    return _begin(now, wiring=wiring)


def _judge(run: Run, *, now: datetime, wiring: Wiring) -> None:
    """Says in the log how each part of a run went, and keeps it."""
    found = judge.look(run, now=now, wiring=wiring)
    judged = replace(run, parts=judge.judged(run, found), judged_at=rfc3339(now))
    tables.write(judged)
    for part in judged.parts:
        values = {
            "part": part.name,
            "channel": part.channel,
            "state": part.state,
            "seconds": part.seconds,
            "alert": run.alert_id,
        }
        if part.sound:
            logger.info("canary-part", **values)
        else:
            logger.warning("canary-failed", **values, stopped=run.stopped)
    if judged.sound:
        logger.info("canary-sound", alert=run.alert_id)


def _begin(now: datetime, *, wiring: Wiring) -> Run:
    """Sends the next one off. It is kept before the first step: one that dies on its way is judged, too."""
    channels = tuple(person.addresses(wiring.settings))
    flight = _Flight(Run(ids.time_ordered_id(now), rfc3339(now), channels, person.ID), wiring)
    tables.write(flight.run)
    try:
        flight.go()
    except Exception as error:  # noqa: BLE001 - whatever it is: the next run tells it, and raises the alarm
        flight.run = replace(flight.run, stopped=type(error).__name__)
        logger.failure("canary-stopped", error, alert=flight.run.alert_id)
    tables.write(flight.run)
    return flight.run


class _Flight:
    """One run from the draft to the launch, step by step, each timed."""

    def __init__(self, run: Run, wiring: Wiring) -> None:
        self.run = run
        self._wiring = wiring

    def go(self) -> None:
        """All steps. Raises whatever keeps one from being done."""
        alert = self._timed(DRAFTED, self._draft)
        self.run = replace(self.run, alert_id=alert.id)
        alert = self._timed(PREVIEWED, lambda now: self._preview(alert, now))
        alert = self._timed(LAUNCHED, lambda now: self._launch(alert, now))
        self.run = replace(self.run, plan_id=alert.plan_id)

    def _timed(self, step: str, do: Callable[[datetime], Alert]) -> Alert:
        begun = self._wiring.clock()
        alert = do(begun)
        seconds = (self._wiring.clock() - begun).total_seconds()
        self.run = replace(self.run, took={**self.run.took, step: seconds})
        return alert

    def _draft(self, now: datetime) -> Alert:
        wiring, language = self._wiring, self._wiring.settings.default_language
        person.ready(now=now, wiring=wiring)
        template.ready(self.run.channels, now=now, settings=wiring.settings)
        here = {"latitude": person.NOWHERE.latitude, "longitude": person.NOWHERE.longitude}
        given = {
            "department": CANARY,
            "template": CANARY,
            "fields": {name: {language: text} for name, text in template.FIELDS.items()},
            "areas": [{"description": "Point Nemo", "circle": {**here, "radius_km": RADIUS_KM}}],
            "without_place": False,
        }
        return draft.create(given, actor=PILOT, source=CANARY, now=now, wiring=wiring)

    def _preview(self, alert: Alert, now: datetime) -> Alert:
        return preview.preview(alert.id, actor=PILOT, now=now, wiring=self._wiring)

    def _launch(self, alert: Alert, now: datetime) -> Alert:
        seen = alert.preview
        if seen is None:
            raise Conflict("The count takes longer than a request.", code="counting")
        return launch.launch(
            alert.id, event=alert.event, digest=seen.digest, actor=PILOT, now=now, wiring=self._wiring
        )
