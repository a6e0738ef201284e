"""Where on the agency's site people went: campaign parameters, posters, and what was done there."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.features import acting
from tests.features.driver import Driver
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
