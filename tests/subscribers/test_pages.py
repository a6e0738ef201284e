"""The residents' pages over HTTP: what they refuse, what they record, and that a GET changes nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.tokens import Purpose, sign
from chalicelib.core.wiring import wiring
from chalicelib.subscribers import pages, people, preferences, topics
from chalicelib.subscribers.model import Address, Person, Subscription
from chalicelib.subscribers.topics import Topic
from infra.answers import HttpAnswer
from infra.platform.platform import Platform

AT = "2026-11-01T00:00:00.000Z"
BROWSER = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}


class Visitor:
    """Reads pages and sends their forms back, the wording that they showed included."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def get(self, path: str, **headers: str) -> HttpAnswer:
        return self.platform.http("GET", path, {**BROWSER, **headers})

    def post(self, path: str, *fields: tuple[str, str], wording: str | None = "") -> HttpAnswer:
        if wording == "":
            shown = re.search(rb'name="wording" value="(\w+)"', self.get(path).body)
            wording = shown[1].decode() if shown else None
        sent = [*fields, *([("wording", wording)] if wording else [])]
        return self.platform.http("POST", path, BROWSER, urlencode(sent).encode())


@pytest.fixture
def visitor(platform: Platform) -> Visitor:
    now = wiring().clock()
    for topic in (
        Topic("roads", {"en": "Roads", "es": "Calles"}, {}, "works", "Travel", topics.OPEN),
        Topic("budget", {"en": "Budget"}, {}, "finance", "Hall", topics.OPEN),
        Topic("old", {"en": "Old"}, {}, "finance", "Hall", topics.CLOSED),
    ):
        topics.create(topic, now=now)
    return Visitor(platform)


def write(**more: Any) -> Person:
    subscribed = Subscription(("email",), "immediate", "test", AT)
    values: dict[str, Any] = {
        "id": "b" * 32,
        "name": "Ana",
        "language": "en",
        "time_zone": "America/New_York",
        "addresses": {"email": Address("ana@example.com", AT)},
        "topics": {"roads": subscribed, "old": subscribed},
        "blocks": {},
        "version": 0,
        "created_at": AT,
    }
    world = wiring()
    person = Person(**{**values, **more})
    return people.create(person, source="test", wording=None, by="system", now=world.clock(), wiring=world)


def own_path(person: Person) -> str:
    return preferences.path_of(person.id, expires=None, wiring=wiring())


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


def test_saving_sets_the_topics_shown_and_leaves_the_others(visitor: Visitor) -> None:
    person = write()
    answer = visitor.post(
        own_path(person),
        ("topic", "roads"),
        ("topic", "budget"),
        ("channels:budget", "email"),
        ("name", "Ana R."),
        ("language", "vi"),
        ("time_zone", "Asia/Ho_Chi_Minh"),
    )
    assert (answer.status, answer.headers["location"]) == (303, f"{own_path(person)}?done=saved")
    after = people.get(person.id)
    assert {topic: s.channels for topic, s in after.topics.items()} == {
        "old": ("email",),
        "budget": ("email",),
    }
    assert (after.name, after.language, after.time_zone) == ("Ana R.", "vi", "Asia/Ho_Chi_Minh")


REFUSED = {
    "an unknown topic": (("topic", "nothing"), ("channels:nothing", "email")),
    "a closed topic taken up anew": (("topic", "old"), ("channels:old", "sms")),
    "a channel without an address": (("topic", "roads"), ("channels:roads", "sms")),
    "a time zone that is none": (("time_zone", "Mars/Base"),),
    "a name over the limit": (("name", "x" * 101),),
}


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED.keys())
def test_choices_that_cannot_be_are_named_and_change_nothing(
    fields: tuple[tuple[str, str], ...], visitor: Visitor
) -> None:
    before = write()
    answer = visitor.post(own_path(before), *fields)
    assert answer.status == 422
    assert b'role="alert"' in answer.body
    assert people.get(before.id) == before


def test_stopping_ends_everything_and_keeps_the_page(visitor: Visitor) -> None:
    person = write()
    answer = visitor.post(f"{own_path(person)}?lang=es", ("stop", "all"))
    assert answer.headers["location"] == f"{own_path(person)}?done=stopped&lang=es"
    assert people.get(person.id).topics == {}
    page = visitor.get(answer.headers["location"]).body.decode()
    assert "Ha cancelado todas sus suscripciones" in page
    assert "Cancelar todas las suscripciones" not in page, "there is nothing left to stop"


def test_adding_nothing_is_named(visitor: Visitor) -> None:
    path = own_path(write())
    wordings = re.findall(r'name="wording" value="(\w+)"', visitor.get(path).body.decode())
    answer = visitor.post(path, ("add", "1"), wording=wordings[1])
    assert answer.status == 422
    assert b"Fill in the email address or the mobile number to add." in answer.body


def test_a_persons_page_speaks_their_language_and_masks_their_addresses(visitor: Visitor) -> None:
    person = write(language="es", addresses={"email": Address("ana@example.com", AT)})
    page = visitor.get(own_path(person), **{"accept-language": "vi"}).body.decode()
    assert '<html lang="es"' in page
    assert "a…@example.com" in page
    assert "ana@example.com" not in page
    assert '<html lang="vi"' in visitor.get(f"{own_path(person)}?lang=vi").body.decode()


TOKENS = {
    "altered": lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
    "cut": lambda token: token[:-4],
    "not a token": lambda token: "x",
}


@pytest.mark.parametrize("alter", TOKENS.values(), ids=TOKENS.keys())
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("room", ["preferences", "confirm"])
def test_a_token_that_is_not_ours_is_refused_with_what_to_do(
    alter: Any, method: str, room: str, visitor: Visitor
) -> None:
    token = own_path(write()).rpartition("/")[2]
    answer = visitor.platform.http(method, f"/{room}/{alter(token)}", BROWSER, b"")
    assert answer.status == 404
    assert b"This link does not work" in answer.body
    assert b'href="/preferences?lang=en"' in answer.body


def test_tokens_serve_one_purpose_and_their_time(visitor: Visitor) -> None:
    person, world = write(), wiring()
    token = own_path(person).rpartition("/")[2]
    assert visitor.get(f"/confirm/{token}").status == 404
    expired = sign(
        Purpose.PREFERENCES,
        bytes.fromhex(person.id),
        ring=world.ring,
        expires=world.clock() - timedelta(seconds=1),
    )
    answer = visitor.get(f"/preferences/{expired}")
    assert answer.status == 410
    assert b"This link has expired" in answer.body


def test_asking_for_pages_changes_nothing(visitor: Visitor) -> None:
    person = write()
    for path in ("/", "/subscribe", "/preferences", own_path(person), f"{own_path(person)}?stop=all&add=1"):
        assert visitor.get(path).status == 200
    assert people.get(person.id) == person
    assert visitor.platform.outbox.letters() == []


def test_a_form_over_the_limit_is_refused_on_a_page(visitor: Visitor) -> None:
    answer = visitor.platform.http("POST", "/subscribe", BROWSER, b"name=" + b"x" * 300_000)
    assert answer.status == 413
    assert b"The form is too long" in answer.body


def test_one_network_can_not_ask_without_end(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "settings", lambda: replace(settings(), asks_per_minute=2))
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
