"""What staff do with a campaign on its way: approve, schedule, pause, extend, list."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.features import acting
from tests.features.driver import Driver


def in_seconds(driver: Driver, seconds: float) -> str:
    """A moment after now, by the stack's own clock, with an offset."""
    made = acting.api(driver, "POST", "/v1/campaigns", {"name": "Now", "department": "works"})
    at = datetime.fromisoformat(made["created_at"]).astimezone(UTC) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def call(driver: Driver, campaign: str, verb: str, body: Any = None, *, key: str | None = None) -> Any:
    return acting.api(driver, "POST", f"/v1/campaigns/{campaign}/{verb}", body, key=key)


def shown(driver: Driver, campaign: str) -> Any:
    return acting.api(driver, "GET", f"/v1/campaigns/{campaign}")


def test_two_people_release_a_campaign_and_a_change_takes_the_approval_back(driver: Driver) -> None:
    department = acting.slug("dept")
    acting.api(driver, "PUT", f"/v1/departments/{department}", {"name": "Works", "two_person": True})
    writer, _, _ = acting.staff_key(driver, departments=[department], roles=["approver"])
    approver, _, approver_id = acting.staff_key(driver, departments=[department], roles=["approver"])
    topic = acting.topic(driver, department=department)
    ana = acting.sign_up(driver, [topic])
    campaign = acting.draft(driver, [topic], department=department, key=writer)
    path = f"/v1/campaigns/{campaign}"
    assert driver.request("POST", f"{path}/launch", key=writer).json()["code"] == "not-approved"
    version = call(driver, campaign, "submit", key=writer)["version"]
    own = driver.request("POST", f"{path}/approve", key=writer, json={"version": version})
    assert (own.status, own.json()["code"]) == (403, "second-person")
    reason = {"reason": "Say which day."}
    assert call(driver, campaign, "reject", reason, key=approver)["rejection"]["reason"] == "Say which day."
    version = call(driver, campaign, "submit", key=writer)["version"]
    approved = call(driver, campaign, "approve", {"version": version}, key=approver)
    assert (approved["status"], approved["approved_by"]) == ("approved", approver_id)
    changed = {"version": approved["version"], "channels": ["email"]}
    assert acting.api(driver, "PATCH", path, changed, key=writer)["status"] == "draft"
    assert driver.request("POST", f"{path}/launch", key=writer).json()["code"] == "not-approved"
    version = call(driver, campaign, "submit", key=writer)["version"]
    stale = driver.request("POST", f"{path}/approve", key=approver, json={"version": approved["version"]})
    assert stale.status == 409
    call(driver, campaign, "approve", {"version": version}, key=approver)
    call(driver, campaign, "launch", key=writer)
    driver.settle()
    assert shown(driver, campaign)["status"] == "sent"
    assert len([one for one in acting.messages(driver, ana) if "Main Street" in one.subject]) == 1


def test_a_scheduled_campaign_starts_by_itself_and_once(driver: Driver) -> None:
    topic = acting.topic(driver)
    ana = acting.sign_up(driver, [topic])
    first, second = (acting.draft(driver, [topic], channels=["email"]) for _ in range(2))
    past = {"starts_at": in_seconds(driver, -60)}
    assert (
        driver.request("POST", f"/v1/campaigns/{first}/schedule", key=driver.admin_key, json=past).status
        == 422
    )
    starts = {"starts_at": in_seconds(driver, 3)}
    assert call(driver, first, "schedule", starts)["status"] == "scheduled"
    call(driver, second, "schedule", starts)
    acting.api(driver, "DELETE", f"/v1/campaigns/{second}/schedule")
    driver.pass_time(4)
    driver.tick()
    driver.tick()
    driver.settle()
    assert (shown(driver, first)["status"], shown(driver, second)["status"]) == ("sent", "draft")
    assert len([one for one in acting.messages(driver, ana) if "Main Street" in one.subject]) == 1


def test_a_send_is_extended_to_those_who_came_late_and_listed(driver: Driver) -> None:
    topic = acting.topic(driver)
    early = acting.sign_up(driver, [topic])
    campaign = acting.send(driver, [topic], channels=["email"])
    late = acting.sign_up(driver, [topic])
    assert call(driver, campaign, "extend")["status"] in ("sending", "sent")
    driver.settle()
    for address in (early, late):
        assert len([one for one in acting.messages(driver, address) if "Main Street" in one.subject]) == 1
    found = acting.report(driver, campaign)
    assert (found["status"], found["sent"]) == ("sent", 2)
    page = acting.api(driver, "GET", f"/v1/campaigns/{campaign}/deliveries?status=sent&limit=1")
    rest = acting.api(driver, "GET", f"/v1/campaigns/{campaign}/deliveries?status=sent&cursor={page['next']}")
    listed = [*page["items"], *rest["items"]]
    assert len({one["subscriber_id"] for one in listed}) == len(listed) == 2
    assert early not in str(listed)


def test_a_pause_stops_a_send_and_a_resume_finishes_it(driver: Driver) -> None:
    topic = acting.topic(driver)
    addresses = [acting.sign_up(driver, [topic]) for _ in range(3)]
    campaign = acting.draft(driver, [topic], channels=["email"])
    path = f"/v1/campaigns/{campaign}"
    call(driver, campaign, "launch")
    paused = driver.request("POST", f"{path}/pause", key=driver.admin_key)
    if paused.status == 200:  # on the deployed stack, workers may be faster
        assert paused.json()["status"] == "paused"
        again = driver.request("POST", f"{path}/pause", key=driver.admin_key)
        assert again.json()["code"] == "wrong-state"
        assert call(driver, campaign, "resume", {})["status"] in ("sending", "sent")
    driver.settle(120)
    assert shown(driver, campaign)["status"] == "sent"
    for address in addresses:
        assert len([one for one in acting.messages(driver, address) if "Main Street" in one.subject]) == 1


def test_what_is_too_old_is_not_sent(driver: Driver) -> None:
    topic = acting.topic(driver)
    campaign = acting.draft(driver, [topic], channels=["email"])
    path = f"/v1/campaigns/{campaign}"
    past = {"version": 1, "expires_at": in_seconds(driver, -60)}
    acting.api(driver, "PATCH", path, past)
    answer = driver.request("POST", f"{path}/launch", key=driver.admin_key)
    assert (answer.status, answer.json()["errors"][0]["pointer"]) == (422, "/expires_at")
