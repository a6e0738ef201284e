"""What became of an alert, over HTTP: for staff with its chain, for everybody without anybody in it."""

import csv
from io import StringIO
from typing import Any

import pytest

from chalicelib.alerts import tables
from chalicelib.alerts.states import State
from chalicelib.core.wiring import wiring
from tests.alerts.sample import alert
from tests.features import acting, releasing
from tests.features.driver import Driver
from tests.features.local import LocalDriver


def test_staff_read_what_was_done_when_and_whom_it_reached(driver: Driver) -> None:
    at = releasing.spot()
    address = releasing.resident(driver, at)
    sent = releasing.sent(driver, at)
    path = f"/v1/alerts/{sent}/record"
    found = counted(driver, path)
    events = [one["event"] for one in found["chain"]["entries"]]
    assert events[:1] == ["drafted"]
    assert [one for one in events if one in ("submitted", "approved", "launched")] == [
        "submitted",
        "approved",
        "launched",
    ]
    assert found["chain"]["whole"]
    (plan,) = found["plans"]
    assert (plan["what"], plan["status"], plan["counting"]) == ("alert", "sent", False)
    email = next(one for one in plan["channels"] if one["channel"] == "email")
    assert (email["sent"], email["handed_over"]["number"]) == (1, 1)
    head = f"{found['chain']['number']}:{found['chain']['hash']}"
    assert acting.api(driver, "GET", f"{path}?noted={head}")["chain"]["whole"]
    forged = acting.api(driver, "GET", f"{path}?noted=1:{'0' * 64}")["chain"]
    assert (forged["whole"], forged["broken_at"]) == (False, 1)
    table = driver.request("GET", f"{path}?format=csv", key=driver.admin_key)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(table.text)))
    assert [row["what"] for row in rows if row["kind"] == "entry"] == events
    assert address not in table.text + str(found)
    wrong = driver.request("GET", f"{path}?noted=1:x&format=xml", key=driver.admin_key)
    assert (wrong.status, len(wrong.json()["errors"])) == (422, 2)


def counted(driver: Driver, path: str) -> Any:
    """A record once it is counted to its end: each call counts for some seconds."""
    for _ in range(10):
        found = acting.api(driver, "GET", path)
        if not any(plan["counting"] for plan in found["plans"]):
            break
    return found


def test_everybody_reads_what_became_of_an_alert_once_it_is_over(driver: LocalDriver) -> None:
    at = releasing.spot()
    addresses = [releasing.resident(driver, at) for _ in range(5)]
    sent = releasing.sent(driver, at)
    page = f"/alerts/{sent}/record"
    assert driver.request("GET", page).status == 404
    driver.platform.fire("alert_watch")
    driver.platform.clock.advance(48 * 3600)
    driver.platform.fire("alert_watch")
    found = driver.request("GET", page)
    assert found.status == 200
    assert "Flash flood on Elm Street" in found.text
    assert "Its time was up" in found.text
    assert found.text.count("data:image/svg+xml;base64,") >= 1
    assert not [one for one in addresses if one in found.text]
    staff = acting.api(driver, "GET", f"/v1/alerts/{sent}/record")["chain"]
    assert staff["hash"] in found.text
    assert not [one["by"] for one in staff["entries"] if one["by"] and one["by"] in found.text]
    assert driver.request("GET", f"/alerts/{sent}").text.count(page) == 1


@pytest.mark.parametrize("mode", ["exercise", "test"])
def test_nobody_reads_what_became_of_an_exercise(driver: LocalDriver, mode: str) -> None:
    drill = alert(mode=mode, state=State.ENDED)
    tables.add(drill, wiring=wiring())
    assert driver.request("GET", f"/alerts/{drill.id}/record").status == 404
    assert driver.request("GET", "/alerts/nonsense/record").status == 404
