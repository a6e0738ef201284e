"""The ways in: by topic, category and place, from a link or QR code, from other sites; and how often."""

import base64
import re
from html import unescape
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from tests.features import acting
from tests.features.driver import Driver, Response

CITY = "https://www.city.example"
"""Whose scripts may send sign-ups, on the stacks that tests share."""


def confirmed(driver: Driver, address: str) -> Any:
    """The person whom confirming the newest mail to an address makes, as staff see them."""
    driver.settle()
    assert driver.request("POST", acting.link_in(acting.last(driver, address)), form={}).status == 200
    return known(driver, address)


def known(driver: Driver, address: str) -> Any:
    return acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "email", "address": address})


def consent(driver: Driver, person: Any) -> list[Any]:
    """The person's consent, as their history shows it."""
    history = acting.api(driver, "GET", f"/v1/subscribers/{person['id']}/history?kind=consent")
    return [one["consent"] for one in history["items"]]


def category(driver: Driver) -> tuple[str, list[str]]:
    """A category with two open topics and a closed one; its name and the open ones."""
    name = acting.slug("Parks & play")
    made = [acting.slug("topic") for _ in range(3)]
    for topic, status in zip(made, ("open", "open", "closed"), strict=True):
        body = {"id": topic, "name": {"en": topic}, "department": "works", "category": name, "status": status}
        acting.api(driver, "POST", "/v1/topics", body)
    return name, made[:2]


def sent_form(driver: Driver, *fields: tuple[str, str], path: str = "/subscribe") -> Response:
    shown = driver.request("GET", "/subscribe")
    return driver.request("POST", path, form=[*fields, ("wording", acting.wording_of(shown))])


def test_one_control_takes_all_topics_of_a_category(driver: Driver) -> None:
    name, topics = category(driver)
    page = driver.request("GET", "/subscribe").text
    assert f'name="category" value="{name.replace("&", "&amp;")}"' in page
    address = acting.email()
    assert sent_form(driver, ("category", name), ("topic", topics[0]), ("email", address)).status == 200
    assert set(confirmed(driver, address)["topics"]) == set(topics)


PLACES = {
    "a named area": ("area", lambda area, code: area),
    "a postcode": ("postcode", lambda area, code: f" {code.upper()}-1234"),
}


@pytest.mark.parametrize(("field", "typed"), PLACES.values(), ids=PLACES.keys())
def test_by_place_one_hears_what_is_for_that_place(driver: Driver, field: str, typed: Any) -> None:
    topic, area = acting.topic(driver), acting.area(driver, name="Old Town")
    code = acting.area(driver, acting.slug("p").replace("-", ""), kind="postcode")
    page = driver.request("GET", "/subscribe").text
    assert f'<option value="{area}">Old Town</option>' in page
    assert f'value="{code}"' not in page
    address = acting.email()
    fields = [("topic", topic), ("email", address), (field, typed(area, code))]
    assert sent_form(driver, *fields).status == 200
    person = confirmed(driver, address)
    assert set(person["places"]) == {"home"}
    campaign = acting.draft(driver, [topic], channels=["email"])
    near = {"version": 1, "audience": {"all": [{"topic": topic}, {"area": area}]}}
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", near)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    driver.settle()
    assert acting.report(driver, campaign)["sent"] == 1


def test_a_place_that_is_unknown_is_named_with_all_else_that_is_wrong(driver: Driver) -> None:
    acting.area(driver, acting.slug("p").replace("-", ""), kind="postcode")
    answer = sent_form(driver, ("email", "ana@"), ("postcode", "nowhere"))
    assert answer.status == 422
    summary = answer.text.partition('role="alert"')[2].partition("</ul>")[0]
    assert re.findall(r'href="#field-(\w+)"', summary) == ["topics", "postcode", "email"]
    assert 'value="nowhere"' in answer.text


def test_a_link_ticks_topics_asks_for_one_channel_and_carries_both_into_other_languages(
    driver: Driver,
) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    query = f"topic={roads}&topic={parks}&topic=no-such&channel=sms&email=ana%40example.com"
    page = driver.request("GET", f"/subscribe?{query}").text
    ticked = re.findall(r'<input type="checkbox" name="topic" value="([^"]+)"[^>]* checked>', page)
    assert set(ticked) == {roads, parks}
    assert 'name="phone"' in page
    assert 'name="email"' not in page
    assert "ana@example.com" not in page
    kept = re.search(r'href="(\?[^"]*lang=es)"', page)
    assert kept is not None
    assert f"topic={roads}&topic={parks}" in unescape(kept[1])
    assert "channel=sms" in kept[1]
    number = acting.phone()
    wording = acting.wording_of(driver.request("GET", "/subscribe"))
    form = [("topic", roads), ("channel", "sms"), ("phone", "12"), ("wording", wording)]
    again = driver.request("POST", "/subscribe", form=form)
    assert (again.status, 'name="email"' in again.text) == (422, False)
    form[2] = ("phone", number)
    assert driver.request("POST", "/subscribe", form=form).status == 200


def test_staff_get_the_link_and_its_qr_code(driver: Driver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    query = f"topic={roads},{parks}&channel=email&language=es"
    made = acting.api(driver, "GET", f"/v1/invitations?{query}")
    assert made["url"] == f"{driver.base_url}/subscribe?topic={roads}&topic={parks}&channel=email&lang=es"
    assert fromstring(made["svg"]).findtext("{http://www.w3.org/2000/svg}title") == made["url"]
    assert base64.b64decode(made["png"]).startswith(b"\x89PNG")
    assert "checked" in driver.request("GET", made["url"]).text
    refused = driver.request("GET", "/v1/invitations?topic=no-such", key=driver.admin_key)
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, "topic")


def test_a_form_on_another_site_signs_up(driver: Driver) -> None:
    roads, other = acting.topic(driver), acting.topic(driver)
    page = driver.request("GET", f"/subscribe/embed?lang=es&topic={roads}")
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert found is not None
    snippet = unescape(found[1])
    assert "<script" not in snippet
    assert "style" not in snippet
    assert other not in snippet
    action = re.search(r'action="([^"]+)"', snippet)
    wording = re.search(r'name="wording" value="([^"]+)"', snippet)
    assert action is not None
    assert wording is not None
    assert action[1] == f"{driver.base_url}/subscribe/embed?lang=es"
    address = acting.email()
    form = {"topic": roads, "email": address, "language": "es", "wording": wording[1]}
    elsewhere = {"Origin": "https://anywhere.example"}
    answer = driver.request("POST", action[1], form=form, headers=elsewhere)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    person = confirmed(driver, address)
    assert person["language"] == "es"
    (entry,) = consent(driver, person)
    assert (entry["source"], entry["by"]) == ("embedded-form", "subscriber")
    assert entry["wording"].startswith("Al inscribirse")
    acting.send(driver, [roads])
    assert acting.last(driver, address).subject == "Cierra la calle Main"


def test_a_form_with_the_words_of_yesterday_is_shown_filled_in_with_those_of_today(driver: Driver) -> None:
    roads, address = acting.topic(driver), acting.email()
    form = {"topic": roads, "email": address, "wording": "000000000000"}
    answer = driver.request("POST", "/subscribe/embed", form=form)
    assert answer.status == 422
    assert "The text above the button has changed" in answer.text
    assert f'value="{address}"' in answer.text
    driver.settle()
    assert acting.messages(driver, address) == []


def script(driver: Driver, body: Any, *, origin: str | None = CITY) -> Response:
    """A sign-up that a script of a site sends."""
    headers = {"Origin": origin} if origin else {}
    return driver.request("POST", "/subscribe/embed.json", json=body, headers=headers)


def offer(driver: Driver, language: str = "en") -> Any:
    headers = {"Origin": CITY}
    answer = driver.request("GET", f"/subscribe/embed.json?lang={language}", headers=headers)
    assert answer.headers["access-control-allow-origin"] == CITY
    return answer.json()


def test_scripts_of_allowed_sites_sign_up(driver: Driver) -> None:
    roads = acting.topic(driver, name="Road works")
    shown = offer(driver, "es")
    assert {"id": roads, "name": "Road works (es)"}.items() <= next(
        one for one in shown["topics"] if one["id"] == roads
    ).items()
    address, number = acting.email(), acting.phone()
    body = {"topics": [roads], "email": address, "phone": number, "language": "es"}
    answer = script(driver, {**body, "wording": shown["wording"]})
    assert answer.status == 202
    assert answer.headers["access-control-allow-origin"] == CITY
    assert answer.headers["vary"] == "Origin"
    assert answer.json()["channels"] == ["email", "sms"]
    assert driver.request("GET", answer.json()["code_page"]).status == 200
    (entry,) = consent(driver, confirmed(driver, address))
    assert (entry["source"], entry["wording"]) == ("embedded-form", shown["consent"])
    acting.send(driver, [roads])
    assert acting.last(driver, address).subject == "Cierra la calle Main"


def test_a_known_address_and_an_unknown_one_are_answered_alike(driver: Driver) -> None:
    roads = acting.topic(driver)
    body = {"topics": [roads], "wording": offer(driver)["wording"]}
    addresses = (acting.sign_up(driver, [roads]), acting.email())
    answers = [script(driver, {**body, "email": address}) for address in addresses]
    assert answers[0].json() == answers[1].json()
    assert {one.status for one in answers} == {202}


def test_what_is_wrong_is_told_to_the_script_as_a_problem(driver: Driver) -> None:
    wording = offer(driver)["wording"]
    answer = script(driver, {"topics": [], "email": "ana@", "wording": "x", "area": "no-such"})
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.headers["access-control-allow-origin"] == CITY
    pointers = [one["pointer"] for one in answer.json()["errors"]]
    assert pointers == ["/wording", "/area", "/email", "/topics"]
    unreadable = script(driver, {"topics": "roads", "wording": wording})
    assert (unreadable.status, unreadable.headers["access-control-allow-origin"]) == (422, CITY)


def test_scripts_of_other_sites_may_not_and_browsers_are_told_before(driver: Driver) -> None:
    roads, address = acting.topic(driver), acting.email()
    body = {"topics": [roads], "email": address, "wording": offer(driver)["wording"]}
    answer = script(driver, body, origin="https://anywhere.example")
    assert (answer.status, answer.json()["code"]) == (403, "other-origin")
    assert "access-control-allow-origin" not in answer.headers
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    told = driver.request("OPTIONS", "/subscribe/embed.json", headers={"Origin": CITY, **asking})
    assert (told.status, told.headers["access-control-allow-origin"]) == (204, CITY)
    assert told.headers["access-control-allow-headers"] == "Content-Type"
    other = driver.request("OPTIONS", "/subscribe/embed.json", headers={"Origin": "null", **asking})
    assert "access-control-allow-origin" not in other.headers
    driver.settle()
    assert acting.messages(driver, address) == []
    assert script(driver, body, origin=None).status == 202


def test_a_topic_shows_how_often_and_the_latest(driver: Driver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    assert "a month" not in about(driver, roads)
    first, second = acting.send(driver, [roads]), acting.send(driver, [roads])
    assert "About 2 messages a month" in about(driver, roads)
    assert f"/archive/{second}" in about(driver, roads)
    assert first not in about(driver, roads)
    third = acting.draft(driver, [roads])
    acting.api(driver, "POST", f"/v1/campaigns/{third}/launch")
    assert f"/archive/{third}" in about(driver, roads)
    acting.api(driver, "POST", f"/v1/campaigns/{third}/cancel")
    assert "About 2 messages a month" in about(driver, roads)
    assert f"/archive/{second}" in about(driver, roads)


def about(driver: Driver, topic: str) -> str:
    """What the sign-up page shows of one topic."""
    page = driver.request("GET", "/subscribe").text
    return page.partition(f'value="{topic}"')[2].partition('<div class="choice">')[0]
