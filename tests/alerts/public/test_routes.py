"""The public routes: what a stranger is shown of live alerts, and of all else nothing."""

import json
import re

import pytest

from chalicelib.alerts import tables
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.model import Alert
from chalicelib.alerts.public import routes
from chalicelib.alerts.states import State
from chalicelib.core.ids import random_id
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from tests.alerts.sample import alert
from tests.campaigns.city import Answer


def seen(platform: Platform, path: str, **headers: str) -> Answer:
    got = platform.http("GET", path, {name.replace("_", "-"): text for name, text in headers.items()}, b"")
    told = {name.lower(): value for name, value in dict(got.headers).items()}
    return Answer(got.status, told, got.body.decode())


@pytest.fixture
def flood(platform: Platform) -> Alert:
    made = alert(state=State.SENDING)
    tables.add(made, wiring=wiring())
    tables.list_active(made)
    return made


def test_what_is_in_force_is_on_the_page_in_the_readers_language(platform: Platform, flood: Alert) -> None:
    page = seen(platform, "/alerts", accept_language="es")
    assert page.status == 200
    assert "Peligro grave" in page.text
    assert f'/alerts/{flood.id}?lang=es"' in page.text
    assert 'lang="en-US" dir="auto"' in page.text
    assert page.headers["cache-control"] == "public, max-age=30"


def test_one_alert_has_a_page_and_a_cap_message(platform: Platform, flood: Alert) -> None:
    page = seen(platform, f"/alerts/{flood.id}")
    assert "<h1" in page.text
    assert "Go to higher ground now." in page.text
    cap = seen(platform, f"/alerts/{flood.id}.cap")
    assert cap.headers["content-type"] == "application/cap+xml; charset=utf-8"
    assert read(cap.text.encode()) == flood.message


def test_what_is_over_is_in_the_archive_only(platform: Platform, flood: Alert) -> None:
    tables.unlist(flood)
    page = seen(platform, "/alerts")
    assert f'id="alert-{flood.id}"' not in page.text
    assert f"/alerts/{flood.id}?" in page.text
    assert seen(platform, f"/alerts/{flood.id}").status == 200
    assert flood.id not in seen(platform, "/alerts.atom").text


def test_the_archive_goes_on_page_by_page(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for _ in range(3):
        made.append(alert(state=State.ENDED))
        tables.add(made[-1], wiring=wiring())
        tables.list_over(made[-1])
    monkeypatch.setattr(routes, "PAST_SHOWN", 2)
    seen_ids, path = [], "/alerts"
    while path:
        page = seen(platform, path)
        seen_ids += re.findall(r"/alerts/([0-9a-f]{32})\?", page.text)
        path = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert [one for one in seen_ids if one in {each.id for each in made}] == sorted(
        (each.id for each in made), reverse=True
    )
    assert seen(platform, "/alerts?cursor=x").status == 400


@pytest.mark.parametrize("ending", ["", ".cap", ".xml", ".cap.cap"])
def test_what_nobody_launched_is_not_found(platform: Platform, ending: str) -> None:
    draft = alert()
    tables.add(draft, wiring=wiring())
    for one in (draft.id, random_id(), "x"):
        assert seen(platform, f"/alerts/{one}{ending}").status == 404


def test_readers_that_have_it_get_it_no_second_time(platform: Platform, flood: Alert) -> None:
    for path in ("/alerts.atom", "/alerts/banner.json", "/alerts/banner.js", f"/alerts/{flood.id}.cap"):
        first = seen(platform, path)
        assert first.headers["access-control-allow-origin"] == "*"
        assert seen(platform, path, if_none_match=first.headers["etag"]).status == 304
    assert json.loads(seen(platform, "/alerts/banner.json").text)["default"] == "en"
