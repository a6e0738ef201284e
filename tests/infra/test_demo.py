"""The demonstration's own judgement: what is off in an outbox is seen, forms are sent as a browser would."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from infra import browser
from infra.city import Message
from infra.city.texts import campaign
from infra.demo.check import greeting, language_of, links, verdict
from infra.demo.table import Table, bar

FLU = campaign("flu-clinics")
OWED = [
    Message("email", "ana@mail.example", "es", "Ana"),
    Message("sms", "+16175550101", "zh-Hans", ""),
]
Letters = list[dict[str, Any]]


def letters() -> Letters:
    spanish, chinese = FLU.words["es"], FLU.words["zh-Hans"]
    mail = {
        "channel": "email",
        "to": "Ana@mail.example",
        "subject": spanish.subject,
        "text": f"{greeting(spanish.body, 'Ana')}\n\n…",
        "headers": {
            "List-Unsubscribe": "<https://crier.example/unsubscribe/1>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    }
    text = chinese.sms.split("https://")[0] + "https://crier.example/t/abc/0"
    return [mail, {"channel": "sms", "to": "+16175550101", "subject": "", "text": text, "headers": {}}]


def test_an_outbox_that_holds_what_is_due_is_right() -> None:
    found = verdict(letters(), OWED, FLU)
    assert not any(found.wrong().values())
    assert found.seen == {"email": 1, "sms": 1}
    assert links(letters()).total() == 1


def _drop(found: Letters) -> None:
    del found[0]


def _double(found: Letters) -> None:
    found.append(dict(found[1]))


def _misdirect(found: Letters) -> None:
    found.append({**found[0], "to": "eve@mail.example"})


def _translate(found: Letters) -> None:
    found[0]["subject"] = FLU.words["en"].subject


def _rename(found: Letters) -> None:
    found[0]["text"] = found[0]["text"].replace("Ana", "vecino")


def _without_one_click(found: Letters) -> None:
    del found[0]["headers"]["List-Unsubscribe-Post"]


def _without_link(found: Letters) -> None:
    found[1]["text"] = found[1]["text"].replace("/t/", "/")


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (_drop, "missing"),
        (_double, "doubled"),
        (_misdirect, "to others"),
        (_translate, "in another language"),
        (_rename, "otherwise worded"),
        (_without_one_click, "otherwise worded"),
        (_without_link, "otherwise worded"),
    ],
)
def test_whatever_is_off_is_seen(harm: Callable[[Letters], None], kind: str) -> None:
    found = letters()
    harm(found)
    assert [name for name, wrong in verdict(found, OWED, FLU).wrong().items() if wrong] == [kind]


def test_letters_of_other_campaigns_do_not_count() -> None:
    other = {
        "channel": "email",
        "to": "ana@mail.example",
        "subject": "Something else",
        "text": "",
        "headers": {},
    }
    assert language_of(other, FLU) is None
    assert not any(verdict([*letters(), other], OWED, FLU).wrong().values())


@pytest.mark.parametrize(
    ("name", "line"), [("Zoë O'Brien", "Hello Zoë O'Brien,"), ("", "Hello neighbor,")], ids=["name", "none"]
)
def test_the_greeting_is_known_beforehand(name: str, line: str) -> None:
    assert greeting(FLU.words["en"].body, name) == line


def test_the_table_says_what_is_off() -> None:
    out = io.StringIO()
    table = Table(out)
    table.row("mails", due=1230, found=1230)
    table.row("doubled", due=0, found=2)
    table.show()
    assert table.off() == ["doubled"]
    shown = out.getvalue().splitlines()
    assert shown[2].split() == ["mails", "1,230", "1,230", "ok"]
    assert shown[3].split() == ["doubled", "0", "2", "OFF"]


def test_waiting_ends() -> None:
    with pytest.raises(TimeoutError, match="the mail"):
        Table(io.StringIO()).wait("the mail", lambda: None, timeout=0)


PAGE = """
<a href="/preferences/abc">choices</a>
<form method="post" action="?lang=es">
<input type="hidden" name="topic" value="roads">
<input type="checkbox" name="channels:roads" value="email" checked>
<input type="checkbox" name="channels:roads" value="sms">
<input type="radio" name="language" value="en"><input type="radio" name="language" value="es" checked>
<select name="time_zone"><option value="UTC">UTC</option><option selected>America/New_York</option></select>
<button>Save</button>
</form>
<form method="post"><button name="stop" value="all">Stop</button></form>
"""


@pytest.fixture
def page() -> browser.Page:
    return browser.read(PAGE, "http://localhost:8000/preferences/abc")


def test_a_form_is_sent_as_it_stands(page: browser.Page) -> None:
    form = page.form("time_zone")
    assert form.action == "http://localhost:8000/preferences/abc?lang=es"
    assert form.filled({}) == [
        ("topic", "roads"),
        ("channels:roads", "email"),
        ("language", "es"),
        ("time_zone", "America/New_York"),
    ]


def test_a_form_is_sent_with_other_values_and_a_button(page: browser.Page) -> None:
    sent = page.form("time_zone").filled({"channels:roads": ["sms"]})
    assert ("channels:roads", "sms") in sent
    assert ("channels:roads", "email") not in sent
    stop = page.form("stop")
    assert stop.filled({}, button=stop.buttons[0]) == [("stop", "all")]
    assert stop.action == "http://localhost:8000/preferences/abc"


@pytest.mark.parametrize(
    "values", [{"nothing": ["1"]}, {"channels:roads": ["push"]}], ids=["field", "choice"]
)
def test_what_a_browser_could_not_send_is_refused(page: browser.Page, values: dict[str, list[str]]) -> None:
    with pytest.raises(LookupError):
        page.form("time_zone").filled(values)


def test_links_are_found_by_a_part(page: browser.Page) -> None:
    assert page.link("/preferences/") == "http://localhost:8000/preferences/abc"
    with pytest.raises(LookupError):
        page.link("/confirm/")


@pytest.mark.parametrize(
    ("done", "total", "drawn"),
    [(0, 10, "[....]"), (5, 10, "[##..]"), (9, 10, "[###.]"), (12, 10, "[####]"), (0, 0, "[####]")],
)
def test_a_bar_shows_how_much_is_done(done: int, total: int, drawn: str) -> None:
    assert bar(done, total, width=4) == drawn
