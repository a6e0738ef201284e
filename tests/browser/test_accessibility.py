"""Every page, in every state and language: 320 pixels, targets, focus, nothing from elsewhere; axe."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from chalicelib.alerts.answers.asked import Told
from chalicelib.alerts.answers.words import WORDS as ANSWERS
from chalicelib.alerts.model import Alert as AlertModel
from chalicelib.alerts.public import documents
from chalicelib.alerts.public.notice import notice
from chalicelib.alerts.public.site import Site as PublicSite
from chalicelib.alerts.record import for_all
from chalicelib.campaigns.report_links import ReportLinkExpired
from chalicelib.core import i18n, pages
from chalicelib.core.brands import own
from chalicelib.core.errors import CrierError
from chalicelib.core.settings import Settings
from chalicelib.core.tables import Page as Listed
from chalicelib.core.tokens import TokenExpired
from chalicelib.core.wiring import wiring
from chalicelib.delivery.appointment import Appointment
from chalicelib.delivery.article import article
from chalicelib.delivery.content import Words
from chalicelib.engagement.reports.period_shown import shown as of_period
from chalicelib.engagement.reports.shown import shown as told
from chalicelib.subscribers import links, preferences
from chalicelib.subscribers.model import Wording
from chalicelib.subscribers.reasons import REASONS
from chalicelib.subscribers.suppressions import suppress
from infra.stand_ins.push_services import Browser as PushedBrowser
from tests import arabic
from tests.alerts.record.evacuation import view
from tests.alerts.sample import INFO, MESSAGE, NOW
from tests.alerts.sample import alert as alerted
from tests.browser.city import make_person
from tests.browser.conftest import PHONE, NewContext, Site, Watched, watched
from tests.engagement.reports.period_sample import advice
from tests.engagement.reports.period_sample import view as view_of_period
from tests.engagement.reports.sample import NOW as LATER
from tests.engagement.reports.sample import whole as whole_report

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = (*Settings().languages, arabic.TAG)
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 2
MAX_BYTES = 100_000
NUMBERS = itertools.count(1_000)


class State(NamedTuple):
    """A page in one state: its path, and what brings it there."""

    path: Callable[[], str]
    act: Callable[[Page], None] = lambda page: None


def at(path: str) -> Callable[[], str]:
    return lambda: path


def own_page(*, sms: bool = False, name: str = "Ana") -> Callable[[], str]:
    def path() -> str:
        number = f"+1617555{next(NUMBERS):04}" if sms else ""
        return make_person(f"{uuid4().hex}@example.com", sms=number, name=name)

    return path


def notified_page() -> str:
    """The page of somebody who is notified in another browser."""
    one = PushedBrowser(f"https://fcm.googleapis.com/{uuid4().hex}", "")
    return make_person(f"{uuid4().hex}@example.com", push=one.address)


def stopped_page() -> Callable[[], str]:
    """The page of somebody who answered STOP to a text."""

    def path() -> str:
        number = f"+1617555{next(NUMBERS):04}"
        found = make_person(f"{uuid4().hex}@example.com", sms=number, name="Ana")
        how = {"reason": "stop", "scope": "newsletter", "source": "keyword", "by": "subscriber"}
        suppress("sms", number, **how, now=wiring().clock(), wiring=wiring())
        return found

    return path


def footer_link() -> Callable[[], str]:
    def path() -> str:
        token = own_page()().rpartition("/")[2]
        world = wiring()
        subscriber_id = preferences.holder_of(token, now=world.clock(), wiring=world)
        return links.footer_path(subscriber_id, wiring=world)

    return path


def press(page: Page, button: Locator) -> None:
    """Presses what leads to another page, and waits until it is there."""
    with page.expect_navigation():
        button.click()


def submit(page: Page, *, form: str = "main form") -> None:
    press(page, page.locator(form).first.locator("button").last)


def sign_up_wrongly(page: Page) -> None:
    page.locator("[name=email]").fill("ana@")
    page.locator("[name=phone]").fill("12")
    submit(page)


def sign_up_at_length(page: Page) -> None:
    page.locator("[name=email]").fill(f"{LONG}@{'long-' * 12}.example.com")
    page.locator("[name=name]").fill(LONG)
    submit(page)


def sign_up_at_an_unknown_place(page: Page) -> None:
    page.locator("[name=category]").first.check()
    page.locator("[name=area]").select_option("long")
    page.locator("[name=postcode]").fill("99999")
    submit(page)


def sign_up(page: Page) -> None:
    page.locator("[name=topic]").first.check()
    page.locator("[name=email]").fill(f"{'long-address-' * 4}{uuid4().hex[:8]}@example.com")
    page.locator("[name=phone]").fill("617 555 0188")
    submit(page)


def sign_up_and_mistype_the_code(page: Page) -> None:
    sign_up(page)
    page.locator("[name=code]").fill("12")
    submit(page)


def ask_for_a_link(page: Page) -> None:
    page.locator("[name=address]").fill("nobody@example.com")
    submit(page)


def stop_all(page: Page) -> None:
    press(page, page.locator("button[name=stop]"))


def tell_why(page: Page) -> None:
    stop_all(page)
    page.locator("[name=reason]").first.check()
    submit(page)


def save_wrongly(page: Page) -> None:
    page.locator("[name=wording]").first.evaluate("field => { field.value = 'another' }")
    page.locator("[name=hours_from]").select_option("9")
    submit(page)


def to_addresses(page: Page) -> None:
    page.goto(page.url.replace("?", "/addresses?"))


def to_record(page: Page) -> None:
    page.goto(page.url.replace("?", "/record?"))


def read_record(page: Page) -> None:
    to_record(page)
    press(page, page.locator("main form").first.locator("button"))


def to_forget(page: Page) -> None:
    page.goto(page.url.replace("?", "/forget?"))


def be_forgotten(page: Page) -> None:
    to_forget(page)
    submit(page)


def replace_wrongly(page: Page) -> None:
    to_addresses(page)
    page.locator("[name=email]").fill("12")
    submit(page)


def to_places(page: Page) -> None:
    page.goto(page.url.replace("?", "/places?"))


def move_nowhere(page: Page) -> None:
    to_places(page)
    page.locator("[name=area-home]").select_option("long")
    page.locator("[name=postcode-work]").fill("99999")
    submit(page)


def take_away(page: Page) -> None:
    to_addresses(page)
    press(page, page.locator("button[name=remove]").last)


def shown(template: str, **context: Any) -> Callable[[Page], None]:
    """A page as the template renders it, for states that other rooms lead to."""

    def act(page: Page) -> None:
        language = page.url.rpartition("lang=")[2]
        response = pages.render(template, language, **context)
        page.route("**/shown*", lambda route, _: route.fulfill(body=response.body, headers=response.headers))
        page.goto(f"/shown?lang={language}")

    return act


def refused(error: CrierError) -> Callable[[Page], None]:
    return shown("pages/refusal.html", code=error.code, number=int(error.status))


NAMES = ["Road closures", LONG]
SENT = {"at": "2026-11-22T12:00:00.000Z", "shown": "November 22, 2026"}
ARCHIVE = {
    "topic": {"id": "roads", "name": {"text": "Road closures", "lang": "en"}},
    "entries": [{"id": "0" * 32, "title": title, "lang": "en", "sent": SENT} for title in NAMES],
    "older": {"topic": "roads", "cursor": "x"},
    "newest": False,
    "keep": "topic=roads&cursor=y",
}
TABLE = f"|{LONG}|b|c|\n|-|-|-|\n|1|2|{LONG}|"
BODY = f"# One\n\n1. [A link](https://e.org/) in a sentence\n\n{TABLE}\n\n`{LONG}`\n\n> {LONG}"
ARCHIVED = {
    "article": article(Words(subject=f"Elm {LONG}", body=BODY), language="en"),
    "sent": SENT,
    "topics": [{"id": "roads", "name": {"text": "Road closures", "lang": "en"}}],
    "appointment": Appointment(f"Open house {LONG}", LONG, "Tuesday, 18:00 – 20:00", "/calendar/x.ics"),
    "notice": "This message was corrected on November 5, 2026.",
}
CONSENT = Wording(f"By pressing the button you agree. {LONG}")
APART: dict[str, Any] = {
    "channel": "email",
    "masked": ["a…@example.com", f"{LONG}…0188"],
    "joinable": True,
    "action": "/confirm/x",
    "code": "",
    "errors": {},
    "consent": CONSENT,
}
STAY = {"let_go": False, "wording": CONSENT.text}
STILL = {"topics": [{"text": name, "lang": "en"} for name in NAMES], "wording": CONSENT.text}
BRAND = replace(
    own(Settings()), agency=f"Parks {LONG}", header="#ffd54f", header_text="#3e2723", link="#7b4a12"
)
UNSUBSCRIBE: dict[str, Any] = {"state": "ask", "channel": "email", "topics": NAMES, "preferences": "/x"}
UNSUBSCRIBE |= {"reasons": REASONS, "version": None}
ALERT: dict[str, Any] = {
    "told": Told(f"Flash flood {LONG}", "Go to higher ground now.", "en"),
    "over": "",
    "mode": "exercise",
    "state": "ask",
    "answers": ANSWERS,
    "answer": "",
    "emergency": "911",
    "here": "/a/x",
    "errors": {},
    "given": {"place": "", "words": ""},
    "longest": {"words": 500, "place": 200},
    "added": False,
    "script": "/a/page/place.js",
}
HELP: dict[str, Any] = {**ALERT, "state": "thanks", "answer": "help", "scripted": True}
FLOOD = alerted(
    message=replace(
        MESSAGE, infos=(replace(INFO, headline=f"Flood {LONG}", web="https://e.org/", contact=LONG),)
    )
)
OVER = replace(FLOOD, state="cancelled")
SITE = PublicSite("en", Settings())
PAST, NONE = Listed([OVER], "x"), Listed[AlertModel]([], None)


def after_action(page: Page) -> None:
    """What became of an alert, in the language of the page."""
    language, report = page.url.rpartition("lang=")[2], view()
    context = {
        "told": notice(OVER, language, settings=Settings()),
        "shown": for_all.shown(report, language, now=NOW, settings=Settings()),
        "chain": report.chain,
        "page": "/alerts/x",
    }
    shown("pages/after_action.html", **context)(page)


def report(page: Page) -> None:
    """The report of a campaign, in the language of the page."""
    language = page.url.rpartition("lang=")[2]
    paper = told(whole_report(), f"Main Street {LONG}", "works", language, now=LATER, settings=Settings())
    shown("pages/report.html", paper=paper)(page)


def period(page: Page) -> None:
    """The report of a period, with the advice for one department."""
    language, advised = page.url.rpartition("lang=")[2], [advice(1_200, 1_190, 800, 800)]
    paper = of_period(view_of_period(), advised, language, now=LATER, settings=Settings())
    shown("pages/report.html", paper=paper)(page)


STATES = {
    "alert's record": State(at("/"), after_action),
    "report": State(at("/"), report),
    "report of a period": State(at("/"), period),
    "report's link, expired": State(at("/"), refused(ReportLinkExpired("x"))),
    "alerts": State(at("/"), shown("pages/alerts.html", **documents.of_active([FLOOD], PAST, SITE))),
    "alerts, none": State(at("/"), shown("pages/alerts.html", **documents.of_active([], NONE, SITE))),
    "alert's page": State(at("/"), shown("pages/alert.html", **documents.of_one(FLOOD, SITE))),
    "alert's page, over": State(
        at("/"), shown("pages/alert.html", **documents.of_one(OVER, SITE, newer=FLOOD))
    ),
    "alert": State(at("/"), shown("pages/answer.html", **ALERT)),
    "alert, answered": State(
        at("/"), shown("pages/answer.html", **{**ALERT, "state": "thanks", "answer": "safe", "over": "ended"})
    ),
    "alert, help": State(at("/"), shown("pages/answer.html", **HELP)),
    "alert, wrong": State(
        at("/"),
        shown(
            "pages/answer.html",
            **{**HELP, "errors": {"place": "Too long."}, "given": {"place": LONG, "words": ""}},
        ),
    ),
    "home": State(at("/")),
    "sign-up": State(at("/subscribe")),
    "sign-up, wrong": State(at("/subscribe"), sign_up_wrongly),
    "sign-up, long": State(at("/subscribe"), sign_up_at_length),
    "sign-up, by a link": State(at("/subscribe?topic=roads&category=City+Hall&channel=sms")),
    "sign-up, elsewhere": State(at("/subscribe"), sign_up_at_an_unknown_place),
    "embed": State(at("/subscribe/embed")),
    "signed up": State(at("/subscribe"), sign_up),
    "wrong code": State(at("/subscribe"), sign_up_and_mistype_the_code),
    "confirm": State(at("/subscribe"), shown("pages/confirm.html")),
    "confirmed": State(
        at("/subscribe"), shown("pages/confirmed.html", channel="email", preferences="/preferences/x")
    ),
    "apart": State(at("/"), shown("pages/apart.html", **APART)),
    "apart, wrong": State(
        at("/"), shown("pages/apart.html", **{**APART, "channel": "sms", "errors": {"wording": "Read it."}})
    ),
    "apart for good": State(at("/"), shown("pages/apart.html", **{**APART, "joinable": False})),
    "joined": State(at("/"), shown("pages/joined.html", state="ask", consent=CONSENT)),
    "parted": State(at("/"), shown("pages/joined.html", state="parted", consent=CONSENT)),
    "link": State(at("/preferences")),
    "link, empty": State(at("/preferences"), submit),
    "link sent": State(at("/preferences"), ask_for_a_link),
    "open": State(at("/preferences"), shown("pages/open.html", masked=LONG)),
    "footer's link": State(footer_link()),
    "footer's link, sent": State(footer_link(), lambda page: press(page, page.locator("button[name=send]"))),
    "footer's link, stopped": State(footer_link(), stop_all),
    "choices, email only": State(own_page()),
    "choices, both": State(own_page(sms=True, name=LONG)),
    "choices, wrong": State(own_page(), save_wrongly),
    "choices, saved": State(own_page(), submit),
    "choices, a number silenced": State(stopped_page()),
    "choices, notified": State(notified_page),
    "choices, thanked": State(own_page(), tell_why),
    "places": State(own_page(), to_places),
    "places, wrong": State(own_page(), move_nowhere),
    "addresses, one": State(own_page(), to_addresses),
    "addresses, both": State(own_page(sms=True), to_addresses),
    "addresses, wrong": State(own_page(), replace_wrongly),
    "addresses, one taken away": State(own_page(sms=True), take_away),
    "choices, stopped": State(own_page(), stop_all),
    "record": State(own_page(sms=True), to_record),
    "record, shown": State(own_page(sms=True, name=LONG), read_record),
    "forget": State(own_page(), to_forget),
    "forgotten": State(own_page(), be_forgotten),
    "archive, empty": State(at("/archive")),
    "archive": State(at("/archive"), shown("pages/archive.html", **ARCHIVE)),
    "archived": State(at("/archive"), shown("pages/archived.html", **ARCHIVED)),
    "archived, of a department": State(at("/archive"), shown("pages/archived.html", brand=BRAND, **ARCHIVED)),
    "unsubscribe": State(
        at("/"),
        shown("pages/unsubscribe.html", **UNSUBSCRIBE),
    ),
    "unsubscribed": State(
        at("/"), shown("pages/unsubscribe.html", **{**UNSUBSCRIBE, "state": "done", "version": 3})
    ),
    "unsubscribed, nobody": State(
        at("/"), shown("pages/unsubscribe.html", **{**UNSUBSCRIBE, "state": "done", "topics": []})
    ),
    "unsubscribed, thanked": State(
        at("/"), shown("pages/unsubscribe.html", **{**UNSUBSCRIBE, "state": "thanked"})
    ),
    "asked still": State(at("/"), shown("pages/still.html", state="ask", **STILL)),
    "still": State(at("/"), shown("pages/still.html", state="yes", **STILL)),
    "no more": State(at("/"), shown("pages/still.html", state="no", **STILL)),
    "answered": State(at("/"), shown("pages/still.html", state="over", **STILL)),
    "by the hidden link": State(at("/"), shown("pages/control.html")),
    "asked to stay": State(at("/"), shown("pages/stay.html", state="ask", **STAY)),
    "asked to come back": State(at("/"), shown("pages/stay.html", state="ask", **{**STAY, "let_go": True})),
    "stays": State(at("/"), shown("pages/stay.html", state="yes", **STAY)),
    "left": State(at("/"), shown("pages/stay.html", state="no", **STAY)),
    "expired": State(at("/"), refused(TokenExpired("x"))),
    "our fault": State(at("/"), refused(CrierError("x"))),
    "altered": State(at("/preferences/altered")),
}


SHOWN = {
    "after_action": "alert's record",
    "alert": "alert's page",
    "alerts": "alerts",
    "addresses": "addresses, one",
    "answer": "alert",
    "apart": "apart",
    "archive": "archive",
    "archived": "archived",
    "confirm": "confirm",
    "confirmed": "confirmed",
    "control": "by the hidden link",
    "embed": "embed",
    "footer_link": "footer's link",
    "forget": "forget",
    "forgotten": "forgotten",
    "home": "home",
    "joined": "joined",
    "link": "link",
    "link_sent": "link sent",
    "open": "open",
    "places": "places",
    "preferences": "choices, both",
    "record": "record, shown",
    "refusal": "expired",
    "report": "report",
    "signed_up": "signed up",
    "still": "asked still",
    "stay": "asked to come back",
    "subscribe": "sign-up",
    "unsubscribe": "unsubscribe",
}
"""A state that shows each of the residents' pages."""

PIECES = {"alert_parts", "base", "figures", "parts", "snippet"}
FOR_PROGRAMMERS = {"reference"}


def test_every_page_is_looked_at() -> None:
    pieces = PIECES | FOR_PROGRAMMERS
    assert set(SHOWN) == {path.stem for path in (pages.TEMPLATES / "pages").glob("*.html")} - pieces
    assert set(SHOWN.values()) <= set(STATES)


def with_axe(context: BrowserContext) -> BrowserContext:
    """The context, with axe in each of its pages from the start: to hand it over each time takes longer."""
    context.add_init_script(Axe().axe_script)
    return context


def visit(page: Page, state: State, language: str) -> None:
    path = state.path()
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    state.act(page)


AXE = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
.then(({violations}) => violations.flatMap(({id, nodes}) => nodes.map(node => `${id}: ${node.html}`)))"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with the element."""
    found: list[str] = page.evaluate(AXE, TAGS)
    return found


TARGETS = """() => [...document.querySelectorAll("a, button, select, input:not([type=hidden])")]
.map(target => {
  const whole = target.closest('label') || target
  const box = whole.getBoundingClientRect()
  const inline = getComputedStyle(whole).display === 'inline'
  return {html: target.outerHTML.slice(0, 120), width: box.width, height: box.height, inline}
}).filter(target => !target.inline && target.width > 1)"""
WIDTHS = (320, 360, 1280)


def small_targets(page: Page) -> list[Any]:
    """Targets under 24 by 24 pixels; those within a sentence are exempt (WCAG 2.2, 2.5.8)."""
    return [one for one in page.evaluate(TARGETS) if min(one["width"], one["height"]) < 24]


@pytest.fixture(scope="module")
def one_page(chromium: Browser, site: Site) -> Iterator[Watched]:
    """A page that stays open from test to test: a new one for each would cost more than all else."""
    context = chromium.new_context(base_url=site.url, viewport=PHONE)
    yield watched(with_axe(context))
    context.close()


def views() -> Iterator[Any]:
    """Every state in every language.

    The default language goes through all states; one from the right, and one more of the others by turns,
    through every page. What is left differs from these by words alone, and is looked at in `make soak`.
    """
    default, *others = [language for language in LANGUAGES if language != arabic.TAG]
    for name, state in STATES.items():
        page = list(SHOWN.values()).index(name) if name in SHOWN.values() else None
        seen = {default} if page is None else {default, arabic.TAG, others[page % len(others)]}
        for language in LANGUAGES:
            marks = () if language in seen else pytest.mark.soak
            yield pytest.param(state, language, id=f"{name}-{language}", marks=marks)


@pytest.mark.parametrize(("state", "language"), list(views()))
def test_the_page_is_for_everyone(state: State, language: str, one_page: Watched, site: Site) -> None:
    seen, page = one_page, one_page.page
    page.unroute_all()
    seen.requests.clear()
    seen.complaints.clear()
    visit(page, state, language)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        language,
        i18n.direction(language),
    ]
    assert len(page.content().encode()) < MAX_BYTES
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert small_targets(page) == []
    assert violations(page) == []
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith((site.url, "data:"))] == []
    assert page.context.cookies() == []


DARK = ("home", "sign-up, wrong", "signed up", "confirmed", "choices, saved", "unsubscribed", "expired")


@pytest.mark.parametrize("state", [STATES[name] for name in DARK], ids=DARK)
def test_the_dark_scheme_is_for_everyone(state: State, new_context: NewContext) -> None:
    page = with_axe(new_context(java_script_enabled=True, color_scheme="dark")).new_page()
    visit(page, state, "en")
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/subscribe", "/preferences"])
def test_every_stop_of_the_keyboard_shows(path: str, page: Page) -> None:
    page.goto(path)
    stops = page.locator("a, button, input:not([type=hidden]), select").count()
    for _ in range(stops):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "() => (({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline == ["solid", "3px"]
        if page.evaluate("document.activeElement.type") == "submit":
            break


def test_pages_print_without_their_buttons(page: Page) -> None:
    page.goto(own_page()())
    page.emulate_media(media="print")
    assert page.locator(".button:visible").count() == 0
    assert page.get_by_role("heading", level=1).is_visible()
