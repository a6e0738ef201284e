"""A correction's CAP message keeps the rules of CAP, and names what it follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.alerts.cap import rules
from chalicelib.alerts.cap.model import CANCEL, UPDATE
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.write import write
from chalicelib.alerts.follow.message import all_clear, cancelling, updating
from chalicelib.alerts.model import Correction
from chalicelib.core.settings import settings
from chalicelib.delivery.content import Words
from tests.alerts.sample import INFO, MESSAGE, NOW, alert

SAID = Correction(
    cancel={"en": Words(subject="Cancelled", body="It was *wrong*.")},
    end={"en": Words(subject="Over", body="It is over.")},
)


@pytest.mark.parametrize(
    ("make", "kind", "response", "headline"),
    [(cancelling, CANCEL, (), "Cancelled"), (all_clear, UPDATE, ("AllClear",), "Over")],
)
def test_a_correction(make: object, kind: str, response: tuple[str, ...], headline: str) -> None:
    assert callable(make)
    wrong = alert(correction=SAID)
    now = NOW + timedelta(minutes=20)
    made = make(wrong, [wrong.message], identifier="c-1", now=now, settings=settings())
    assert rules.broken(made, now=now) == []
    assert read(write(made)) == made
    assert (made.message_type, made.references) == (kind, (wrong.message.reference,))
    (info,) = made.infos
    assert (info.headline, info.response_types, info.areas) == (headline, response, INFO.areas)
    assert "*" not in info.description


def test_an_update_names_all_that_has_not_expired_and_what_it_follows_in_any_case() -> None:
    past = replace(INFO, expires="2026-11-22T13:10:00-05:00")
    first = replace(MESSAGE, identifier="a-1")
    over = replace(MESSAGE, identifier="a-2", infos=(past,))
    last = replace(MESSAGE, identifier="a-3", infos=(past,))
    newest, now = replace(MESSAGE, identifier="a-4"), NOW + timedelta(hours=1)
    made = updating(newest, [last, over, first], now=now, settings=settings())
    assert made.message_type == UPDATE
    assert [one.identifier for one in made.references] == ["a-3", "a-1"]
