"""Drills and the proof of life, for the tour of the stack."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.alerts.canary import person
from chalicelib.alerts.canary.model import CANARY, EVERY
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery import counts
from tests.alerts.templates import flood
from tests.features import acting, releasing
from tests.features.driver import Driver
from tests.features.local import LocalDriver

ALL = "/v1/alerts/drills"


def drilling(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """Canaries that the next one judges; a drill, reminded of, launched, reported and called off."""
    canaries(driver, patch)
    at = releasing.spot()
    address = releasing.resident(driver, at, exercise=True)
    key, _, _ = acting.staff_key(driver, roles=["emergency_manager"], mode="exercise")
    one = f"{ALL}/{planned(driver, at, key)['id']}"
    for minutes in (31, 29, 1):
        later(driver, timedelta(minutes=minutes))
    (letter,) = driver.platform.outbox.letters(to=address)
    assert "EXERCISE" in letter.subject
    assert acting.api(driver, "GET", f"{one}/report")["took_part"] == 1
    with patch.context() as many:
        many.setattr(counts, "AT_ONCE", 0)
        shown = acting.api(driver, "GET", one)
        later(driver, parse_rfc3339(shown["next"][0]) - driver.platform.clock())
        for _ in range(3):
            later(driver, timedelta(minutes=1))
    assert [run["state"] for run in acting.api(driver, "GET", one)["runs"]] == ["launched", "launched"]
    acting.api(driver, "GET", ALL)
    acting.api(driver, "DELETE", one, key=key)


def canaries(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """Two at one address, the third at another, as after a change of the deployment's."""
    for address in ("", "", "canary@city.example"):
        with patch.context() as moved:
            if address:
                moved.setattr(person, "addresses", lambda _settings, to=address: {"email": to})
            driver.platform.fire(CANARY)
        driver.settle()
        driver.platform.clock.advance(EVERY.total_seconds())
    newest, *judged = acting.api(driver, "GET", "/v1/alerts/canary")["items"]
    assert newest["stopped"] is None
    assert [run["sound"] for run in judged] == [True, True]


def later(driver: LocalDriver, time: timedelta) -> None:
    """Time passes, and the watch looks."""
    driver.platform.clock.advance(time.total_seconds())
    driver.platform.fire("alert_watch")
    driver.settle()


def planned(driver: LocalDriver, at: dict[str, float], key: str) -> Any:
    """A monthly drill at a place, the first in an hour."""
    return acting.api(driver, "POST", ALL, body(driver, at, now=driver.platform.clock()), key=key)


def body(driver: Driver, at: dict[str, float], *, now: datetime) -> dict[str, Any]:
    """The same as a request asks for it, of a template that somebody else agreed to."""
    author, _, staff = acting.staff_key(driver, roles=["emergency_manager"])
    topics = [acting.topic(driver)]
    template = flood.body(acting.slug("flood"), channels=["email"], topics=topics, approvers=[staff])
    acting.api(driver, "POST", "/v1/alerts/templates", template, key=author)
    acting.api(driver, "POST", f"/v1/alerts/templates/{template['id']}/authorise", {"version": 1})
    here = {"description": "Elm Street", "circle": {**at, "radius_km": 5}}
    return {
        "name": "Autumn drill",
        "department": "works",
        "template": template["id"],
        "fields": flood.FIELDS,
        "areas": [here, {"area": acting.area(driver)}],
        "without_place": False,
        "start_at": rfc3339(now + timedelta(hours=1)),
        "repeat": "monthly",
        "remind_minutes": 30,
    }
