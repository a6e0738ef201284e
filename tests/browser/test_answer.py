"""Answering an alert in Chromium: by keyboard and without scripts; and with the device's position."""

import pytest
from playwright.sync_api import Page, expect

from chalicelib.alerts.answers import tables
from chalicelib.alerts.model import Alert
from chalicelib.subscribers.model import Person
from tests.alerts.answers.scene import launched, link
from tests.browser.conftest import NewContext, Site
from tests.delivery import engine

HERE = {"latitude": 42.36012, "longitude": -71.05891}


@pytest.fixture(scope="module")
def ana(site: Site) -> Person:
    return engine.person(1, topics=("river",))


@pytest.fixture
def flood(site: Site, ana: Person) -> Alert:
    alert = launched({"topic": "river"}, sms=False)
    site.settle()
    return alert


def test_the_keyboard_answers_without_a_script(page: Page, flood: Alert, ana: Person) -> None:
    page.goto(f"{link(flood, ana)}?lang=en")
    page.get_by_role("button", name="I need help").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("We noted: I need help")
    expect(page.get_by_role("button", name="Add where this device is")).to_be_hidden()
    page.get_by_label("Where are you?").fill("On the roof")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("added to your call")
    call = tables.read(ana.id, flood.id)
    assert call
    assert call.where.text == "On the roof"


def test_the_device_tells_where_it_is_once_it_is_asked_to(
    new_context: NewContext, flood: Alert, ana: Person
) -> None:
    how = {"java_script_enabled": True, "geolocation": HERE, "permissions": ["geolocation"]}
    page = new_context(**how).new_page()
    page.goto(f"{link(flood, ana)}?lang=en")
    page.get_by_role("button", name="I need help").click()
    page.get_by_role("button", name="Add where this device is").click()
    expect(page.get_by_text("Your position is added. Press Send.")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("added to your call")
    call = tables.read(ana.id, flood.id)
    assert call
    assert call.where == ("", 42.36012, -71.05891, "device")
