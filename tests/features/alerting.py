"""Alerts, for the tour of the stack."""

import pytest

from chalicelib.alerts import tables
from chalicelib.alerts.states import State
from chalicelib.core.wiring import wiring
from tests.alerts.sample import alert
from tests.features import acting, releasing, warning
from tests.features.answering import answering
from tests.features.drilling import drilling
from tests.features.following import following
from tests.features.local import LocalDriver
from tests.features.recording import recording
from tests.features.templating import templates


def alerting(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """All of it."""
    driver.platform.clock.advance(3_600)  # the use of a key is noted once an hour
    acting.api(driver, "GET", "/v1/alerts")
    public(driver)
    driver.platform.fire("alert_watch")
    answering(driver)
    templates(driver)
    recording(driver)
    releasing.tour(driver, patch)
    warning.warnings(driver)
    drilling(driver, patch)
    following(driver, patch)


def public(driver: LocalDriver) -> None:
    """What strangers read of one that is in force and soon over, and the watch writes to files."""
    flood = alert(state=State.SENDING, due_at="2020-01-01T00:00:00.000Z")
    tables.add(flood, wiring=wiring())
    tables.list_active(flood)
    for path in ("/alerts", "/alerts.atom", f"/alerts/{flood.id}", f"/alerts/{flood.id}.cap"):
        assert driver.request("GET", path).status == 200
