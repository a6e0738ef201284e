"""A campaign in its readers' own hours, a cap, a pause: set over HTTP, seen in the outbox and the report."""

from typing import Any

from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.test_control import call, in_seconds, shown


def reader(driver: LocalDriver, topic: str, **wishes: Any) -> tuple[str, str]:
    """Somebody with wishes, added by staff; id and address."""
    address = acting.email()
    body = {
        "email": address,
        "time_zone": "UTC",
        "topics": [{"topic": topic, "channels": ["email"]}],
        "wishes": wishes,
        "consent": {"source": "paper form"},
        "opt_in": "recorded",
    }
    added = acting.api(driver, "POST", "/v1/subscribers", body)
    return str(added["subscriber"]["id"]), address


def asleep(driver: LocalDriver) -> list[int]:
    """Hours of which the first begins in an hour or two."""
    hour = driver.platform.clock().hour
    return [(hour + 2) % 24, (hour + 5) % 24 + 1]


def hours_pass(driver: LocalDriver, hours: int) -> None:
    for _ in range(hours * 2):
        driver.pass_time(1800)
        driver.sweep()
        driver.settle()


def newsletters(driver: LocalDriver, to: str) -> int:
    return sum("Main Street" in one.subject for one in acting.messages(driver, to))


def test_who_sleeps_gets_it_when_their_hours_begin(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    _, early = reader(driver, topic)
    sleeper, late = reader(driver, topic, hours=asleep(driver))
    audience = {"audience": {"topic": topic}, "channels": ["email"]}
    counted = acting.api(driver, "POST", "/v1/audiences/count", audience)
    assert (counted["people"], counted["asleep"]) == (2, 1)
    campaign = acting.draft(driver, [topic], channels=["email"])
    until = call(driver, campaign, "preview", {"subscriber_id": sleeper})["held_until"]
    call(driver, campaign, "launch")
    driver.settle()
    found = shown(driver, campaign)
    assert (found["status"], found["progress"]["sent"]) == ("sending", 1)
    assert (found["progress"]["held"], found["progress"]["next_pass_at"]) == ({"quiet-hours": 1}, until)
    assert (newsletters(driver, early), newsletters(driver, late)) == (1, 0)
    hours_pass(driver, 3)
    assert (newsletters(driver, early), newsletters(driver, late)) == (1, 1)
    report = acting.report(driver, campaign)
    assert (report["status"], report["held"], report["next_pass_at"]) == ("sent", {}, None)
    told = [(one["planned"], one["held"]) for one in report["passes"]]
    assert told == [(1, {"quiet-hours": 1}), (1, {})]


def test_what_cannot_wait_goes_at_any_hour_and_the_approval_is_of_that(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    _, address = reader(driver, topic, hours=asleep(driver))
    campaign = acting.draft(driver, [topic], channels=["email"])
    path = f"/v1/campaigns/{campaign}"
    before = shown(driver, campaign)
    changed = acting.api(driver, "PATCH", path, {"version": before["version"], "daylight": False})
    assert changed["daylight"] is False
    assert changed["digest"] != before["digest"]
    call(driver, campaign, "launch")
    driver.settle()
    assert newsletters(driver, address) == 1


def test_who_is_still_held_when_it_expires_is_listed_with_the_reason(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    sleeper, address = reader(driver, topic, hours=asleep(driver))
    campaign = acting.draft(driver, [topic], channels=["email"])
    made = shown(driver, campaign)
    expires = {"version": made["version"], "expires_at": in_seconds(driver, 1800)}
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", expires)
    call(driver, campaign, "launch")
    driver.settle()
    hours_pass(driver, 3)
    report = acting.report(driver, campaign)
    assert (report["expired"], report["let_go"], report["sent"]) == (1, {"quiet-hours": 1}, 0)
    (listed,) = acting.api(driver, "GET", f"/v1/campaigns/{campaign}/deliveries?status=expired")["items"]
    assert (listed["subscriber_id"], listed["reason"]) == (sleeper, "quiet-hours")
    assert newsletters(driver, address) == 0


def test_a_department_sends_one_person_no_more_than_it_says(driver: LocalDriver) -> None:
    department = acting.slug("dept")
    acting.api(driver, "PUT", f"/v1/departments/{department}", {"name": "Works", "weekly_cap": 1})
    topic = acting.topic(driver, department=department)
    _, address = reader(driver, topic)
    first, second = (
        acting.send(driver, [topic], channels=["email"], department=department) for _ in range(2)
    )
    assert acting.report(driver, first)["sent"] == newsletters(driver, address) == 1
    assert shown(driver, second)["progress"]["held"] == {"capped": 1}
    driver.pass_time(7 * 86_400)
    hours_pass(driver, 1)
    assert acting.report(driver, second)["sent"] == 1
    assert newsletters(driver, address) == 2


def test_who_paused_gets_nothing_until_that_day(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    day = f"{driver.platform.clock().date():%Y-%m-%d}"
    _, back = reader(driver, topic, paused_until=day)
    _, away = reader(driver, topic, paused_until="2099-01-01")
    campaign = acting.send(driver, [topic], channels=["email"])
    assert (newsletters(driver, back), newsletters(driver, away)) == (1, 0)
    assert acting.report(driver, campaign)["skipped"] == {"paused": 1}
