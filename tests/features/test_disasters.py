"""Each disaster that alerts are designed against, tried again: none of them can happen here.

Hawaii 2018, Ontario 2020, Los Angeles 2025, Florida 2023, Kerr County 2025, CodeRED 2025.
"""

from typing import Any

import pytest

import app  # noqa: F401 - registers the routes
from chalicelib.alerts.cap.model import EXERCISE, TEST
from chalicelib.core.endpoints import ENDPOINTS
from infra.template import resources
from tests.alerts.templates import flood
from tests.features import acting, posting, releasing
from tests.features.driver import Driver, Response
from tests.features.local import LocalDriver

MISSILE = "Ballistic missile threat"


def alerted(driver: Driver, address: str) -> list[str]:
    """The subjects of what an address got, but for what its sign-up sent."""
    return [one.subject for one in acting.messages(driver, address)]


def pointers(answer: Response) -> list[str]:
    """The wrong fields that a refusal names."""
    assert answer.status == 422, answer.text
    return [one["pointer"] for one in answer.json()["errors"]]


def agreed_template(driver: Driver, **changed: Any) -> str:
    """A template that another person than its author lets one person launch; its id."""
    author, _, _ = acting.staff_key(driver, roles=["emergency_manager"])
    body = flood.body(acting.slug("flood"), **changed)
    acting.api(driver, "POST", "/v1/alerts/templates", body, key=author)
    acting.api(driver, "POST", f"/v1/alerts/templates/{body['id']}/authorise", {"version": 1})
    return str(body["id"])


def of_template(at: dict[str, float], template: str, **more: Any) -> dict[str, Any]:
    """An alert of a template, at a place."""
    given = {"department": "works", "template": template, "without_place": False, "fields": flood.FIELDS}
    areas = [{"description": "Elm Street", "circle": {**at, "radius_km": 5}}]
    return {**given, "areas": areas, **more}


def test_hawaii_2018_a_drill_cannot_be_launched_as_the_real_thing(driver: LocalDriver) -> None:
    """One screen and one confirmation served drills and the real thing, and no correction was ready."""
    at = releasing.spot()
    resident = releasing.resident(driver, at)
    drills, _, _ = acting.staff_key(driver, roles=["admin"], mode="exercise")
    real = releasing.draft(driver, at, event=MISSILE)
    shown = releasing.approved(driver, real["id"])
    by_drill_key = releasing.launch(driver, shown, key=drills)
    assert (by_drill_key.status, by_drill_key.json()["code"]) == (403, "wrong-mode")
    drill = releasing.draft(driver, at, event="Missile drill", key=drills)
    seen = releasing.preview(driver, drill["id"], key=drills)
    assert (drill["mode"], seen["preview"]["people"]) == ("exercise", 0)
    mistaken = releasing.launch(driver, shown, event="Missile drill")
    assert pointers(mistaken) == ["/event"]
    driver.settle()
    assert alerted(driver, resident) == []
    for ready in (real["correction"]["cancel"], real["correction"]["end"]):
        assert all(ready["en"][part] for part in ("subject", "body", "sms", "push", "voice", "post"))


def test_ontario_2020_the_mode_is_the_keys_and_nobodys_memory(driver: LocalDriver) -> None:
    """The operator believed to be in training: what was one's mode was a matter of which window was open."""
    at = releasing.spot()
    drills, _, _ = acting.staff_key(driver, roles=["admin"], mode="exercise")
    for given in ({"mode": "exercise"}, {"status": "Exercise"}, {"exercise": True}):
        body = releasing.body(at, **given)
        answer = driver.request("POST", "/v1/alerts", key=driver.admin_key, json=body)
        assert pointers(answer) == [f"/{next(iter(given))}"]
    alert = releasing.draft(driver, at)
    assert alert["mode"] == "live"
    changed = {"version": 1, "mode": "exercise"}
    answer = driver.request("PATCH", f"/v1/alerts/{alert['id']}", key=driver.admin_key, json=changed)
    assert pointers(answer) == ["/mode"]
    for verb in ("preview", "submit"):
        answer = driver.request("POST", f"/v1/alerts/{alert['id']}/{verb}", key=drills)
        assert (answer.status, answer.json()["code"]) == (403, "wrong-mode")


def test_hawaii_2018_and_ontario_2020_any_approver_takes_it_back_in_one_call(driver: LocalDriver) -> None:
    """38 and 108 minutes went by, for nobody had words ready, and supervisors could not correct it."""
    at = releasing.spot()
    resident = releasing.resident(driver, at)
    alert = releasing.sent(driver, at, event=MISSILE)
    anybody, _, _ = acting.staff_key(driver, roles=["approver"])
    acting.api(driver, "POST", f"/v1/alerts/{alert}/cancel", key=anybody)
    driver.settle()
    _, second = acting.messages(driver, resident)
    assert MISSILE in second.subject
    assert "was wrong" in second.text
    assert acting.api(driver, "GET", f"/v1/alerts/{alert}")["status"] == "cancelled"
    assert alert not in driver.request("GET", "/alerts.atom").text


def test_los_angeles_2025_a_lost_polygon_reaches_nobody(driver: LocalDriver) -> None:
    """The polygon was lost on the way, and ten million people were told to be ready to leave."""
    at = releasing.spot()
    elsewhere = releasing.resident(driver, releasing.spot())
    releasing.resident(driver, at)
    for lost in ([], None, [{"description": "Here"}], [{"description": "Here", "polygon": []}]):
        body = releasing.body(at, areas=lost)
        answer = driver.request("POST", "/v1/alerts", key=driver.admin_key, json=body)
        assert all(one.startswith("/areas") for one in pointers(answer)), lost
    nowhere = driver.request("POST", f"/v1/alerts/{_without_area(driver, at)}/preview", key=driver.admin_key)
    assert pointers(nowhere) == ["/areas"]
    saved = acting.area(driver)
    alert = releasing.draft(driver, at, areas=[{"area": saved}])
    acting.api(driver, "DELETE", f"/v1/areas/{saved}")
    gone = driver.request("POST", f"/v1/alerts/{alert['id']}/preview", key=driver.admin_key)
    assert pointers(gone) == ["/areas/0/area"]
    driver.settle()
    assert alerted(driver, elsewhere) == []


def _without_area(driver: Driver, at: dict[str, float]) -> str:
    message = releasing.cap(at, areas=())
    answer = releasing.of_cap(driver, message)
    assert answer.status == 201, answer.text
    return str(answer.json()["id"])


def test_los_angeles_2025_a_template_wants_place_time_and_action(driver: LocalDriver) -> None:
    """The text said neither where nor until when."""
    at, template = releasing.spot(), agreed_template(driver)
    for field in flood.FIELDS:
        body = of_template(at, template, fields={**flood.FIELDS, field: ""})
        answer = driver.request("POST", "/v1/alerts", key=driver.admin_key, json=body)
        assert all(one.startswith(f"/fields/{field}") for one in pointers(answer))
    said = {"headline": "Flood", "instruction": "Go."}
    answer = driver.request(
        "POST", "/v1/alerts", key=driver.admin_key, json=of_template(at, template, content={"en": said})
    )
    assert pointers(answer) == ["/content"], "what a template says is not written over"


@pytest.mark.parametrize(("mode", "status"), [("exercise", EXERCISE), ("test", TEST)])
def test_florida_2023_a_test_reaches_no_public_channel(driver: LocalDriver, mode: str, status: str) -> None:
    """At 04:45 a monthly test reached every phone of the state."""
    at = releasing.spot()
    resident = releasing.resident(driver, at)
    key, _, _ = acting.staff_key(driver, roles=["admin"], mode=mode)
    releasing.resident(driver, at, exercise=True)
    with posting.on_the_square(driver) as (square, account):
        alert = releasing.sent(driver, at, key=key, mode=mode, accounts=[account])
        assert not square.stands
    assert alerted(driver, resident) == []
    assert driver.request("GET", f"/alerts/{alert}").status == 404
    assert alert not in driver.request("GET", "/alerts").text + driver.request("GET", "/alerts.atom").text
    actual = releasing.of_cap(driver, releasing.cap(at), key=key)
    assert pointers(actual) == ["/status"]
    played = releasing.of_cap(driver, releasing.cap(at, status=status))
    assert pointers(played) == ["/status"]


def test_kerr_county_2025_nobody_waits_for_an_approver(driver: LocalDriver) -> None:
    """The sheriff's office asked for an alert, and for an hour nobody was there to approve it."""
    at, department = releasing.spot(), acting.slug("sheriff")
    resident = releasing.resident(driver, at)
    asleep, awake = (releasing.approver(driver, department) for _ in range(2))
    alone, _, _ = acting.staff_key(driver, roles=["emergency_manager"], departments=[department])
    more = {"department": department, "approvers": [asleep.id], "approval_minutes": 1}
    waits = str(acting.api(driver, "POST", "/v1/alerts", releasing.body(at, **more), key=alone)["id"])
    releasing.preview(driver, waits, key=alone)
    acting.api(driver, "POST", f"/v1/alerts/{waits}/submit", key=alone)
    driver.platform.clock.advance(61)
    driver.platform.fire("alert_watch")
    driver.settle()
    assert "Please approve" in acting.last(driver, awake.email).subject
    body = of_template(at, agreed_template(driver), department=department)
    ready = str(acting.api(driver, "POST", "/v1/alerts", body, key=alone)["id"])
    assert releasing.launch(driver, releasing.preview(driver, ready, key=alone), key=alone).status == 200
    shown = acting.api(driver, "GET", f"/v1/alerts/{waits}")
    given = releasing.typed(shown, reason="The river rises, and nobody answers.")
    acting.api(driver, "POST", f"/v1/alerts/{waits}/break-glass", given, key=alone)
    driver.settle()
    assert len(alerted(driver, resident)) == 2


def test_kerr_county_2025_one_person_changes_nothing_that_was_agreed_on(driver: LocalDriver) -> None:
    at, template = releasing.spot(), agreed_template(driver)
    releasing.resident(driver, at)
    for changed in ({"channels": ["email"]}, {"tolerance": 1.0}, {"topics": [acting.topic(driver)]}):
        alert = acting.api(driver, "POST", "/v1/alerts", of_template(at, template, **changed))
        assert not alert["pre_authorised"], changed
        answer = releasing.launch(driver, releasing.preview(driver, alert["id"]))
        assert (answer.status, answer.json()["code"]) == (409, "not-approved")


def test_kerr_2025_one_person_launches_only_what_an_approver_still_agrees_to(driver: LocalDriver) -> None:
    at, template = releasing.spot(), agreed_template(driver)
    releasing.resident(driver, at)
    alert = acting.api(driver, "POST", "/v1/alerts", of_template(at, template))
    shown = releasing.preview(driver, alert["id"])
    path = f"/v1/alerts/templates/{template}"
    acting.api(driver, "PATCH", path, {"version": 2, "urgency": "Future"})
    answer = releasing.launch(driver, shown)
    assert (answer.status, answer.json()["code"]) == (409, "not-approved")


def test_codered_2025_there_is_no_password_to_steal() -> None:
    """Residents' passwords leaked; what was restored was eight months old."""
    for endpoint in ENDPOINTS:
        fields = endpoint.body.model_fields if endpoint.body else {}
        assert not [name for name in fields if "pass" in name], endpoint.path
        assert "password" not in endpoint.path


def test_codered_2025_every_table_can_be_restored_to_any_second() -> None:
    found = resources()["Resources"].items()
    tables = {name: one for name, one in found if one.get("Type") == "AWS::DynamoDB::Table"}
    assert "AlertsTable" in tables
    for name, table in tables.items():
        recovery = table["Properties"].get("PointInTimeRecoverySpecification", {})
        assert recovery.get("PointInTimeRecoveryEnabled") is True, name
