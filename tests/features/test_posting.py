"""One campaign goes to every place at once, in one launch; a place that is down keeps nobody else waiting."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.city.accounts import SETTINGS, campaign, seed_accounts
from infra.stand_ins.mastodon import Mastodon
from infra.stand_ins.transport import answers
from tests.features import acting
from tests.features.local import LocalDriver

PLACES = {"mastodon", "bluesky", "x", "facebook", "apprise", "webhook", "sns_topic"}


@pytest.fixture
def city(driver: LocalDriver) -> Iterator[tuple[LocalDriver, str]]:
    """The city's accounts on fresh stand-ins, and a topic."""
    driver.platform.web.reset()
    topic = acting.topic(driver)
    seed_accounts(driver.base_url, driver.admin_key, department="works", topic=topic)
    yield driver, topic
    for platform in SETTINGS:
        acting.api(driver, "DELETE", f"/v1/accounts/city-{platform.replace('_', '-')}")


def outbox(driver: LocalDriver, *channels: str) -> list[dict[str, Any]]:
    """What the outbox tells programs of channels, oldest first."""
    found = driver.request("GET", "/outbox.json").json()
    return [one for one in reversed(found) if one["channel"] in channels]


def drafted(driver: LocalDriver, topic: str) -> str:
    return str(acting.api(driver, "POST", "/v1/campaigns", campaign("works", topic))["id"])


def test_a_campaign_is_posted_everywhere_corrected_and_taken_back(city: tuple[LocalDriver, str]) -> None:
    driver, topic = city
    address = acting.sign_up(driver, [topic])
    sent = drafted(driver, topic)
    acting.api(driver, "POST", f"/v1/campaigns/{sent}/launch")
    driver.settle()
    report = acting.report(driver, sent)
    assert {(one["platform"], one["state"]) for one in report["posts"]} == {
        (place, "posted") for place in PLACES
    }
    assert report["sent"] == len([one for one in acting.messages(driver, address) if "Water" in one.subject])
    shown = outbox(driver, *PLACES)
    assert {one["channel"] for one in shown} == PLACES
    assert {one["language"] for one in shown if one["channel"] == "mastodon"} == {"en", "es"}
    page = driver.request("GET", "/outbox?channel=mastodon").text
    name = page.split('href="/outbox/post-', 1)[1].split('"', 1)[0]
    assert "city.example" in driver.request("GET", f"/outbox/post-{name}").text
    corrected(driver, sent)


def corrected(driver: LocalDriver, sent: str) -> None:
    right = {"en": {"subject": "Water is back", "body": "It is back.", "post": "Water is back on Elm Street"}}
    for how, stands in (("replace", {"Water is back on Elm Street"}), ("withdraw", set())):
        body = {"how": how, "content": right}
        made = acting.api(driver, "POST", f"/v1/campaigns/{sent}/correct", body)["id"]
        acting.api(driver, "POST", f"/v1/campaigns/{made}/launch")
        driver.settle()
        social = outbox(driver, "mastodon", "bluesky", "x", "facebook")
        assert {one["text"] for one in social} == stands, how
        told = [one["text"] for one in outbox(driver, "webhook")]
        assert ["Water is back" in one for one in told] == [True] * len(stands), how


def test_a_platform_that_is_down_keeps_no_other_and_no_mail_waiting(city: tuple[LocalDriver, str]) -> None:
    driver, topic = city
    address = acting.sign_up(driver, [topic])
    down = driver.platform.web.of(Mastodon)
    down.faults.add(answers(503), times=10_000)
    sent = drafted(driver, topic)
    began = driver.platform.clock.time()
    acting.api(driver, "POST", f"/v1/campaigns/{sent}/launch")
    while driver.platform.drain_once():
        pass
    assert driver.platform.clock.time() - began < 30
    states = {
        (one["platform"], one["state"])
        for one in acting.api(driver, "GET", f"/v1/campaigns/{sent}/posts")["items"]
    }
    assert states == {(place, "posted") for place in PLACES - {"mastodon"}} | {("mastodon", "ready")}
    assert "Water" in acting.last(driver, address).subject
    down.faults = type(down.faults)()
    driver.settle()
    assert len(outbox(driver, "mastodon")) == 2
