"""Drafts: of one's own words and of a foreign message; what no table can hold is refused."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.alerts import draft, tables
from chalicelib.alerts.cap.model import ACK, EXERCISE
from chalicelib.alerts.model import Alert
from chalicelib.core.errors import Conflict, Forbidden, InvalidFields
from chalicelib.core.ids import random_id
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from tests.alerts import released
from tests.alerts.sample import INFO, MESSAGE

pytestmark = pytest.mark.usefixtures("platform")
BESIDE = {"department": "works", "without_place": False}


@pytest.fixture
def author(platform: Platform) -> Actor:
    return released.staff("ann")


def taken(author: Actor, **changed: object) -> Alert:
    infos = (replace(INFO, expires="2099-11-22T21:00:00-05:00"),)
    values: dict[str, Any] = {"sent": "2020-11-22T13:00:00-05:00", "infos": infos, **changed}
    message = replace(MESSAGE, identifier=random_id(), **values)
    return draft.take(message, BESIDE, actor=author, now=wiring().clock(), wiring=wiring())


def test_a_foreign_message_goes_where_it_says(author: Actor) -> None:
    alert = taken(author)
    circle = {"latitude": 42.36, "longitude": -71.06, "radius_km": 2.0}
    assert alert.areas == ({"description": {"en-US": "Elm Street"}, "circle": circle},)
    assert alert.as_it_came
    assert tables.read(alert.id) == alert


def test_a_foreign_message_in_one_language_goes_out_in_it(author: Actor) -> None:
    infos = (replace(INFO, language="es-US", expires="2099-11-22T21:00:00-05:00"),)
    assert taken(author, infos=infos).default_language == "es"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"status": EXERCISE}, "/status"),
        ({"message_type": ACK}, "/references"),
        ({"infos": ()}, "/info"),
        ({"sender": "two words"}, "/sender"),
    ],
)
def test_what_is_no_alert_is_not_taken(author: Actor, changed: dict[str, object], pointer: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        taken(author, **changed)
    assert pointer in [one.pointer for one in refused.value.errors]


def test_what_no_table_can_hold_is_refused(author: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 3_000)
    with pytest.raises(InvalidFields) as refused:
        released.drafted(author)
    assert [one.pointer for one in refused.value.errors] == ["/areas"]


def test_a_change_replaces_what_was_given_and_makes_its_author_one(author: Actor) -> None:
    bob = released.staff("bob")
    first = released.drafted(author)
    changes = {"event": "Flood", "contact": "+1 617 555 0100"}
    now = wiring().clock()
    second = draft.change(first.id, changes, version=1, actor=bob, now=now, wiring=wiring())
    assert (second.event, second.message.infos[0].contact) == ("Flood", "+1 617 555 0100")
    assert second.authors == (author.staff_id, bob.staff_id)
    cleared = draft.change(first.id, {"contact": None}, version=2, actor=bob, now=now, wiring=wiring())
    assert cleared.message.infos[0].contact == wiring().settings.contact
    with pytest.raises(Conflict):
        draft.change(first.id, changes, version=1, actor=bob, now=now, wiring=wiring())


def test_others_change_and_delete_nothing(author: Actor) -> None:
    first = released.drafted(author)
    other = released.staff("eve", department="parks")
    drills = released.in_mode(author, "exercise")  # type: ignore[arg-type]
    for actor in (other, drills):
        with pytest.raises(Forbidden):
            draft.delete(first.id, actor=actor, wiring=wiring())
    draft.delete(first.id, actor=author, wiring=wiring())
