"""Drills over HTTP: planned with a key of mode exercise only, looked at, and called off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.features import acting, releasing
from tests.features.drilling import ALL, body
from tests.features.driver import Driver


@pytest.fixture(scope="module")
def planner(driver: Driver) -> str:
    """The key of somebody who plans drills."""
    return acting.staff_key(driver, roles=["emergency_manager"], mode="exercise")[0]


@pytest.fixture(scope="module")
def given(driver: Driver) -> dict[str, Any]:
    """A drill, as a request asks for it."""
    return body(driver, releasing.spot(), now=datetime.now(UTC) + timedelta(days=30))


def test_a_drill_is_planned_looked_at_and_called_off(
    driver: Driver, planner: str, given: dict[str, Any]
) -> None:
    drill = acting.api(driver, "POST", ALL, given, key=planner)
    assert drill["next"][0] == drill["start_at"]
    assert len(drill["next"]) == 3
    assert acting.api(driver, "GET", f"{ALL}/{drill['id']}") == drill
    assert drill["id"] in {one["id"] for one in acting.api(driver, "GET", f"{ALL}?limit=100")["items"]}
    assert driver.request("GET", f"{ALL}/{drill['id']}/report", key=planner).status == 404
    live = driver.request("DELETE", f"{ALL}/{drill['id']}", key=driver.admin_key)
    assert (live.status, live.json()["code"]) == (403, "wrong-mode")
    acting.api(driver, "DELETE", f"{ALL}/{drill['id']}", key=planner)
    assert driver.request("GET", f"{ALL}/{drill['id']}", key=planner).status == 404


def test_a_live_key_plans_no_drill(driver: Driver, given: dict[str, Any]) -> None:
    refused = driver.request("POST", ALL, key=driver.admin_key, json=given)
    assert (refused.status, refused.json()["code"]) == (403, "wrong-mode")


WRONG = {
    "/start_at": {"start_at": "2020-01-01T10:00:00Z"},
    "/template": {"template": "no-such"},
    "/repeat": {"repeat": "hourly"},
    "/remind_minutes": {"remind_minutes": -1},
    "/without_place": {"without_place": None},
    "/fields/place": {"fields": {}},
    "/areas": {"areas": []},
}


@pytest.mark.parametrize(("pointer", "change"), WRONG.items(), ids=WRONG.keys())
def test_each_wrong_field_of_a_drill_is_named_and_nothing_is_planned(
    driver: Driver, planner: str, given: dict[str, Any], pointer: str, change: dict[str, Any]
) -> None:
    before = acting.api(driver, "GET", f"{ALL}?limit=100")["items"]
    refused = driver.request("POST", ALL, key=planner, json=given | change)
    assert refused.status == 422, refused.text
    assert pointer in {one["pointer"] for one in refused.json()["errors"]}
    assert acting.api(driver, "GET", f"{ALL}?limit=100")["items"] == before


def test_the_proofs_of_life_can_be_read(driver: Driver) -> None:
    assert acting.api(driver, "GET", "/v1/alerts/canary?limit=1").keys() == {"items", "next"}
