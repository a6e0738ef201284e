"""Signing up over HTTP: what is refused, and what the ledger keeps of it."""

import re
from dataclasses import replace

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.wiring import wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.pages import shared
from tests.subscribers.pages.visiting import BROWSER, Visitor

SIGN_UPS = {
    "nothing": ((), ["Choose at least one topic.", "Enter an email address or a mobile phone number."]),
    "no topic": ((("email", "a@example.com"),), ["Choose at least one topic."]),
    "no address": ((("topic", "roads"),), ["Enter an email address or a mobile phone number."]),
    "both addresses wrong": (
        (("topic", "roads"), ("email", "a@"), ("phone", "1")),
        ["Enter an email address in the form", "Enter a mobile phone number"],
    ),
    "a topic that is closed": (
        (("topic", "old"), ("email", "a@example.com")),
        ["One of the topics is not offered any more"],
    ),
    "a name over the limit": (
        (("topic", "roads"), ("email", "a@example.com"), ("name", "x" * 101)),
        ["Shorten the name to 100 characters."],
    ),
}


@pytest.mark.parametrize(("fields", "said"), SIGN_UPS.values(), ids=SIGN_UPS.keys())
def test_a_sign_up_with_something_wrong_names_it_and_asks_for_nothing(
    fields: tuple[tuple[str, str], ...], said: list[str], visitor: Visitor
) -> None:
    answer = visitor.post("/subscribe", *fields)
    assert answer.status == 422
    summary = answer.body.decode().partition('role="alert"')[2].partition("</ul>")[0]
    for one in said:
        assert one in summary
    assert summary.count("<li>") == len(said)
    visitor.platform.settle()
    assert visitor.platform.outbox.letters() == []


@pytest.mark.parametrize("wording", [None, "000000000000"])
def test_a_form_that_did_not_show_the_wording_is_shown_again(wording: str | None, visitor: Visitor) -> None:
    fields = (("topic", "roads"), ("email", "a@example.com"))
    answer = visitor.post("/subscribe", *fields, wording=wording)
    assert answer.status == 422
    assert b"The text above the button has changed" in answer.body


def test_the_ledger_keeps_the_wording_in_the_language_it_was_shown_in(visitor: Visitor) -> None:
    answer = visitor.post("/subscribe?lang=es", ("topic", "roads"), ("email", "a@example.com"))
    assert answer.status == 200
    visitor.platform.settle()
    link = re.search(r"/confirm/[\w-]+", visitor.platform.outbox.last(to="a@example.com").text)
    assert link is not None
    assert visitor.post(link[0]).status == 200
    person = people.find("email", "a@example.com", wiring=wiring())
    assert person is not None
    assert person.language == "es"
    (entry,) = people.ledger(person.id)
    assert entry.provenance.source == "sign-up-page"
    assert entry.provenance.wording is not None
    assert entry.provenance.wording.text.startswith("Al inscribirse, acepta que City of Example")


def test_a_form_over_the_limit_is_refused_on_a_page(visitor: Visitor) -> None:
    answer = visitor.platform.http("POST", "/subscribe", BROWSER, b"name=" + b"x" * 300_000)
    assert answer.status == 413
    assert b"The form is too long" in answer.body


def test_one_network_can_not_ask_without_end(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "settings", lambda: replace(settings(), asks_per_minute=2))
    fields = (("topic", "roads"), ("email", "ana@example.com"))
    answers = [visitor.post("/subscribe?lang=en", *fields)]
    answers += [
        visitor.post("/preferences", ("address", one)) for one in ("ana@example.com", "x@example.com")
    ]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "60"
    assert b"wait a minute" in answers[-1].body
    visitor.platform.clock.advance(60)
    assert visitor.post("/preferences", ("address", "ana@example.com")).status == 200
