"""Steering: campaigns approved, scheduled, paused, extended and listed; one that stands still is told of."""

from typing import Any

import pytest

from tests.core.pictures.samples import PNG, encoded
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.test_control import in_seconds
from tests.features.tour import draft, launched, segments, snapshot, step

STANDING_S = 900


def steering(driver: LocalDriver) -> None:
    """All of it."""
    approval(driver)
    schedules(driver)
    pauses(driver)
    searches(driver)
    held(driver)
    still(driver)


def call(driver: LocalDriver, campaign: str, verb: str, body: Any = None) -> Any:
    return acting.api(driver, "POST", f"/v1/campaigns/{campaign}/{verb}", body)


def approval(driver: LocalDriver) -> None:
    """A department is set up, shown and listed; a campaign is submitted, rejected, submitted and approved."""
    slug = acting.slug("dept")
    department = f"/v1/departments/{slug}"
    acting.api(driver, "PUT", department, {"name": "Works", "two_person": True})
    acting.api(driver, "PUT", f"{department}/logo", {"png": encoded(PNG)})
    driver.request("GET", f"/logos/{slug}")
    acting.api(driver, "DELETE", f"{department}/logo")
    acting.api(driver, "GET", department)
    acting.api(driver, "GET", "/v1/departments")
    campaign = acting.draft(driver, [acting.topic(driver)])
    call(driver, campaign, "submit")
    call(driver, campaign, "reject", {"reason": "Not yet."})
    version = call(driver, campaign, "submit")["version"]
    call(driver, campaign, "approve", {"version": version})


def schedules(driver: LocalDriver) -> None:
    """One is taken back, one starts, one cannot start; a launch and a cancel cut short are finished."""
    roads, gone = acting.topic(driver), acting.topic(driver)
    acting.sign_up(driver, [roads])
    acting.sign_up_by_text(driver, [roads])
    earlier, segment = acting.send(driver, [roads]), segments(driver)
    narrowed = {"all": [{"topic": roads}, {"segment": segment}, {"any": [{"area": acting.area(driver)}]}]}
    narrowed = {"any": [narrowed, {"topic": roads}, snapshot(driver, segment)]}
    deliveries = {"deliveries": {"campaign": earlier, "state": "sent"}}
    audience = {"any": [narrowed, deliveries]}
    starts = {"starts_at": in_seconds(driver, 60)}
    alt = {"department": "works", "alt": {"en": "The new bridge"}, "picture": encoded(PNG)}
    image = {"media": acting.api(driver, "POST", "/v1/media", alt)["id"]}
    campaigns = [draft(driver, audience), *(acting.draft(driver, [topic]) for topic in (roads, gone))]
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaigns[0]}", {"version": 1, "images": [image]})
    campaigns.append(varied(driver, {"any": [{"topic": roads}, deliveries]}))
    for campaign in campaigns:
        call(driver, campaign, "schedule", starts)
    acting.api(driver, "DELETE", f"/v1/campaigns/{campaigns[1]}/schedule")
    acting.api(driver, "DELETE", f"/v1/topics/{gone}")
    driver.pass_time(90)
    with pytest.raises(Exception, match="1"):  # the one whose topic has ended
        driver.tick()
    driver.settle()
    done = launched(driver, {"topic": roads})
    call(driver, done, "cancel")
    driver.pass_time(90)
    driver.tick()
    driver.settle()


def pauses(driver: LocalDriver) -> None:
    """A send is paused, looked at, resumed, and extended to one who came late; its deliveries are listed."""
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    campaign = launched(driver, {"topic": roads})
    call(driver, campaign, "pause")
    step(driver, "ExpandBulk", "DeliverBulk")
    call(driver, campaign, "resume")
    acting.api(driver, "GET", f"/v1/campaigns/{campaign}")
    driver.settle()
    acting.sign_up(driver, [roads])
    call(driver, campaign, "extend")
    driver.settle()
    assert acting.report(driver, campaign)["sent"] == 2
    acting.api(driver, "GET", f"/v1/campaigns/{campaign}/deliveries")


def varied(driver: LocalDriver, audience: Any) -> str:
    """A draft with variants, for so few that all of them are counted before; its id."""
    campaign = draft(driver, audience)
    variants = [{"name": "short", "content": {"en": {"subject": "Closed"}}}]
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", {"version": 1, "variants": variants})
    return campaign


def searches(driver: LocalDriver) -> None:
    """What two variants did is looked at, when they are mature and a day on, and reported."""
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    acting.sign_up_by_text(driver, [roads])
    campaign = acting.draft(driver, [roads])
    variants = [{"name": "short", "content": {"en": {"subject": "Closed", "sms": "Closed"}}}]
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", {"version": 1, "variants": variants})
    call(driver, campaign, "launch")
    driver.settle()
    for hours in (2, 24):
        driver.pass_time(hours * 3600)
        driver.platform.fire("variants")
    assert acting.report(driver, campaign)["search"]["state"] == "not enough data"


def held(driver: LocalDriver) -> None:
    """So much comes back that all campaigns are held; one that waits goes on when an admin says so."""
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    acting.bouncing(driver, 40)
    campaign = launched(driver, {"topic": roads})
    step(driver, "ExpandBulk")
    acting.api(driver, "GET", "/v1/sending")
    reason = {"channel": "email", "reason": "The list is mended."}
    acting.api(driver, "POST", "/v1/sending/resume", reason)
    driver.settle()
    assert acting.report(driver, campaign)["sent"] == 1


def still(driver: LocalDriver) -> None:
    """The provider's workers do nothing for so long that the sweep says so."""
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    campaign = launched(driver, {"topic": roads})
    for _ in range(4):
        driver.pass_time(STANDING_S)
        driver.sweep()
    call(driver, campaign, "cancel")
    driver.settle()
