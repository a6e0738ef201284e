"""One campaign, four languages, one launch: by mail, text, notification and call, posted, told and fed."""

from dataclasses import replace
from typing import Any

import feedparser
import pytest

from chalicelib.core.settings import END_USER_MESSAGING
from chalicelib.core.wiring import wiring
from chalicelib.delivery.ways_out import channel_of
from infra.city.accounts import POSTS, campaign
from tests.features import acting, pushing
from tests.features.local import LocalDriver
from tests.features.test_posting import PLACES, city, outbox

__all__ = ["city"]
PEOPLE = {"push": "en", "email": "es", "sms": "zh-Hans", "voice": "en"}
"""In which language somebody gets it on each channel."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Texts and calls go by End User Messaging, as a setting of the deployment has it."""
    chosen = replace(wiring().settings, sms_service=END_USER_MESSAGING)
    monkeypatch.setattr(wiring(), "settings", chosen)
    channel_of.cache_clear()
    yield
    channel_of.cache_clear()


def residents(driver: LocalDriver, topic: str) -> dict[str, Any]:
    """One for each channel; where each of them gets it."""
    found: dict[str, Any] = {}
    for channel in ("email", "phone", "voice"):
        own = acting.email() if channel == "email" else acting.phone()
        name = {"phone": "sms"}.get(channel, channel)
        body = {
            channel: own,
            "language": PEOPLE[name],
            "topics": [{"topic": topic, "channels": [name]}],
            "consent": {"source": "paper form", "wording": "I agree."},
            "opt_in": "recorded",
        }
        acting.api(driver, "POST", "/v1/subscribers", body)
        found[name] = own
    address, _, browser = pushing.with_browser(driver, topic)
    found["push"], found["browser"] = address, browser
    return found


def words(say: dict[str, str]) -> dict[str, Any]:
    """What is said, on every channel; calls name no address, and Vietnamese has no voice."""
    return {
        language: {
            "subject": text[:40],
            "body": text,
            "sms": text,
            "push": text,
            "post": text,
            "voice": "" if language == "vi" else text.split("https://")[0],
        }
        for language, text in say.items()
    }


def told(driver: LocalDriver, people: dict[str, Any], what: dict[str, str]) -> dict[str, int]:
    """How often each channel told somebody of it."""
    found = {}
    for channel, language in PEOPLE.items():
        if channel == "push":
            found[channel] = sum(what["en"][:20] in str(one) for one in people["browser"].shown)
        else:
            messages = acting.messages(driver, people[channel])
            found[channel] = sum(what[language][:12] in one.text for one in messages)
    return found


def in_feed(driver: LocalDriver, topic: str, language: str) -> list[str]:
    """What a reader of the topic's feed has, newest first."""
    feed = feedparser.parse(driver.request("GET", f"/feeds/{topic}?language={language}").text)
    assert not feed.bozo
    return [entry.content[0].value for entry in feed.entries]


def launched(driver: LocalDriver, campaign_id: str) -> None:
    acting.api(driver, "POST", f"/v1/campaigns/{campaign_id}/launch")
    driver.settle()


def test_one_launch_reaches_every_way_and_a_correction_each(
    city: tuple[LocalDriver, str], calls: None
) -> None:
    driver, topic = city
    people = residents(driver, topic)
    body = campaign("works", topic) | {"channels": list(PEOPLE), "content": words(POSTS)}
    sent = acting.api(driver, "POST", "/v1/campaigns", body)["id"]
    launched(driver, sent)
    assert told(driver, people, POSTS) == dict.fromkeys(PEOPLE, 1)
    report = acting.report(driver, sent)
    assert {one["channel"]: one["sent"] for one in report["channels"]} == {
        "push": 1, "email": 2, "sms": 1, "voice": 1,
    }  # fmt: skip
    assert {one["platform"] for one in report["posts"] if one["state"] == "posted"} == PLACES
    assert report["page"]["url"].endswith(f"/archive/{sent}")
    assert any(one.endswith(f"/feeds/{topic}") for one in report["page"]["feeds"])
    assert POSTS["vi"][:12] in in_feed(driver, topic, "vi")[0]

    right = {
        "en": "Water is back on Elm Street.",
        "es": "Ya hay agua en Elm Street.",
        "zh-Hans": "Elm Street 已恢复供水，谢谢大家。",
        "vi": "Elm Street đã có nước trở lại.",
    }
    path = f"/v1/campaigns/{sent}/correct"
    correction = acting.api(driver, "POST", path, {"how": "replace", "content": words(right)})["id"]
    launched(driver, correction)
    assert told(driver, people, right) == dict.fromkeys(PEOPLE, 1)
    assert {one["text"] for one in outbox(driver, "mastodon", "bluesky", "x", "facebook")} == {
        right["en"], right["es"],
    }  # fmt: skip
    assert [right["en"] in one["text"] for one in outbox(driver, "webhook")] == [True]
    assert right["vi"] in in_feed(driver, topic, "vi")[0]
    assert acting.report(driver, sent)["page"]["corrected"] == "replace"

    taken_back = acting.api(driver, "POST", path, {"how": "withdraw", "content": words(right)})["id"]
    launched(driver, taken_back)
    assert outbox(driver, "mastodon", "bluesky", "x", "facebook", "webhook") == []
    assert POSTS["en"] not in "".join(in_feed(driver, topic, "en"))
