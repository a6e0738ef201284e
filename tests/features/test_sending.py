"""Campaigns are held when too much comes back; an admin lets them go on, and says why."""

from typing import Any

import pytest

from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver

BOUNCING = 30
SEEN_S = 3
"""Seconds after which every worker has seen a hold or its end."""


def shown(driver: Driver, *, key: str | None = None) -> Any:
    return acting.api(driver, "GET", "/v1/sending", key=key)


def lane(driver: Driver, name: str, channel: str = "email") -> Any:
    (found,) = [one for one in shown(driver)["channels"] if one["channel"] == channel]
    return next(one for one in found["lanes"] if one["lane"] == name)


def test_a_hold_stops_campaigns_and_nothing_else_until_an_admin_resumes(driver: LocalDriver) -> None:
    before = shown(driver)["today"]
    acting.bouncing(driver, BOUNCING)
    today = shown(driver)["today"]
    assert today["sent"] - before["sent"] == today["bounces"] - before["bounces"] == BOUNCING
    held = lane(driver, "bulk")
    assert (held["state"], held["reason"], held["until"]) == ("held", "bounces", None)
    assert "do not exist" in held["explanation"]
    assert held["since"]
    assert lane(driver, "service")["state"] == lane(driver, "bulk", "sms")["state"] == "open"
    driver.pass_time(SEEN_S)
    topic = acting.topic(driver)
    ana = acting.sign_up(driver, [topic])
    campaign = acting.draft(driver, [topic], channels=["email"])
    path = f"/v1/campaigns/{campaign}"
    acting.api(driver, "POST", f"{path}/launch")
    waiting = acting.api(driver, "GET", path)
    assert (waiting["status"], waiting["progress"]["reason"]) == ("sending", "account-held")
    assert len(acting.messages(driver, ana)) == 1
    reason = {"channel": "email", "reason": "The list was imported twice; it is mended."}
    resumed = acting.api(driver, "POST", "/v1/sending/resume", reason)
    assert resumed["today"]["bounces"] == today["bounces"]
    assert lane(driver, "bulk")["state"] == "open"
    driver.settle(120)
    assert acting.api(driver, "GET", path)["status"] == "sent"
    assert len(acting.messages(driver, ana)) == 2
    entries = acting.api(driver, "GET", "/v1/audit?limit=20")["items"]
    entry = next(one for one in entries if one["action"] == "POST /v1/sending/resume")
    assert entry["reason"] == reason["reason"]


def test_what_is_not_held_cannot_be_resumed(driver: Driver) -> None:
    body = {"channel": "email", "reason": "To be sure."}
    refused = driver.request("POST", "/v1/sending/resume", key=driver.admin_key, json=body)
    assert (refused.status, refused.json()["code"]) == (409, "not-held")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"channel": "email"}, "/reason", id="no reason"),
        pytest.param({"channel": "email", "reason": " "}, "/reason", id="blank reason"),
        pytest.param({"channel": "email", "reason": "x" * 501}, "/reason", id="over-long reason"),
        pytest.param({"channel": "fax", "reason": "Mended."}, "/channel", id="unknown channel"),
        pytest.param({"reason": "Mended."}, "/channel", id="no channel"),
    ],
)
def test_a_resume_names_what_is_wrong(driver: Driver, body: dict[str, str], pointer: str) -> None:
    refused = driver.request("POST", "/v1/sending/resume", key=driver.admin_key, json=body)
    assert refused.status == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


def test_everybody_of_the_staff_may_look_and_only_an_admin_resume(driver: Driver) -> None:
    viewer, _, _ = acting.staff_key(driver, roles=["viewer"], mode="test")
    approver, _, _ = acting.staff_key(driver, roles=["approver"])
    email = shown(driver, key=viewer)["channels"][0]
    assert email["per_second"] > 0
    assert 0 <= email["quota_used"] < 1
    body = {"channel": "email", "reason": "It is fine."}
    assert driver.request("POST", "/v1/sending/resume", key=approver, json=body).status == 403
