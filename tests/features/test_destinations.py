"""Where on the agency's site people went: campaign parameters, posters, and what was done there."""

import base64
import json
from collections.abc import Mapping
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree.ElementTree import fromstring

import pytest

from tests.features import acting
from tests.features.driver import Driver, Response
from tests.features.local import LocalDriver

SITE = "www.city.example"
WORDS = {
    "en": {
        "subject": "Flu clinics open",
        "body": f"[Sign up](https://{SITE}/clinic?day=1#form), [read](https://state.example/flu), "
        f"or [sign up](https://{SITE}/clinic?day=1#form).",
        "sms": f"Flu clinics: https://{SITE}/clinic",
    }
}


def department(driver: Driver, **more: object) -> str:
    """A new department with a site of its own; its id."""
    name = acting.slug("health")
    acting.api(driver, "PUT", f"/v1/departments/{name}", {"name": "Health", "sites": [SITE], **more})
    return name


def leads_to(driver: Driver, link: str) -> str:
    """Where a link redirects to."""
    answer = driver.request("GET", unescape(link))
    assert answer.status == 302, answer.text[:300]
    return answer.headers["location"]


def parameters(url: str) -> dict[str, str]:
    """The campaign parameters of an address, without their beginning."""
    query = parse_qs(urlsplit(url).query)
    return {name[4:]: values[0] for name, values in query.items() if name.startswith("utm_")}


def test_links_to_the_departments_site_tell_analytics_where_they_came_from(driver: LocalDriver) -> None:
    health = department(driver, utm_source="crier")
    flu = acting.topic(driver, department=health)
    address, number = acting.sign_up(driver, [flu]), acting.sign_up_by_text(driver, [flu])
    campaign = acting.send(driver, [flu], department=health, content=WORDS)
    links = acting.TRACKED.findall(acting.last(driver, address).html)
    first, other, second = (leads_to(driver, link) for link in links)
    assert first.startswith(f"https://{SITE}/clinic?day=1&utm_source=")
    assert first.endswith("#form")
    shared = {"source": "crier", "medium": "email", "campaign": "main-street"}
    assert parameters(first) == shared | {"content": "1"}
    assert parameters(second) == shared | {"content": "3"}
    assert other == "https://state.example/flu"
    text = acting.last(driver, number).text
    assert "utm_" not in text
    assert parameters(leads_to(driver, acting.TRACKED.findall(text)[0]))["medium"] == "sms"
    pages = acting.report(driver, campaign)["destinations"]
    assert {one["page"]: len(one["links"]) for one in pages} == {f"{SITE}/clinic": 3, "state.example/flu": 1}


def test_a_preview_shows_what_links_will_carry(driver: LocalDriver) -> None:
    health = department(driver, utm_source="crier")
    flu = acting.topic(driver, department=health)
    address = acting.sign_up(driver, [flu])
    campaign = acting.draft(driver, [flu], department=health, content=WORDS)
    one = f"/v1/campaigns/{campaign}"
    acting.api(driver, "PATCH", one, {"version": 1, "utm_campaign": "flu-2026"})
    lookup = {"channel": "email", "address": address}
    person = {"subscriber_id": acting.api(driver, "POST", "/v1/subscribers/lookup", lookup)["id"]}
    shown = acting.api(driver, "POST", f"{one}/preview", person)
    assert "utm_campaign=flu-2026&amp;utm_content=1#form" in shown["email"]["html"]
    (link,) = shown["sms"]["links"]
    assert parameters(link) == {"source": "crier", "medium": "sms", "campaign": "flu-2026", "content": "1"}
    acting.api(driver, "PATCH", one, {"version": 2, "utm_campaign": ""})
    shown = acting.api(driver, "POST", f"{one}/preview", person)
    assert "utm_" not in shown["email"]["html"]
    assert shown["sms"]["links"] == [f"https://{SITE}/clinic"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"sites": ["https://www.city.example"]}, "/sites/0"),
        ({"sites": ["www.city.example", "a b"]}, "/sites/1"),
        ({"utm_source": "a&b=c"}, "/utm_source"),
    ],
)
def test_what_is_no_site_and_no_parameter_is_named(
    driver: LocalDriver, change: dict[str, object], pointer: str
) -> None:
    body = {"name": "Health", **change}
    refused = driver.request("PUT", "/v1/departments/refused", key=driver.admin_key, json=body)
    assert (refused.status, [one["pointer"] for one in refused.json()["errors"]]) == (422, [pointer])
    assert driver.request("GET", "/v1/departments/refused", key=driver.admin_key).status == 404


BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"}


def poster(driver: Driver, **more: Any) -> Any:
    """A new poster of a new department."""
    given = {"name": "Flu clinics", "url": f"https://{SITE}/clinic?day=1#form"} | more
    body = {"department": more.pop("department", "") or department(driver, utm_source="crier"), **given}
    return acting.api(driver, "POST", "/v1/posters", body)


def scan(driver: Driver, made: Any, method: str = "GET", headers: Mapping[str, str] = BROWSER) -> Response:
    """Somebody, or something, goes to a poster's address."""
    return driver.request(method, made["address"], headers=headers)


def test_a_poster_leads_to_its_page_and_its_scans_are_counted(driver: Driver) -> None:
    made = poster(driver)
    assert made["address"] == f"{driver.base_url}/q/{made['code']}"
    answer = scan(driver, made)
    assert (answer.status, answer.headers["cache-control"]) == (302, "no-store")
    assert answer.headers["location"] == made["target"]
    assert made["target"].startswith(f"https://{SITE}/clinic?day=1&utm_source=crier")
    given = {"source": "crier", "medium": "qr", "campaign": "flu-clinics", "content": made["code"]}
    assert parameters(made["target"]) == given
    assert "set-cookie" not in answer.headers
    scan(driver, made, headers={**BROWSER, "Sec-GPC": "1"})
    scan(driver, made, method="HEAD")
    scan(driver, made, headers={**BROWSER, "Sec-Purpose": "prefetch"})
    scan(driver, made, headers={"User-Agent": "facebookexternalhit/1.1"})
    driver.settle()
    found = acting.api(driver, "GET", f"/v1/posters/{made['code']}/scans")
    assert (found["human"], found["machine"]) == (2, 3)
    assert [(one["raw"], one["human"]) for one in found["hours"]] == [(5, 2)]
    assert [one["raw"] for one in found["days"]] == [5]


def test_a_poster_comes_with_what_a_printer_needs(driver: LocalDriver) -> None:
    made = poster(driver)
    assert base64.b64decode(made["png"]).startswith(b"\x89PNG")
    assert fromstring(made["svg"]).findtext("{http://www.w3.org/2000/svg}title") == "Flu clinics"
    assert f"leads to {SITE}/clinic" in made["alt"]
    assert made["print"]["quiet_zone_modules"] == 4
    assert [one["distance_cm"] for one in made["print"]["sizes"]] == [30, 100, 300]
    shown = acting.api(driver, "GET", f"/v1/posters/{made['code']}")
    assert shown == made
    listed = acting.api(driver, "GET", "/v1/posters")["items"][0]
    assert driver.request("GET", f"/q/{made['code'].upper()}").status == 302
    assert listed.items() <= made.items()


def test_a_poster_may_invite_to_sign_up(driver: LocalDriver) -> None:
    flu = acting.topic(driver)
    made = poster(driver, url=None, topics=[flu], language="es")
    assert scan(driver, made).headers["location"] == f"{driver.base_url}/subscribe?topic={flu}&lang=es"
    assert "checked" in driver.request("GET", made["target"]).text


def test_what_hangs_can_be_led_elsewhere_and_ended(driver: LocalDriver) -> None:
    made = poster(driver)
    one = f"/v1/posters/{made['code']}"
    scan(driver, made)
    moved = acting.api(driver, "PATCH", one, {"url": f"https://{SITE}/moved"})
    driver.pass_time(61)
    assert scan(driver, made).headers["location"] == moved["target"]
    acting.api(driver, "PATCH", one, {"ends_at": "2020-01-01T00:00:00Z"})
    driver.pass_time(61)
    over = scan(driver, made)
    assert (over.status, "location" in over.headers) == (410, False)
    assert "What this poster told of is over" in over.text
    assert "cartel" in scan(driver, made, headers={**BROWSER, "Accept-Language": "es"}).text
    assert acting.api(driver, "GET", one)["ended"]
    acting.api(driver, "PATCH", one, {"ends_at": None})
    driver.pass_time(61)
    assert scan(driver, made).status == 302


@pytest.mark.parametrize("code", ["nosuchcd", "x" * 400, "a#b", "..", "%2e%2e", "https:%2F%2Fevil.example"])
def test_a_code_that_is_none_leads_nowhere(driver: LocalDriver, code: str) -> None:
    answer = driver.request(
        "GET", f"/q/{quote(code, safe='%')}", headers={"Referer": "https://evil.example/"}
    )
    assert (answer.status, "location" in answer.headers) == (404, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        f"http://{SITE}/",
        f"https://{SITE}@evil.example/",
        f"https://me:pw@{SITE}/",
        f"https://evil.example\\@{SITE}/",
        f"https://{SITE}:8443/",
        f"https://{SITE}.evil.example/",
        f"//{SITE}/",
        f"javascript://{SITE}/%0aalert(1)",
        "data:text/html,x",
    ],
)
def test_no_poster_leads_anywhere_else(driver: LocalDriver, url: str) -> None:
    health = department(driver)
    body = {"name": "Flu", "department": health, "url": url}
    refused = driver.request("POST", "/v1/posters", key=driver.admin_key, json=body)
    assert (refused.status, {one["pointer"] for one in refused.json()["errors"]}) == (422, {"/url"})
    made = poster(driver, department=health)
    change = driver.request("PATCH", f"/v1/posters/{made['code']}", key=driver.admin_key, json={"url": url})
    assert change.status == 422
    assert acting.api(driver, "GET", f"/v1/posters/{made['code']}")["target"] == made["target"]


def test_a_poster_leads_to_one_thing_and_belongs_to_one_department(driver: LocalDriver) -> None:
    health, flu = department(driver), acting.topic(driver)
    body = {"name": "Flu", "department": health}
    for more in ({}, {"url": f"https://{SITE}/", "topics": [flu]}):
        refused = driver.request("POST", "/v1/posters", key=driver.admin_key, json=body | more)
        assert {one["pointer"] for one in refused.json()["errors"]} == {"/url", "/topics"}
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    body["url"] = f"https://{SITE}/"
    assert driver.request("POST", "/v1/posters", key=theirs, json=body).status == 403
    made = acting.api(driver, "POST", "/v1/posters", body)
    path = f"/v1/posters/{made['code']}"
    assert driver.request("PATCH", path, key=theirs, json={"name": "Ours"}).status == 403
    assert driver.request("GET", f"{path}/scans?since=2026-01-01&until=2025-01-01", key=theirs).status == 422


def goal(driver: Driver, health: str) -> Any:
    """A new goal of a department, on its site."""
    body = {"name": "Signed up for the clinic", "department": health, "sites": [SITE]}
    return acting.api(driver, "POST", "/v1/goals", body)


class Sent(NamedTuple):
    """A campaign of a department with a goal, to one address and one number."""

    made: Any
    campaign: str
    address: str
    number: str


def sent(driver: LocalDriver) -> Sent:
    """Such a campaign, launched and settled."""
    health = department(driver, utm_source="crier")
    made, flu = goal(driver, health), acting.topic(driver, department=health)
    address, number = acting.sign_up(driver, [flu]), acting.sign_up_by_text(driver, [flu])
    return Sent(made, acting.send(driver, [flu], department=health, content=WORDS), address, number)


def click(driver: LocalDriver, to: str, place: int = 0, headers: Mapping[str, str] = BROWSER) -> str:
    """Somebody follows a link; the click's token that the site gets."""
    message = acting.last(driver, to)
    links = acting.TRACKED.findall(message.html or message.text)
    location = driver.request("GET", unescape(links[place]), headers=headers).headers["location"]
    return (parse_qs(urlsplit(location).query).get("crier") or [""])[0]


def convert(driver: LocalDriver, token: str, made: Any, *, key: str = "") -> Response:
    """What the site's server says."""
    body = {"token": token, "goal": made["id"]}
    return driver.request("POST", "/v1/conversions", key=key or made["secret"], json=body)


def goals(driver: LocalDriver, campaign: str) -> Any:
    """The goals of a campaign's report, once all is judged."""
    driver.settle()
    return acting.report(driver, campaign)["goals"]


def test_signing_up_on_the_site_counts_for_the_campaign_its_channel_and_link(
    driver: LocalDriver,
) -> None:
    one = sent(driver)
    mailed, texted = click(driver, one.address), click(driver, one.number)
    for token in (mailed, mailed, texted):
        assert convert(driver, token, one.made).status == 204
    assert convert(driver, click(driver, one.address), one.made, key=driver.admin_key).status == 204
    (found,) = goals(driver, one.campaign)
    assert (found["goal"], found["name"]) == (one.made["id"], "Signed up for the clinic")
    assert (found["people"]["human"], found["events"]["human"]) == (2, 3)
    assert (found["rate"]["value"], found["rate"]["of"]) == (1.0, 2)
    assert 0 < found["rate"]["low"] < 1
    people = {(part["kind"], part["name"]): part["people"]["human"] for part in found["parts"]}
    assert people[("channel", "email")] == people[("channel", "sms")] == 1
    assert people[("link", "0")] == 1
    assert people[("language", "en")] == 2
    lookup = {"channel": "email", "address": one.address}
    person = acting.api(driver, "POST", "/v1/subscribers/lookup", lookup)["id"]
    history = json.dumps(acting.api(driver, "GET", f"/v1/subscribers/{person}/history"))
    assert '"converted"' in history


def test_other_links_and_other_departments_take_no_token_along(driver: LocalDriver) -> None:
    one = sent(driver)
    assert click(driver, one.address, place=1) == ""
    flu = acting.topic(driver)
    address = acting.sign_up(driver, [flu])
    acting.send(driver, [flu], content=WORDS)
    assert click(driver, address) == ""


def test_who_asks_not_to_be_tracked_counts_as_an_event_of_nobody(driver: LocalDriver) -> None:
    one = sent(driver)
    for to in (one.address, one.number):
        token = click(driver, to, headers={**BROWSER, "Sec-GPC": "1"})
        assert [convert(driver, token, one.made).status for _ in range(2)] == [204, 204]
    (found,) = goals(driver, one.campaign)
    assert (found["people"]["raw"], found["events"]["human"]) == (0, 2)


def test_a_page_of_the_site_says_so_itself_and_no_other_page_may(driver: LocalDriver) -> None:
    one = sent(driver)
    token = click(driver, one.address)
    path = f"/c/{token}/{one.made['id']}"
    ours = {**BROWSER, "Origin": f"https://{SITE}", "Content-Type": "text/plain;charset=UTF-8"}
    for origin in ("https://evil.example", f"http://{SITE}", f"https://{SITE}:8443", "null", ""):
        refused = driver.request("POST", path, headers={**ours, "Origin": origin})
        assert (refused.status, refused.json()["code"]) == (403, "other-origin")
        assert "access-control-allow-origin" not in refused.headers
    assert driver.request("GET", path, headers=ours).status in (403, 404, 405)
    assert goals(driver, one.campaign) == []
    taken = driver.request("POST", path, headers=ours, body=b"")
    assert taken.status == 204, taken.text
    assert taken.headers["access-control-allow-origin"] == f"https://{SITE}"
    assert "access-control-allow-credentials" not in taken.headers
    assert "set-cookie" not in taken.headers
    assert goals(driver, one.campaign)[0]["people"]["human"] == 1


def test_what_nobody_may_say_counts_nothing(driver: LocalDriver) -> None:
    one, other = sent(driver), sent(driver)
    token = click(driver, one.address)
    own = acting.TRACKED.findall(acting.last(driver, one.address).html)[0].rsplit("/", 2)[1]
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    viewer, _, _ = acting.staff_key(driver, roles=["viewer"])
    assert convert(driver, token, other.made).status == 404
    assert convert(driver, token[:-2] + "AA", one.made).status == 404
    assert convert(driver, own, one.made).status == 404
    assert convert(driver, token, one.made, key=other.made["secret"]).status == 401
    assert [convert(driver, token, one.made, key=key).status for key in (theirs, viewer)] == [403, 403]
    body = {"token": token, "goal": one.made["id"]}
    assert driver.request("POST", "/v1/conversions", json=body).status == 401
    assert driver.request("POST", "/v1/conversions", key=one.made["secret"], json={}).status == 422
    acting.api(driver, "DELETE", f"/v1/goals/{one.made['id']}")
    driver.pass_time(61)
    assert convert(driver, token, one.made).json()["code"] == "goal-ended"
    ours = {**BROWSER, "Origin": f"https://{SITE}"}
    assert driver.request("POST", f"/c/{token}/{one.made['id']}", headers=ours).status == 409
    assert goals(driver, one.campaign) == goals(driver, other.campaign) == []


def test_a_goal_is_set_changed_and_kept_apart_from_its_secret(driver: LocalDriver) -> None:
    health = department(driver)
    made = goal(driver, health)
    assert made["secret"].startswith("goal_")
    one = f"/v1/goals/{made['id']}"
    shown = acting.api(driver, "PATCH", one, {"name": "Clinic"})
    assert (shown["name"], "secret" in shown) == ("Clinic", False)
    assert acting.api(driver, "GET", one) == shown == acting.api(driver, "GET", "/v1/goals")["items"][0]
    body = {"name": "x", "department": health, "sites": [SITE, "evil.example"]}
    refused = driver.request("POST", "/v1/goals", key=driver.admin_key, json=body)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/sites/1"]
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    assert driver.request("PATCH", one, key=theirs, json={"name": "Ours"}).status == 403
    assert driver.request("DELETE", one, key=theirs).status == 403


def test_pages_are_told_over_the_campaigns_of_a_period(driver: LocalDriver) -> None:
    health = department(driver, utm_source="crier")
    flu, other = (acting.topic(driver, department=health) for _ in range(2))
    address = acting.sign_up(driver, [flu, other])
    for to in ([flu], [flu, other], [other]):
        acting.send(driver, to, department=health, content=WORDS)
        click(driver, address)
    acting.draft(driver, [flu], department=health, content=WORDS)
    driver.settle()
    asked = f"/v1/destinations?department={health}"
    found = acting.api(driver, "GET", asked)
    assert found["campaigns"] == 3
    pages = {one["page"]: (one["campaigns"], one["events"]["raw"]) for one in found["destinations"]}
    assert pages == {f"{SITE}/clinic": (3, 3), "state.example/flu": (3, 0)}
    assert acting.api(driver, "GET", f"{asked}&topic={flu}")["campaigns"] == 2
    assert acting.api(driver, "GET", f"{asked}&until=2020-01-31")["destinations"] == []
    wrong = driver.request("GET", f"{asked}&since=2020-01-01", key=driver.admin_key)
    assert (wrong.status, wrong.json()["errors"][0]["pointer"]) == (422, "since")
