"""The clock looks after tokens: what expires is renewed, and what will not be renewed is told in time."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.channels.accounts import secrets, tokens
from chalicelib.channels.base import Retryable
from chalicelib.core.clock import rfc3339
from tests.campaigns.city import City
from tests.channels.accounts.test_accounts import NEW, ONE, add
from tests.channels.platforms.square import Square


def look(city: City, needed: dict[str, str] | None = None, *, left: float = 300) -> int:
    return tokens.look_after(lambda: needed or {}, left=lambda: left, wiring=city.wiring)


def told(caplog: pytest.LogCaptureFixture, event: str) -> int:
    return sum(f'"event":"{event}"' in one.getMessage() for one in caplog.records)


@pytest.fixture(autouse=True)
def _logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="crier")


def test_a_token_is_renewed_and_the_new_one_posts(city: City, square: Square) -> None:
    add(city)
    square.fresh = "fresh"
    assert look(city) == 1
    assert secrets.read("main-square", wiring=city.wiring) == {"token": "fresh"}
    assert city.get(ONE).json["state"] == "active"


def test_one_that_ends_within_a_week_is_told_of(
    city: City, square: Square, caplog: pytest.LogCaptureFixture
) -> None:
    add(city)
    square.expires_at = city.wiring.clock() + timedelta(days=6)
    look(city)
    assert told(caplog, "account-expiring") == 1
    assert "ends at" in city.get(ONE).json["warning"]


@pytest.mark.parametrize(("days", "alarms"), [(20, 0), (40, 1)])
def test_one_that_ends_before_its_campaign_is_told_of(
    city: City, square: Square, caplog: pytest.LogCaptureFixture, days: int, alarms: int
) -> None:
    add(city)
    now = city.wiring.clock()
    square.expires_at = now + timedelta(days=30)
    look(city, {"main-square": rfc3339(now + timedelta(days=days))})
    assert told(caplog, "account-expiring") == alarms


def test_it_is_asked_every_six_hours_and_at_once_where_it_is_denied(city: City, square: Square) -> None:
    add(city)
    for _ in range(3):
        look(city)
        city.platform.clock.advance(3600)
    assert [call for call, _ in square.asked].count("standing") == 1
    square.tokens = set()
    look(city)
    assert city.get(ONE).json["state"] == "denied"
    square.tokens = {NEW["settings"]["token"]}
    look(city)
    assert city.get(ONE).json["state"] == "active"


def test_one_whose_platform_is_silent_keeps_no_other(city: City, square: Square) -> None:
    add(city)
    add(city, id="other")
    square.down["main-square"] = Retryable("503")
    square.fresh = "fresh"
    assert look(city) == 2
    assert secrets.read("other", wiring=city.wiring) == {"token": "fresh"}


def test_what_fails_of_our_own_is_raised_at_the_end(city: City, square: Square) -> None:
    add(city)
    add(city, id="other")
    square.down["main-square"] = RuntimeError("a mistake")
    with pytest.raises(tokens.AccountsFailed):
        look(city)
    assert city.get("/v1/accounts/other").json["checked_at"]


def test_without_time_it_stops(city: City) -> None:
    add(city)
    assert look(city, left=10) == 0


def test_suspended_ones_are_left_alone(city: City, square: Square) -> None:
    add(city)
    city.call("PATCH", ONE, {"state": "suspended", "reason": "election week"})
    look(city)
    assert square.asked == []


def test_the_schedule_knows_the_campaigns_that_need_an_account(
    city: City, square: Square, caplog: pytest.LogCaptureFixture
) -> None:
    add(city)
    now = city.wiring.clock()
    square.expires_at = now + timedelta(days=30)
    words: dict[str, Any] = {"en": {"subject": "Elm", "body": "Elm.", "post": "Elm Street closes"}}
    campaign = city.draft(channels=["email"], content=words, accounts=["main-square"])
    city.platform.fire("accounts")
    assert told(caplog, "account-expiring") == 0
    starts = {"starts_at": rfc3339(now + timedelta(days=40))}
    scheduled = city.post(f"/v1/campaigns/{campaign['id']}/schedule", starts)
    assert scheduled.status == 200, scheduled.text
    (warned,) = scheduled.json["warnings"]
    assert (warned["pointer"], "ends at" in warned["message"]) == ("/accounts/0", True)
    city.platform.fire("accounts")
    assert told(caplog, "account-expiring") == 1
