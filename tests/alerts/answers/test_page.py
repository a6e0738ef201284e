"""The page of an alert's link."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.alerts import tables
from chalicelib.alerts.answers import tables as tables_of_help
from chalicelib.alerts.answers.model import Where
from chalicelib.alerts.model import Alert
from chalicelib.alerts.states import State
from chalicelib.core.wiring import wiring
from chalicelib.delivery import counters
from chalicelib.delivery.chunk import root_of
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.delivery_tokens import mint, mint_short
from chalicelib.delivery.plans import plans
from chalicelib.subscribers.model import Person
from infra.platform.platform import Platform
from tests.alerts.answers.scene import launched, link, settled
from tests.delivery import engine
from tests.subscribers.pages.visiting import Visitor


def answers(alert: Alert, person: Person) -> dict[str, str]:
    """What a person answered by each channel's message."""
    found = deliveries(wiring()).of_person(alert.plan_id, person.id)
    return {one["subscriber_channel"].partition("#")[2]: one.get("answer", "") for one in found}


def counted(alert: Alert) -> dict[str, int]:
    """What is counted of answers, without their times."""
    found = counters.read(alert.plan_id, wiring=wiring())
    return {name: amount for name, amount in found.items() if "#answer" in name and "#answers#" not in name}


def short(alert: Alert, person: Person) -> str:
    """The path of the link in a text: plan number, the chunk's number and the place in it."""
    head = plans(wiring()).head(alert.plan_id)
    chunk = root_of(deliveries(wiring()).of(alert.plan_id, "sms", [person.id])[person.id]["chunk"])
    return f"/a/{mint_short(head.number, chunk, 0, ring=wiring().ring)}"


def test_looking_changes_nothing_and_shows_the_alert(visitor: Visitor, flood: Alert, ana: Person) -> None:
    page = visitor.get(link(flood, ana))
    text = page.body.decode()
    assert page.status == 200
    assert "Flash flood on Elm Street" in text
    assert re.findall(r'name="answer" value="([\w-]+)"', text) == ["safe", "help", "not-here"]
    assert 'call <a href="tel:911" dir="ltr">911</a> now' in text
    assert answers(flood, ana) == {"email": "", "sms": ""}
    assert counted(flood) == {}


def test_an_answer_is_noted_once_and_may_be_changed(visitor: Visitor, flood: Alert, ana: Person) -> None:
    path = link(flood, ana)
    for _ in range(2):
        page = visitor.post(path, ("answer", "safe"), wording=None)
        assert (page.status, "We noted: I am safe" in page.body.decode()) == (200, True)
    assert "Your answer so far: I am safe" in visitor.get(link(flood, ana, "sms")).body.decode()
    page = visitor.post(path, ("answer", "not-here"), wording=None)
    assert 'value="not-here"' not in page.body.decode()
    assert answers(flood, ana) == {"email": "not-here", "sms": ""}
    assert counted(flood) == {"email#answered": 1, "email#answer#not-here": 1}


def test_the_link_in_a_text_is_short_and_answers_it(visitor: Visitor, flood: Alert, ana: Person) -> None:
    path = short(flood, ana)
    assert len(path) <= 22
    assert visitor.post(path, ("answer", "help"), wording=None).status == 200
    assert answers(flood, ana) == {"email": "", "sms": "help"}


def test_the_page_is_in_the_readers_language(visitor: Visitor, platform: Platform) -> None:
    luz = engine.person(2, language="es")
    alert = settled(platform, launched())
    text = visitor.get(link(alert, luz)).body.decode()
    assert '<h1 lang="es-US">Inundación en la calle Elm</h1>' in text
    assert "Necesito ayuda" in text
    assert "I need help" in visitor.get(f"{link(alert, luz)}?lang=en").body.decode()


OVER = {
    State.ENDED: "the danger has passed",
    State.CANCELLED: "This alert was wrong",
    State.EXPIRED: "its time is up",
}


@pytest.mark.parametrize("state", OVER)
def test_of_an_alert_that_is_over_it_says_so_and_takes_the_answer(
    visitor: Visitor, platform: Platform, ana: Person, state: State
) -> None:
    alert = settled(platform, launched())
    tables.replace(replace(alert, state=state, version=2), was=alert, wiring=wiring())
    assert OVER[state] in visitor.get(link(alert, ana)).body.decode()
    assert OVER[state] in visitor.post(link(alert, ana), ("answer", "safe"), wording=None).body.decode()
    assert answers(alert, ana)["email"] == "safe"


def test_when_its_time_is_up_it_says_so_before_the_watch_came(
    visitor: Visitor, platform: Platform, ana: Person
) -> None:
    alert = settled(platform, launched(minutes=2))
    platform.clock.advance(180)
    assert "its time is up" in visitor.get(link(alert, ana)).body.decode()


def test_an_exercise_says_that_it_is_one(visitor: Visitor, platform: Platform, ana: Person) -> None:
    alert = settled(platform, launched(mode="test"))
    assert "This is an exercise" in visitor.get(link(alert, ana)).body.decode()


UNKNOWN: dict[str, Callable[[Alert], str]] = {
    "altered": lambda alert: link(alert, "0" * 32)[:-2] + "xx",
    "nonsense": lambda _: "/a/nonsense",
    "another plan's": lambda _: f"/a/{mint('0' * 32, '1' * 32, 'email', ring=wiring().ring)}",
    "for unsubscribing": lambda _: f"/a/{mint(engine.plan(), '1' * 32, 'email', ring=wiring().ring)}",
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_is_no_link_of_an_alert_tells_nothing(visitor: Visitor, flood: Alert, kind: str) -> None:
    path = UNKNOWN[kind](flood)
    for page in (visitor.get(path), visitor.post(path, ("answer", "help"), wording=None)):
        assert page.status in (404, 410)
        assert "Elm Street" not in page.body.decode()


def test_a_link_to_somebody_whom_it_did_not_reach_notes_nothing(visitor: Visitor, flood: Alert) -> None:
    assert visitor.post(link(flood, "0" * 32), ("answer", "help"), wording=None).status == 404
    assert counted(flood) == {}


@pytest.mark.parametrize("form", [(), (("answer", "maybe"),), (("answer", ""),)])
def test_a_form_without_an_answer_changes_nothing(
    visitor: Visitor, flood: Alert, ana: Person, form: Any
) -> None:
    assert visitor.post(link(flood, ana), *form, wording=None).status == 400
    assert answers(flood, ana) == {"email": "", "sms": ""}


def test_the_page_of_a_call_asks_for_more_and_adds_it(visitor: Visitor, flood: Alert, ana: Person) -> None:
    path = link(flood, ana)
    page = visitor.post(path, ("answer", "help"), wording=None)
    text = page.body.decode()
    assert re.findall(r'<input[^>]* name="(\w+)"', text) == ["answer", "place", "position", "words"]
    assert '<script src="/a/page/place.js" defer></script>' in text
    assert "script-src 'self'" in dict(page.headers)["content-security-policy"]
    details = (
        ("answer", "help"),
        ("words", "Two \x00children"),
        ("place", "Roof"),
        ("position", "42.36,-71.06"),
    )
    page = visitor.post(path, *details, wording=None)
    assert "is added to your call" in page.body.decode()
    call = tables_of_help.read(ana.id, flood.id)
    assert call
    assert (call.words, call.revision) == ("Two  children", 2)
    assert call.where == Where("Roof", 42.36, -71.06, "device")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("words", "x" * 501),
        ("place", "x" * 201),
        ("position", "here"),
        ("position", "95,0"),
        ("position", "1,200"),
    ],
)
def test_what_is_wrong_with_a_call_is_named_and_changes_nothing(
    visitor: Visitor, flood: Alert, ana: Person, field: str, value: str
) -> None:
    page = visitor.post(link(flood, ana), ("answer", "help"), (field, value), wording=None)
    assert page.status == 422
    assert f'href="#field-{"place" if field == "position" else field}"' in page.body.decode()
    assert tables_of_help.read(ana.id, flood.id) is None
    assert answers(flood, ana)["email"] == ""


def test_the_script_is_there(visitor: Visitor) -> None:
    page = visitor.get("/a/page/place.js")
    assert (page.status, dict(page.headers)["content-type"]) == (200, "text/javascript; charset=utf-8")


def test_trying_links_is_put_an_end_to_and_answering_is_not(
    visitor: Visitor, flood: Alert, ana: Person, platform: Platform
) -> None:
    platform.clock.advance(60 - platform.clock().timestamp() % 60)  # all of it in one minute
    statuses = {visitor.get("/a/nonsense").status for _ in range(101)}
    assert statuses == {404, 429}
    assert visitor.post(link(flood, ana), ("answer", "help"), wording=None).status == 200
