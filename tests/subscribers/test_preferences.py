"""A person's own page: shows all, changes what is asked and no more; and ends for good what is ended."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.errors import InvalidFields
from chalicelib.core.tokens import Purpose, TokenExpired, TokenRefused, sign
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, preferences
from chalicelib.subscribers.model import Wording
from chalicelib.subscribers.unsubscribe import unsubscribe
from tests.subscribers.conftest import NOW, person, write

pytestmark = pytest.mark.usefixtures("city")
EMAIL, PHONE = "ana@city.example", "+16175550123"


def token(one: people.Person, wiring: Wiring) -> str:
    return preferences.path_of(one.id, expires=NOW + timedelta(1), wiring=wiring).rpartition("/")[2]


def save(one: people.Person, wiring: Wiring, **given: Any) -> preferences.Choices:
    known = {"channels": {}, "name": "Ana", "language": "en", "time_zone": "UTC"}
    return preferences.save(
        token(one, wiring), **{**known, **given}, wording=Wording("I agree"), now=NOW, wiring=wiring
    )


def test_the_page_shows_open_topics_and_closed_ones_that_one_has(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, sms=PHONE, roads=("email",), snow=("sms",), fair=("email",)), wiring)
    choices = preferences.read(token(ana, wiring), now=NOW, wiring=wiring)
    assert [topic.id for topic in choices.topics] == ["budget", "roads", "snow"]
    assert choices.chosen["snow"] == ("sms",)
    assert choices.addresses == {"email": "a…@city.example", "sms": "…0123"}


def test_saving_sets_channels_by_topic_and_the_profile(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, sms=PHONE, roads=("email",), budget=("email",)), wiring)
    choices = save(ana, wiring, channels={"roads": ["sms"], "budget": []}, language="es", name="Anna")
    assert choices.chosen == {"roads": ("sms",)}
    after = people.get(ana.id)
    assert (after.name, after.language) == ("Anna", "es")
    assert after.topics["roads"].since == ana.topics["roads"].since
    assert people.ledger(ana.id)[-1].provenance.wording == Wording("I agree")


def test_topics_that_were_not_shown_stay(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, sms=PHONE, roads=("email",)), wiring)
    assert save(ana, wiring, channels={"budget": ["email"]}).chosen.keys() == {"roads", "budget"}


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        pytest.param({"channels": {"snow": ["email"]}}, "/topics", id="closed-topic"),
        pytest.param({"channels": {"list:press": ["email"]}}, "/topics", id="list"),
        pytest.param({"channels": {"nothing": ["email"]}}, "/topics", id="unknown-topic"),
        pytest.param({"channels": {"roads": ["sms"]}}, "/topics", id="channel-without-address"),
        pytest.param({"name": "A\nB"}, "/name", id="name"),
        pytest.param({"time_zone": "Mars"}, "/time_zone", id="zone"),
    ],
)
def test_what_cannot_be_saved_changes_nothing(wiring: Wiring, given: dict[str, Any], pointer: str) -> None:
    ana = write(person(email="ana@city.example"), wiring)
    with pytest.raises(InvalidFields) as refused:
        save(ana, wiring, **given)
    assert refused.value.errors[0].pointer == pointer
    assert people.get(ana.id) == ana


def test_unsubscribing_from_all_keeps_the_page(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, sms=PHONE, roads=("email", "sms"), budget=("sms",)), wiring)
    choices = preferences.unsubscribe_all(token(ana, wiring), wording=None, now=NOW, wiring=wiring)
    assert not choices.subscribed
    assert choices.addresses.keys() == {"email", "sms"}


def test_links_of_others_purposes_times_and_people_are_refused(wiring: Wiring) -> None:
    ana = write(person(email=EMAIL, sms=PHONE), wiring)
    with pytest.raises(TokenExpired):
        preferences.read(token(ana, wiring), now=NOW + timedelta(1), wiring=wiring)
    other = sign(Purpose.CONFIRM, bytes.fromhex(ana.id), ring=wiring.ring)
    with pytest.raises(TokenRefused):
        preferences.read(other, now=NOW, wiring=wiring)
    nobody = sign(Purpose.PREFERENCES_PAGE, bytes(16), ring=wiring.ring)
    with pytest.raises(TokenRefused):
        preferences.read(nobody, now=NOW, wiring=wiring)


@pytest.mark.parametrize(
    ("topics", "ended", "left"),
    [
        pytest.param(None, ["budget", "roads"], {"roads": ("sms",)}, id="all"),
        pytest.param(["roads"], ["roads"], {"roads": ("sms",), "budget": ("email",)}, id="one"),
        pytest.param(["nothing"], [], {"roads": ("email", "sms"), "budget": ("email",)}, id="unknown"),
    ],
)
def test_unsubscribing_ends_topics_on_one_channel(
    wiring: Wiring, topics: list[str] | None, ended: list[str], left: dict[str, tuple[str, ...]]
) -> None:
    ana = write(person(email=EMAIL, sms=PHONE, roads=("email", "sms"), budget=("email",)), wiring)
    for expected in (ended, []):
        found = unsubscribe(ana.id, "email", topics, source="one-click", wording=None, now=NOW, wiring=wiring)
        assert found == expected
    assert {topic: s.channels for topic, s in people.get(ana.id).topics.items()} == left
