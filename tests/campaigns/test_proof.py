"""Proofs: mail to named staff, marked, untracked."""

from typing import Any

import pytest

from tests.campaigns.city import City


def prove(city: City, campaign: dict[str, Any], *names: str, **more: Any) -> Any:
    body = {"staff": [city.staff[name] for name in names], **more}
    answer = city.post(f"/v1/campaigns/{campaign['id']}/proof", body)
    city.platform.settle()
    return answer


def test_staff_get_the_mail_and_the_text_message_as_mail(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email", "sms")})
    answer = prove(city, city.draft(), "roads", "viewer")
    assert answer.status == 202
    assert [(one["channel"], one["language"]) for one in answer.json["proofs"]] == [
        ("email", "en"),
        ("sms", "en"),
    ]
    letters = city.platform.outbox.letters()
    assert {letter.channel for letter in letters} == {"email"}
    assert {letter.to for letter in letters} == {"roads@city.example", "viewer@city.example"}
    text, mail = sorted(city.platform.outbox.letters(to="roads@city.example"), key=lambda one: one.subject)
    assert mail.subject == "Proof: Elm Street closes, Roads"
    assert "https://city.example/elm" in mail.text
    assert "/t/" not in mail.text + mail.html
    assert "/o/" not in mail.html
    assert "nsubscribe" not in mail.text + mail.html
    assert "This is a proof" in mail.text
    assert text.subject == "Proof of the text message: 1 part, GSM-7"
    assert "Elm Street closes Monday: http" in text.text


def test_a_text_message_is_shown_as_written(city: City) -> None:
    written = "*{{x}}* _a_ <b> # ((first_name|you))"
    prove(city, city.draft(channels=["sms"], content={"en": {"sms": written}}), "roads")
    (text,) = city.platform.outbox.letters()
    assert "*{{x}}* _a_ <b> # you" in text.text


def test_a_proof_in_a_chosen_language(city: City) -> None:
    answer = prove(city, city.draft(), "roads", language="es")
    assert answer.json["proofs"][0]["language"] == "es"
    (mail,) = city.platform.outbox.letters()
    assert mail.subject == "Proof: Elm Street cierra"


def test_each_person_gets_it_once(city: City) -> None:
    prove(city, city.draft(channels=["email"]), "roads", "roads")
    assert len(city.platform.outbox) == 1


@pytest.mark.parametrize(("fields", "more"), [({"content": {}}, {}), ({}, {"language": "vi"})])
def test_a_proof_without_words_is_refused(city: City, fields: dict[str, Any], more: dict[str, Any]) -> None:
    answer = prove(city, city.draft(**fields), "roads", **more)
    assert (answer.status, answer.pointers) == (422, ["/language"])
    assert not city.platform.outbox.letters()


def test_a_proof_to_someone_who_left_is_refused(city: City) -> None:
    from chalicelib.core import staff_admin

    staff_admin.change(city.staff["viewer"], {"active": False})
    answer = prove(city, city.draft(), "roads", "viewer")
    assert (answer.status, answer.pointers) == (422, ["/staff/1"])
    assert not city.platform.outbox.letters()


def test_a_proof_changes_nothing_of_the_campaign(city: City) -> None:
    campaign = city.draft()
    prove(city, campaign, "roads")
    assert city.get(f"/v1/campaigns/{campaign['id']}").json == campaign
