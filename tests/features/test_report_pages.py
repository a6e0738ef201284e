"""The page of a campaign's report: opened by a link of some days, light, and with nothing of a person."""

import re
from urllib.parse import urlsplit

from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver
from tests.features.test_pages_are_safe import is_safe

DAY_S = 24 * 60 * 60
MAX_BYTES = 150_000


def link_to(driver: Driver, campaign: str, *, key: str | None = None, **more: int) -> str:
    """The path of a new link to a campaign's report."""
    made = acting.api(driver, "POST", f"/v1/campaigns/{campaign}/report/link", more, key=key)
    return str(urlsplit(made["url"]).path)


def test_whoever_has_a_link_reads_the_report_and_nothing_of_a_person(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads], name="Wilhelmina")
    number = acting.sign_up_by_text(driver, [roads])
    campaign = acting.send(driver, [roads])
    mail = acting.last(driver, address)
    driver.ses_event("Delivery", mail)
    followed = acting.TRACKED.search(mail.html)
    assert followed is not None
    driver.request("GET", followed[0])
    driver.settle()
    viewer, _, _ = acting.staff_key(driver, roles=["viewer"], departments=[])
    page = driver.request("GET", link_to(driver, campaign, key=viewer))
    assert page.status == 200
    is_safe(page)
    assert page.headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in page.text
    assert len(page.body) < MAX_BYTES
    assert "city.example/detour" in page.text
    assert acting.report(driver, campaign)["sent"] == 2
    person = acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "email", "address": address})
    for secret in (address, number, "Wilhelmina", person["id"], *re.findall(r"/t/([\w-]+)/", mail.html)):
        assert secret not in page.text


def test_the_page_is_in_the_readers_language(driver: Driver) -> None:
    campaign = acting.send(driver, [acting.topic(driver)])
    path = link_to(driver, campaign)
    spanish = driver.request("GET", path, headers={"accept-language": "es-MX,es;q=0.9"})
    assert '<html lang="es"' in spanish.text
    assert '<html lang="vi"' in driver.request("GET", f"{path}?lang=vi").text


def test_a_link_opens_for_its_days_one_campaign_and_nothing_else(driver: LocalDriver) -> None:
    path = link_to(driver, acting.send(driver, [acting.topic(driver)]), days=2)
    assert driver.request("GET", path[:-1] + ("A" if path[-1] != "A" else "B")).status == 404
    for other in ("preferences", "unsubscribe", "confirm", "t"):
        assert driver.request("GET", path.replace("/reports/", f"/{other}/")).status in {404, 405}
    driver.pass_time(2 * DAY_S - 60)
    assert driver.request("GET", path).status == 200
    driver.pass_time(60)
    over = driver.request("GET", path)
    assert over.status == 410
    assert "Ask whoever gave you this one" in over.text


def test_a_draft_has_no_link_and_no_days_beyond_a_month_are_given(driver: Driver) -> None:
    draft = acting.draft(driver, [acting.topic(driver)])
    path = f"/v1/campaigns/{draft}/report/link"
    assert driver.request("POST", path, key=driver.admin_key, json={}).json()["code"] == "wrong-state"
    refused = driver.request("POST", path, key=driver.admin_key, json={"days": 32})
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, "/days")


def test_the_report_of_a_period_is_a_page_too(driver: Driver) -> None:
    department = acting.slug("dept")
    acting.topic(driver, department=department, name="Snow ploughs")
    query = f"by=topic&department={department}"
    made = acting.api(driver, "POST", f"/v1/reports/link?{query}", {})
    page = driver.request("GET", urlsplit(made["url"]).path)
    assert page.status == 200
    is_safe(page)
    assert department in page.text
    assert "By topic" in page.text
    refused = driver.request("POST", "/v1/reports/link?by=mood", key=driver.admin_key, json={})
    assert [one["pointer"] for one in refused.json()["errors"]] == ["by"]
    backwards = "/v1/reports/link?from=2026-11-02&to=2026-11-01"
    assert driver.request("POST", backwards, key=driver.admin_key, json={}).status == 422
