"""Chromium on the residents' pages of the local platform, over a real socket.

A flow runs with JavaScript switched off, as the pages promise to work; only axe has it on.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from chalicelib.core.settings import Settings
from infra.platform.platform import Platform
from tests import arabic
from tests.browser.city import make_areas, make_topics
from tests.features.driver import SHARED

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PHONE: ViewportSize = {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Site:
    """The platform as a visitor and a recipient meet it."""

    platform: Platform

    @property
    def url(self) -> str:
        return self.platform.base_url

    def settle(self) -> None:
        self.platform.settle()

    def last_text(self, to: str) -> str:
        """The text of the newest message to an address."""
        self.settle()
        return self.platform.outbox.last(to=to).text


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    languages = ",".join((*Settings().languages, arabic.TAG))
    with arabic.written(), Platform(port=0, parameters={**SHARED, "Languages": languages}) as platform:
        make_topics()
        make_areas()
        yield Site(platform)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(chromium: Browser, site: Site) -> Iterator[NewContext]:
    """Makes contexts that refuse everything that is not the site's own, and note what they were refused."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(
            base_url=site.url, **{"viewport": PHONE, "java_script_enabled": False, **options}
        )
        context.set_default_timeout(10_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@dataclass
class Watched:
    """A page, with all that it asked for and complained about."""

    page: Page
    requests: list[str]
    complaints: list[str]


def watched(context: BrowserContext) -> Watched:
    """A new page under watch: a broken content security policy shows up among the complaints."""
    seen = Watched(context.new_page(), [], [])
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on(
        "console",
        lambda message: (
            seen.complaints.append(message.text)
            if message.type == "error" and "the server responded with a status of" not in message.text
            else None
        ),
    )
    return seen


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A phone without JavaScript."""
    return new_context().new_page()
