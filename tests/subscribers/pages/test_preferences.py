"""A person's own page over HTTP: what it refuses, what it records, and that a GET changes nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.tokens import Purpose, sign
from chalicelib.core.wiring import wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Address, Person, Wishes
from chalicelib.subscribers.suppressions import suppress
from chalicelib.subscribers.wording import AGAIN
from chalicelib.subscribers.wording import shown as words_of
from tests.subscribers.pages.visiting import AT, BROWSER, Visitor, own_path, write


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


def test_how_often_when_and_how_closely_is_saved_with_its_wording(visitor: Visitor) -> None:
    person = write()
    form = [("topic", "roads"), ("channels:roads", "email"), ("cadence:roads", "weekly")]
    form += [("paused_until", "2099-01-31"), ("hours_from", "20"), ("hours_to", "2"), ("digest_hour", "6")]
    assert visitor.post(own_path(person), *form, ("tracking", "no")).status == 303
    after = people.get(person.id)
    assert after.topics["roads"].cadence == "weekly"
    assert after.wishes == Wishes("2099-01-31", (20, 2), 6, tracking=False)
    page = visitor.get(own_path(person)).body.decode()
    for shown in (
        '<option value="weekly" selected>',
        'value="2099-01-31"',
        '<option value="20" selected>',
        '<option value="2" selected>',
        '<option value="6" selected>',
        'name="tracking" value="no" checked',
    ):
        assert shown in page, shown
    visitor.post(own_path(person), ("name", "Ana"))
    assert people.get(person.id).wishes == after.wishes, "a form without them takes nothing back"


def test_all_that_is_wrong_is_named_and_what_was_typed_comes_back(visitor: Visitor) -> None:
    person = write()
    form = [("paused_until", "soon"), ("hours_from", "9"), ("digest_hour", "25"), ("name", "x" * 101)]
    answer = visitor.post(own_path(person), *form, ("topic", "roads"), ("cadence:roads", "daily"))
    page = answer.body.decode()
    assert answer.status == 422
    summary = page.partition('role="alert"')[2].partition("</ul>")[0]
    for field in ("paused_until", "hours", "digest_hour", "name"):
        assert f'href="#field-{field}"' in summary
        assert f'id="field-{field}"' in page
    assert 'value="soon"' in page
    assert '<option value="9" selected>' in page
    assert '<option value="daily" selected>' in page
    assert people.get(person.id) == person


def test_alerts_to_danger_are_asked_for_and_ended_apart_with_words_of_their_own(visitor: Visitor) -> None:
    person = write()
    words = []
    for wanted, after in (("yes", True), ("yes", True), ("no", False)):
        path = own_path(person)
        shown = re.findall(r'name="wording" value="(\w+)"', visitor.get(path).body.decode())[1]
        assert visitor.post(path, ("life_safety", wanted), wording=shown).status == 303
        assert people.get(person.id).life_safety == after
        assert people.get(person.id).topics == person.topics
    for entry in people.ledger(person.id)[1:]:
        assert [change.field for change in entry.changes] == ["life_safety"]
        assert entry.provenance.wording
        words.append(entry.provenance.wording.text)
    assert len(words) == 2
    assert words[0].startswith("If life is in danger, City of Example alerts you at any hour")
    assert words[1].startswith("You asked City of Example to alert you")
    refused = visitor.post(own_path(person), ("life_safety", "yes"), wording="000000000000")
    assert refused.status == 422
    assert not people.get(person.id).life_safety


def test_why_is_asked_once_after_everything_was_stopped(visitor: Visitor) -> None:
    person = write()
    path = visitor.post(own_path(person), ("stop", "all")).headers["location"]
    page = visitor.get(path).body.decode()
    assert "Would you tell us why?" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    for _ in range(2):
        answer = visitor.post(own_path(person), ("reason", "elsewhere"), ("version", version[1]))
        assert answer.headers["location"] == f"{own_path(person)}?done=thanked"
    thanks = visitor.get(answer.headers["location"]).body.decode()
    assert "Thank you" in thanks
    assert "Would you tell us why?" not in thanks
    notes = [entry.provenance.note for entry in people.ledger(person.id)]
    assert notes.count("elsewhere") == 1


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
        Purpose.PREFERENCES_PAGE,
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


SMS = {"email": Address("ana@example.com", AT), "sms": Address("+12025550123", AT)}


def stopped(scope: str = "newsletter", reason: str = "stop") -> Person:
    """A person who silenced a number, by its scope and reason."""
    person = write(addresses=SMS)
    how = {"reason": reason, "scope": scope, "source": "keyword", "by": "subscriber"}
    suppress("sms", "+12025550123", **how, now=wiring().clock(), wiring=wiring())
    return people.get(person.id)


def test_who_said_stop_sees_it_and_may_take_it_back(visitor: Visitor) -> None:
    person = stopped()
    page = visitor.get(own_path(person))
    assert "No messages about topics go to …0123" in page.text
    answer = visitor.post(own_path(person), ("again", "sms"))
    assert (answer.status, answer.headers["location"]) == (303, f"{own_path(person)}?done=saved")
    assert people.get(person.id).blocks == {}
    entry = people.ledger(person.id)[-1]
    assert (entry.provenance.source, entry.provenance.by) == ("preference-page", "subscriber")
    assert entry.provenance.wording is not None
    assert "sends messages there again" in entry.provenance.wording.text
    assert "you asked us to stop" not in visitor.get(own_path(person)).text
    visitor.post(own_path(person), ("again", "sms"), wording=entry.provenance.wording.version)
    assert people.ledger(person.id)[-1] == entry


def test_taking_stop_back_needs_the_words_that_were_shown(visitor: Visitor) -> None:
    person = stopped()
    answer = visitor.post(own_path(person), ("again", "sms"), wording="another")
    assert (answer.status, b'role="alert"' in answer.body) == (422, True)
    assert people.get(person.id) == person


@pytest.mark.parametrize(("scope", "reason"), [("*", "manual"), ("*", "bounce"), ("emergency", "stop")])
def test_what_is_not_the_persons_own_stays(visitor: Visitor, scope: str, reason: str) -> None:
    person = stopped(scope, reason)
    page = visitor.get(own_path(person))
    assert "you asked us to stop" not in page.text
    words = words_of(AGAIN, "en").version
    visitor.post(own_path(person), ("again", "sms"), wording=words)
    assert people.get(person.id) == person
