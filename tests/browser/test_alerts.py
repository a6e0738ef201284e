"""The banner on somebody else's page: what is in force, in that page's language, as text and nothing else."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from chalicelib.alerts import tables
from chalicelib.alerts.model import Alert
from chalicelib.alerts.states import State
from chalicelib.core.ids import random_id
from chalicelib.core.wiring import wiring
from tests.alerts.sample import INFO, MESSAGE, alert
from tests.browser.conftest import NewContext, Site

ELSEWHERE = "https://www.elsewhere.example/"
TRICK = "<img src=x onerror=alert(1)> Flood"


@pytest.fixture
def flood(site: Site) -> Iterator[Alert]:
    infos = (replace(INFO, headline=TRICK), replace(INFO, language="es", headline="Inundación"))
    made = alert(state=State.SENDING, message=replace(MESSAGE, identifier=random_id(), infos=infos))
    tables.add(made, wiring=wiring())
    tables.list_active(made)
    yield made
    tables.unlist(made)


def elsewhere(page: Page, site: Site, *, lang: str) -> None:
    script = f'<script src="{site.url}/alerts/banner.js" defer></script>'
    body = f'<!doctype html><html lang="{lang}"><title>Elsewhere</title>{script}<p>Hello'
    page.route(ELSEWHERE, lambda route, _: route.fulfill(body=body, content_type="text/html"))
    page.goto(ELSEWHERE)


@pytest.mark.parametrize(
    ("lang", "label", "line"),
    [
        ("en", "Alerts", f"Severe danger: {TRICK}"),
        ("es-MX", "Alertas", "Peligro grave: Inundación"),
        ("xx", "Alerts", f"Severe danger: {TRICK}"),
    ],
)
def test_the_banner_tells_what_is_in_force(
    site: Site, new_context: NewContext, flood: Alert, lang: str, label: str, line: str
) -> None:
    page = new_context(java_script_enabled=True, permissions=["local-network-access"]).new_page()
    elsewhere(page, site, lang=lang)
    link = page.get_by_role("region", name=label).get_by_role("link", name=line)
    expect(link).to_be_visible()
    assert f"/alerts/{flood.id}?lang=" in (link.get_attribute("href") or "")
    assert page.locator("img").count() == 0


def test_with_nothing_in_force_the_page_is_as_it_was(site: Site, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=True, permissions=["local-network-access"]).new_page()
    with page.expect_response("**/banner.json"):
        elsewhere(page, site, lang="en")
    assert page.get_by_role("region").count() == 0
