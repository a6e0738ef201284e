"""The watch: what is over is no longer in force, and what fails for one keeps no other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.alerts import tables, watch
from chalicelib.alerts.model import Alert
from chalicelib.alerts.states import State
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import wiring
from tests.alerts.sample import INFO, MESSAGE, alert

pytestmark = pytest.mark.usefixtures("platform")


def sending(*, minutes: int) -> Alert:
    """An alert that was launched and expires in so many minutes; it is due now."""
    now = wiring().clock()
    info = replace(INFO, expires=(now + timedelta(minutes=minutes)).isoformat())
    message = replace(MESSAGE, identifier=f"x{now.timestamp()}{minutes}", infos=(info,))
    made = alert(message=message, state=State.SENDING, due_at=rfc3339(now))
    tables.add(made, wiring=wiring())
    tables.list_active(made)
    return made


def test_an_alert_whose_time_is_up_is_over() -> None:
    over, still = sending(minutes=-1), sending(minutes=5)
    assert watch.watch(wiring=wiring()) >= 2
    assert tables.read(over.id).state == State.EXPIRED
    assert over.id not in [one.id for one in tables.active()]
    assert tables.read(still.id).state == State.SENDING
    assert still.id in [one.id for one in tables.active()]


def test_what_fails_for_one_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, over = sending(minutes=-2), sending(minutes=-3)
    read = tables.read

    def reading(alert_id: str) -> Alert:
        if alert_id == broken.id:
            raise RuntimeError
        return read(alert_id)

    monkeypatch.setattr(tables, "read", reading)
    with pytest.raises(watch.WatchFailed) as failed:
        watch.watch(wiring=wiring())
    assert failed.value.args == (2,), "its page could not be written either"
    assert read(over.id).state == State.EXPIRED
