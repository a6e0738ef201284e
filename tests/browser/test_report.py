"""The page of a report: one request, every table within reach of the keyboard, and whole on paper."""

from collections import Counter

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, NewContext, watched
from tests.browser.test_accessibility import STATES, violations, visit, with_axe

LETTER_PX = 720
"""What a browser has across of a sheet of letter or A4, margins aside."""

CUT_OFF = """() => [...document.querySelectorAll('.scroll')]
.filter(region => region.scrollWidth > region.clientWidth).map(region => region.ariaLabel)"""


def test_it_comes_with_one_request_and_no_script(new_context: NewContext) -> None:
    seen = watched(new_context())
    visit(seen.page, STATES["report"], "en")
    asked = [url for url in seen.requests if not url.startswith("data:")]
    assert len(asked) == 2  # the page that the test begins on, and the report
    assert seen.page.locator("script").count() == 0
    for picture in seen.page.locator("figure img").all():
        assert picture.evaluate("one => one.complete && one.naturalWidth > 0")
        assert picture.get_attribute("alt")
        assert picture.locator("xpath=..").get_by_role("table").count() == 1
    assert seen.complaints == []


def test_a_reader_goes_from_the_contents_to_a_part_and_through_its_tables_by_keyboard(page: Page) -> None:
    visit(page, STATES["report"], "en")
    page.get_by_role("link", name="Whom it reached").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "reach"
    for name in ("By channel", "By language", "By district"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.ariaLabel") == f"Table: {name}"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


TABLES = """() => [...document.querySelectorAll('.stacks')]
.map(table => [table.querySelectorAll('thead th').length, table.querySelectorAll('tbody td').length])"""


@pytest.mark.parametrize("state", ["report", "report of a period"])
def test_on_a_phone_lines_are_stacked_and_a_screen_reader_still_has_tables(page: Page, state: str) -> None:
    visit(page, STATES[state], "en")
    page.set_viewport_size(PHONE)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("getComputedStyle(document.querySelector('.stacks tr')).display") == "block"
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = Counter(one["role"]["value"] for one in nodes if not one["ignored"])
    columns, cells = (sum(counts) for counts in zip(*page.evaluate(TABLES), strict=True))
    assert columns
    assert roles["columnheader"] >= columns
    assert roles["cell"] >= cells
    assert roles["table"] == page.locator("table").count()


@pytest.mark.parametrize("state", ["report", "report of a period"])
def test_on_paper_nothing_is_cut_off_and_what_only_leads_on_is_left_out(page: Page, state: str) -> None:
    visit(page, STATES[state], "en")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": LETTER_PX, "height": 900})
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= LETTER_PX
    assert not page.get_by_role("navigation", name="Contents").is_visible()
    assert page.get_by_text("As of November 24, 2026").is_visible()


def test_it_is_for_everyone_without_colours_of_its_own_and_in_the_dark(new_context: NewContext) -> None:
    for scheme in ({"color_scheme": "dark"}, {"forced_colors": "active"}):
        page = with_axe(new_context(java_script_enabled=True, **scheme)).new_page()
        visit(page, STATES["report"], "en")
        assert violations(page) == []
