"""Forecasts: what a campaign would cost and take; and the report afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery import counts
from chalicelib.delivery.ways_out import channel_of
from tests.campaigns.city import City

CONTENT = {
    "en": {"subject": "s", "body": "b", "sms": "x" * 200, "voice": "Main Street is closed."},
    "es": {"sms": "ñ" * 60 + "ж"},
}


@pytest.fixture
def priced(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    """Twelve people by text, eight of them by mail, too; a text's part costs a cent, in Canada two."""
    wiring = city.wiring
    settings = replace(wiring.settings, sms_price=("US=0.01", "CA=0.02"), sms_rate=2.0)
    monkeypatch.setattr(wiring, "settings", settings)
    channel_of.cache_clear()
    for number in range(12):
        channels = ("sms",) if number % 3 else ("email", "sms")
        language = "es" if number % 4 == 0 else "vi" if number % 4 == 1 else "en"
        city.resident(f"r{number}", language=language, subscribed={"roads": channels})
    return city


def forecast(city: City, campaign: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = city.post(f"/v1/campaigns/{campaign['id']}/forecast")
    assert answer.status == status, answer.text
    found: dict[str, Any] = answer.json
    return found


def channel(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["channels"] if one["channel"] == name)


def test_people_parts_price_and_finish_are_known_before_and_come_true(priced: City) -> None:
    campaign = priced.draft(content=CONTENT)
    found = forecast(priced, campaign)
    assert (found["people"], found["state"], found["job"]) == (12, "done", None)
    sms, email = channel(found, "sms"), channel(found, "email")
    assert sms["languages"] == [
        {"language": "en", "messages": 9, "each": 2},
        {"language": "es", "messages": 3, "each": 1},
    ], "Vietnamese has no words: who reads it gets English"
    assert (sms["units"], sms["usd"]) == (21, 0.21)
    assert sms["countries"] == [{"country": "US", "units": 21, "usd": 0.21}]
    assert (email["messages"], email["units"], email["usd"]) == (4, 0, 0.0)
    assert sms["per_second"] == 1.6, "bulk has four fifths of the number's rate"
    took = parse_rfc3339(sms["finish"]) - parse_rfc3339(found["starts_at"])
    assert took.total_seconds() == pytest.approx(21 / 1.6, abs=0.01)
    assert (found["finish"], found["usd"]) == (sms["finish"], 0.21)
    assert priced.post(f"/v1/campaigns/{campaign['id']}/launch").status < 300
    priced.platform.settle()
    report = priced.get(f"/v1/campaigns/{campaign['id']}/report").json
    costs = {one["channel"]: one["cost"] for one in report["channels"]}
    assert costs["sms"] == {"units": 21, "estimated_usd": 0.21, "told_usd": None, "told_messages": 0}
    assert costs["email"] is None


def test_what_has_no_price_has_none(priced: City, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = priced.wiring
    monkeypatch.setattr(wiring, "settings", replace(wiring.settings, sms_price=("FR=0.05",)))
    found = forecast(priced, priced.draft(content=CONTENT))
    assert (channel(found, "sms")["usd"], found["usd"]) == (None, None)
    assert channel(found, "sms")["units"] == 21


def test_a_campaign_that_starts_later_is_done_later(priced: City) -> None:
    campaign = priced.draft(content=CONTENT, channels=["email"])
    starts_at = rfc3339(priced.wiring.clock() + timedelta(days=2))
    assert priced.post(f"/v1/campaigns/{campaign['id']}/schedule", {"starts_at": starts_at}).status == 200
    found = forecast(priced, campaign)
    assert found["starts_at"] == starts_at
    assert found["finish"] > starts_at


def test_a_crowd_becomes_a_job_that_says_more_as_it_counts(
    priced: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "AT_ONCE", 5)
    campaign = priced.draft(content=CONTENT)
    begun = forecast(priced, campaign, 202)
    assert begun["state"] == "running"
    assert channel(begun, "sms")["messages"] == 6
    priced.platform.settle()
    path = f"/v1/campaigns/{campaign['id']}/forecast/{begun['job']}"
    done = priced.get(path).json
    assert (done["state"], channel(done, "sms")["units"], done["usd"]) == ("done", 21, 0.21)
    changed = {"version": campaign["version"], "audience": {"topic": "bridges"}}
    assert priced.call("PATCH", f"/v1/campaigns/{campaign['id']}", changed).status == 200
    refused = priced.get(path)
    assert (refused.status, refused.code) == (409, "audience-changed")
    assert priced.get(path.replace(begun["job"], "0" * 32)).status == 404


def test_a_campaign_for_nobody_yet_and_one_of_others_are_refused(priced: City) -> None:
    answer = priced.post(f"/v1/campaigns/{priced.draft(audience=None)['id']}/forecast")
    assert (answer.status, answer.pointers) == (422, ["/audience"])
    other = priced.post(f"/v1/campaigns/{priced.draft()['id']}/forecast", key="water")
    assert other.status == 403
