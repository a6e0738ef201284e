"""Alert templates over HTTP: written, agreed to by a second person, changed, and what ends the agreement."""

from typing import Any

import pytest

from tests.alerts.templates import flood
from tests.features import acting
from tests.features.driver import Driver, Response

ALL = "/v1/alerts/templates"


@pytest.fixture(scope="module")
def manager(driver: Driver) -> str:
    return acting.staff_key(driver, roles=["emergency_manager"])[0]


@pytest.fixture(scope="module")
def approver(driver: Driver) -> str:
    return acting.staff_key(driver, roles=["approver"])[0]


def written(driver: Driver, key: str, **changed: Any) -> str:
    body = flood.body(acting.slug("flood"), **changed)
    return str(acting.api(driver, "POST", ALL, body, key=key)["id"])


def authorise(driver: Driver, key: str, template_id: str, version: int) -> Response:
    return driver.request("POST", f"{ALL}/{template_id}/authorise", key=key, json={"version": version})


def test_one_person_launches_only_what_a_second_one_agreed_to(
    driver: Driver, manager: str, approver: str
) -> None:
    one = written(driver, manager)
    own = authorise(driver, manager, one, 1)
    assert (own.status, own.json()["code"]) == (403, "second-person")
    assert authorise(driver, approver, one, 2).json()["code"] == "changed-meanwhile"
    assert acting.api(driver, "GET", f"{ALL}/{one}")["pre_authorised"] is False
    agreed = authorise(driver, approver, one, 1).json()
    assert (agreed["pre_authorised"], agreed["version"]) == (True, 2)

    renamed = acting.api(driver, "PATCH", f"{ALL}/{one}", {"version": 2, "name": "River"}, key=manager)
    assert renamed["pre_authorised"] is True
    changes: dict[str, Any] = {"version": 3, "tolerance": 0.3}
    changed = acting.api(driver, "PATCH", f"{ALL}/{one}", changes, key=manager)
    assert (changed["pre_authorised"], changed["authorised_by"]) == (False, None)
    back = acting.api(driver, "PATCH", f"{ALL}/{one}", {"version": 4, "tolerance": 0.1}, key=manager)
    assert back["pre_authorised"] is False, "what is changed back was changed"
    assert authorise(driver, approver, one, 5).json()["pre_authorised"] is True
    withdrawn = driver.request("POST", f"{ALL}/{one}/withdraw", key=approver)
    assert (withdrawn.status, withdrawn.json()["pre_authorised"]) == (200, False)
    audit = acting.api(driver, "GET", "/v1/audit?limit=100")["items"]
    about = [
        entry["action"] for entry in audit if entry["ids"].get("template_id") == one and not entry["outcome"]
    ]
    assert about.count(f"POST {ALL}/{{template_id}}/authorise") == 4
    assert f"PATCH {ALL}/{{template_id}}" in about


def test_an_approver_who_changed_it_is_one_of_its_authors(driver: Driver, manager: str) -> None:
    one = written(driver, manager)
    second = acting.staff_key(driver, roles=["emergency_manager"])[0]
    acting.api(driver, "PATCH", f"{ALL}/{one}", {"version": 1, "tolerance": 0.2}, key=second)
    assert authorise(driver, second, one, 2).status == 403


def test_an_unfinished_template_is_told_and_not_agreed_to(
    driver: Driver, manager: str, approver: str
) -> None:
    one = written(driver, manager, end={})
    shown = acting.api(driver, "GET", f"{ALL}/{one}")
    assert (shown["unfinished"], shown["missing"]) == (True, ["/end/en", "/end/es"])
    assert shown["languages_missing"] == ["zh-Hans", "vi"]
    refused = authorise(driver, approver, one, 1)
    assert (refused.status, refused.json()["code"]) == (409, "template-unfinished")


def test_what_is_wrong_is_named_and_nothing_is_written(driver: Driver, manager: str) -> None:
    words = flood.body()["words"]
    bad = flood.body(
        "wrong",
        words={**words, "es": {**words["es"], "sms": "[place]", "push": ""}},
        topics=["none"],
        approvers=["0" * 32],
    )
    refused = driver.request("POST", ALL, key=manager, json=bad)
    assert refused.status == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [
        "/words/es/push",
        "/words/es/sms",
        "/topics/0",
        "/approvers/0",
    ]
    assert driver.request("GET", f"{ALL}/wrong", key=manager).status == 404


def test_who_may_write_and_who_may_not(driver: Driver, manager: str, approver: str) -> None:
    assert driver.request("POST", ALL, key=approver, json=flood.body("approved")).status == 403
    one = written(driver, manager)
    taken = driver.request("POST", ALL, key=manager, json=flood.body(one))
    assert (taken.status, taken.json()["code"]) == (409, "template-exists")
    assert driver.request("POST", ALL, key=manager, json=flood.body("standard")).status == 409
    exercise = acting.staff_key(driver, roles=["emergency_manager"], mode="exercise")[0]
    assert driver.request("PATCH", f"{ALL}/{one}", key=exercise, json={"version": 1}).status == 403
    assert driver.request("GET", f"{ALL}/{one}", key=exercise).status == 200, "drills use them"
    assert driver.request("DELETE", f"{ALL}/{one}", key=manager).status == 204
    assert driver.request("GET", f"{ALL}/{one}", key=manager).status == 404


def test_the_standard_templates_come_once_and_finished(driver: Driver, manager: str) -> None:
    acting.api(driver, "POST", f"{ALL}/standard", key=manager)
    assert acting.api(driver, "POST", f"{ALL}/standard", key=manager)["items"] == []
    listed = {one["id"]: one for one in acting.api(driver, "GET", f"{ALL}?limit=100")["items"]}
    assert listed["flash-flood"]["unfinished"] is False
    assert listed["flash-flood"]["pre_authorised"] is False, "what nobody agreed to takes two people"
    assert set(listed["flash-flood"]["languages"]) == {"en", "es", "vi", "zh-Hans"}
