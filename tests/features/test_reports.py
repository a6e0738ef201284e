"""Reports over many campaigns: who came, who went, what was sent, by whatever a director asks for."""

import csv
from io import StringIO
from typing import Any

import pytest

from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def lines(driver: Driver, by: str, **more: str) -> dict[str, Any]:
    query = "&".join([f"by={by}", *(f"{name}={value}" for name, value in more.items())])
    return {one["key"]: one for one in acting.api(driver, "GET", f"/v1/reports?{query}")["lines"]}


def test_who_came_and_who_went_is_told_by_the_way_they_did(driver: Driver) -> None:
    department = acting.slug("dept")
    roads = acting.topic(driver, department=department)
    before = acting.api(driver, "GET", "/v1/reports?by=topic")["people"]
    ana, _ = acting.sign_up(driver, [roads]), acting.sign_up(driver, [roads])
    acting.send(driver, [roads], channels=["email"])
    assert driver.request("POST", acting.way_out(acting.last(driver, ana)), form=ONE_CLICK).status == 200
    growth = lines(driver, "topic")[roads]["growth"]
    assert (growth["added"], growth["ended"], growth["by_reason"]) == (2, 1, {"one-click": 1})
    assert sum(growth["by_source"].values()) == 2
    assert lines(driver, "department", department=department)[department]["growth"] == growth
    assert list(lines(driver, "topic", department=department)) == [roads]
    people = acting.api(driver, "GET", "/v1/reports?by=week")["people"]
    assert (people["added"] - before["added"], people["ended"] - before["ended"]) == (2, 0)
    table = driver.request("GET", "/v1/reports?by=topic&format=csv", key=driver.admin_key)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(table.text)))
    assert [row["number"] for row in rows if (row["kind"], row["key"]) == ("ended", roads)] == ["1"]


def test_the_list_is_told_as_of_its_latest_census(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    acting.sign_up_by_text(driver, [roads], language="es")
    driver.pass_time(86_400)
    driver.platform.fire("census")
    found = acting.api(driver, "GET", "/v1/reports?by=topic")
    health = found["health"]
    assert next(one["listed"] for one in found["lines"] if one["key"] == roads) == 2
    assert health["people"] == found["total"]["listed"] >= 2
    assert found["total"]["reachable"] == health["people"] - health["unreachable"]
    listed = [one["listed"] for one in lines(driver, "language").values()]
    assert sum(one or 0 for one in listed) == health["people"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        pytest.param("by=mood", "by", id="by nothing known"),
        pytest.param("from=yesterday", "from", id="no date"),
        pytest.param("from=2026-11-02&to=2026-11-01", "from", id="backwards"),
        pytest.param("from=2020-01-01&to=2026-01-01", "from", id="too long"),
        pytest.param("department=No%20slug", "department", id="no department"),
        pytest.param("until=2026-01-01", "until", id="unknown"),
    ],
)
def test_a_report_that_cannot_be_names_what_is_wrong(driver: Driver, query: str, pointer: str) -> None:
    refused = driver.request("GET", f"/v1/reports?{query}", key=driver.admin_key)
    assert refused.status == 422, refused.text
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


def test_how_often_to_write_is_not_advised_before_there_are_numbers(driver: Driver) -> None:
    department = acting.slug("dept")
    found = acting.api(driver, "GET", f"/v1/departments/{department}/frequency?weeks=4")
    assert (found["verdict"], found["most_per_week"], found["groups"]) == ("not-enough-data", None, [])
    assert found["advice"].startswith("Not enough data")
    path = f"/v1/departments/{department}/frequency?weeks=1"
    refused = driver.request("GET", path, key=driver.admin_key)
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, "weeks")
