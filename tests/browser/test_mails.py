"""A mail as its reader sees it: phone and desk, light and dark, from either side, without pictures; axe."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from chalicelib.alerts.renditions import rendition
from chalicelib.alerts.words import STATUS, words_of
from chalicelib.core.pictures.medium import Medium
from chalicelib.core.settings import Settings
from chalicelib.delivery.appointment import Appointment
from chalicelib.delivery.content import Words
from chalicelib.delivery.render import Footer, Links, compile_email, fill
from tests import arabic
from tests.alerts.sample import INFO, MESSAGE, alert
from tests.browser.test_accessibility import AXE, LONG, TAGS, TARGETS

RULES = [tag for tag in TAGS if tag != "best-practice"]
"""Without those of landmarks, which are the mail program's."""

ID = "a" * 32
KNOWN = {ID: Medium("image/png", 1_200, 500, 9_999, {"en": "The closed street"})}
BODY = f"""# Elm Street closes

See [the plan](https://e.org/plan), {LONG}.

![](media:{ID})

- One
- Two

| Day | Street |
|---|---|
| Monday | {LONG} |

> Sorry.

`code`
"""


def mail(language: str) -> str:
    """A mail with all that may stand in one."""
    settings = Settings(base_url="https://news.city.example", logo="city")
    made = compile_email(
        Words(subject="Elm Street closes", preheader="From Monday", body=BODY),
        language=language,
        links=Links(),
        footer=Footer.newsletter(language, settings),
        settings=settings,
        known=KNOWN,
        appointment=Appointment("Open house", "City Hall", "Tuesday, 18:00 – 20:00", "https://e.org/x.ics"),
    )
    return fill(made.html, {**made.defaults, "t": "T", "p": "P"})


def alert_mail(mode: str, language: str) -> str:
    """The mail of an alert, or of an exercise."""
    settings = Settings(base_url="https://news.city.example", logo="city")
    status = STATUS[mode]
    info = replace(INFO, language=language, description=LONG, web="https://e.org/flood")
    message = replace(MESSAGE, status=status, infos=(info,))
    one = alert(mode=mode, message=message, words=words_of(message, settings=settings))
    made = rendition(one, "email", language, settings=settings)
    return fill(made.html, {**made.defaults, "t": "T", "p": "P"})


@pytest.fixture(scope="module")
def mails() -> Iterator[dict[str, str]]:
    with arabic.written():
        yield {
            "newsletter": mail("en"),
            "newsletter from the right": mail(arabic.TAG),
            "alert": alert_mail("live", "en"),
            "exercise from the right": alert_mail("exercise", arabic.TAG),
        }


@pytest.mark.parametrize(
    "kind", ["newsletter", "newsletter from the right", "alert", "exercise from the right"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mail_can_be_read_by_everybody(
    chromium: Browser, mails: dict[str, str], scheme: Literal["light", "dark"], kind: str
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    context.route("https://**", lambda route: route.abort())
    page = context.new_page()
    page.set_content(mails[kind])
    page.evaluate(Axe().axe_script)
    assert page.evaluate(AXE, RULES) == []
    assert [one for one in page.evaluate(TARGETS) if min(one["width"], one["height"]) < 24] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    control = page.locator("a[href$='/control']")
    assert [one.is_visible() for one in control.all()] == [False] * kind.startswith("newsletter")
    page.set_viewport_size({"width": 1000, "height": 740})
    assert page.evaluate("document.querySelector('.sheet').getBoundingClientRect().width") == 600
    context.close()
