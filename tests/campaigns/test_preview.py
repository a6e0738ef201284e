"""Previews: what one subscriber would get, and why."""

from typing import Any, NamedTuple

import pytest

from chalicelib.subscribers.model import Person
from tests.campaigns.city import City

BOTH = ("email", "sms")


def preview(city: City, person: Person, *, key: str = "roads", **fields: Any) -> dict[str, Any]:
    campaign = city.draft(key=key, **fields)
    answer = city.post(f"/v1/campaigns/{campaign['id']}/preview", {"subscriber_id": person.id}, key=key)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_preview_is_what_would_arrive(city: City) -> None:
    ann = city.resident("Ann & <Co>", subscribed={"roads": BOTH})
    found = preview(city, ann)
    assert (found["in_audience"], found["channels"], found["skip"]) == (True, ["email", "sms"], None)
    mail, sms = found["email"], found["sms"]
    assert (mail["language"], mail["subject"]) == ("en", "Elm Street closes, Ann & <Co>")
    assert "Dear <bdi>Ann &amp; &lt;Co&gt;</bdi>" in mail["html"]
    assert 'href="https://city.example/elm"' in mail["html"]
    assert "Dear Ann & <Co>, see the plan <https://city.example/elm>." in mail["text"]
    assert "subscribed to: Road closures." in mail["text"]
    assert "{{" not in mail["html"] + mail["text"] + sms["text"]
    assert mail["html_bytes"] == len(mail["html"].encode())
    assert mail["clipped"] is False
    assert sms["text"].startswith("Elm Street closes Monday: http")
    assert (sms["encoding"], sms["units"], sms["parts"], sms["per_part"]) == (
        "GSM-7",
        len(sms["text"]),
        1,
        160,
    )


def test_a_preview_counts_the_links_as_long_as_they_will_be(city: City) -> None:
    ann = city.resident("Ann", subscribed={"roads": BOTH})
    found = preview(city, ann)
    path = f"/v1/campaigns/{city.draft()['id']}/launch"
    city.post(path)
    city.platform.settle()
    sent = city.platform.outbox.letters(to=ann.addresses["sms"].address)[0]
    assert len(sent.text) == len(found["sms"]["text"])


def test_a_preview_names_the_dear_characters(city: City) -> None:
    ann = city.resident("Ann", subscribed={"roads": BOTH})
    found = preview(city, ann, content={"en": {"subject": "s", "body": "b", "sms": "It’s closed – now" * 5}})
    assert found["sms"]["encoding"] == "UCS-2"
    assert found["sms"]["parts"] == 2
    assert found["sms"]["foreign"] == ["–", "’"]


def test_a_preview_leaves_nothing_and_sends_nothing(city: City) -> None:
    preview(city, city.resident("Ann", subscribed={"roads": BOTH}))
    city.platform.settle()
    assert city.platform.outbox.letters() == []


class Who(NamedTuple):
    name: str
    subscribed: dict[str, tuple[str, ...]]
    blocks: tuple[str, ...]
    fields: dict[str, Any]
    in_audience: bool
    channels: list[str]
    skip: str | None


WHO = [
    Who("on one channel", {"roads": ("sms",)}, (), {}, True, ["sms"], None),
    Who("not subscribed", {"water": BOTH}, (), {}, False, [], None),
    Who(
        "left out",
        {"roads": BOTH, "list:press": BOTH},
        (),
        {"audience": {"except": [{"topic": "roads"}, {"list": "press"}]}},
        False,
        [],
        None,
    ),
    Who("blocked", {"roads": BOTH}, ("email:*", "sms:newsletter"), {}, True, [], "do_not_contact"),
    Who("blocked on one channel", {"roads": BOTH}, ("email:newsletter",), {}, True, ["sms"], None),
    Who("not on this channel", {"roads": ("sms",)}, (), {"channels": ["email"]}, True, [], "no_channel"),
    Who("nobody chosen yet", {"roads": BOTH}, (), {"audience": None}, False, [], None),
]


@pytest.mark.parametrize("who", WHO, ids=lambda w: w.name)
def test_why_somebody_gets_it_or_not(city: City, who: Who) -> None:
    person = city.resident("Ann", subscribed=who.subscribed, blocks=who.blocks)
    found = preview(city, person, **who.fields)
    assert (found["in_audience"], found["channels"], found["skip"]) == (
        who.in_audience,
        who.channels,
        who.skip,
    )
    assert found["email"] is not None


class Language(NamedTuple):
    name: str
    wanted: str
    email: str
    sms: str


LANGUAGES = [
    Language("the person's", "es", "es", "en"),
    Language("the nearest to the person's", "es-MX", "es", "en"),
    Language("the default", "vi", "en", "en"),
]


@pytest.mark.parametrize("example", LANGUAGES, ids=lambda e: e.name)
def test_in_which_language(city: City, example: Language) -> None:
    person = city.resident("Ann", language=example.wanted, subscribed={"roads": BOTH})
    found = preview(city, person)
    assert (found["email"]["language"], found["sms"]["language"]) == (example.email, example.sms)


def test_without_words_there_is_no_message_to_show(city: City) -> None:
    found = preview(
        city, city.resident("Ann", subscribed={"roads": BOTH}), content={}, channels=["email", "sms"]
    )
    assert (found["email"], found["sms"]) == (None, None)


def test_any_key_may_preview(city: City) -> None:
    ann = city.resident("", subscribed={"roads": BOTH})
    assert preview(city, ann, key="test")["email"]["subject"] == "Elm Street closes, neighbor"


def test_a_mail_that_gmail_would_cut_is_told(city: City) -> None:
    ann = city.resident("Ann", subscribed={"roads": BOTH})
    content = {"en": {"subject": "Long", "body": "word " * 19_000}}
    mail = preview(city, ann, channels=["email"], content=content)["email"]
    assert mail["clipped"] == (mail["html_bytes"] > 102_000)
    longer = {"en": {"subject": "Long", "body": ("word " * 900 + "\n\n") * 22}}
    assert preview(city, ann, channels=["email"], content=longer)["email"]["clipped"] is True
