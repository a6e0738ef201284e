"""What whoever is on duty is told."""

from dataclasses import replace

from chalicelib.alerts.answers.hook import document
from tests.alerts.answers.test_model import CALL, ROOF


def test_it_tells_who_what_when_and_where_and_no_name_or_address() -> None:
    assert document(CALL) == {
        "id": "a" * 32,
        "subscriber_id": "b" * 32,
        "revision": 1,
        "mode": "live",
        "channel": "sms",
        "answer": "help",
        "asked_at": "2026-11-22T06:00:00.000Z",
        "told_at": "2026-11-22T06:00:00.000Z",
        "words": "",
        "place": None,
    }


def test_a_place_that_was_typed_stands_in_it() -> None:
    told = document(replace(CALL, where=ROOF))
    assert told["place"] == {"text": "Roof", "latitude": None, "longitude": None, "source": "typed"}
