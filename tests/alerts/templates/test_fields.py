"""Fields of an alert's words: which there are, what may be given for them, and how they are filled."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.templates import fields
from chalicelib.core.settings import Settings
from tests.alerts.templates.flood import SENT

SETTINGS = Settings()
TEXTS = {"en": ["[place] [time] [action]", "[route] [event]"], "es": ["[place] [time] [action] [agency]"]}
GOOD: dict[str, Any] = {
    "place": "Elm Street",
    "time": "2026-11-22T21:00:00-05:00",
    "action": {"en": "Go.", "es": "Vaya."},
    "route": {"en": "Main Street"},
}


def test_fields_are_found_once_each_in_order() -> None:
    assert fields.names("[place] [time]", "[place] [x_1] [X] [a b] [1]") == ["place", "time", "x_1"]
    assert fields.asked(["[event] [place] [agency] [until]"]) == ["place"]


def test_what_is_given_whole_is_right() -> None:
    assert fields.errors(GOOD, TEXTS, pointer="/fields") == []


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ({"place": ""}, ["/fields/place"]),
        ({"place": "  "}, ["/fields/place"]),
        ({"place": {"en": "Elm"}}, ["/fields/place/es"]),
        ({"place": {"en": "Elm\nOak", "es": "Elm"}}, ["/fields/place/en"]),
        ({"place": "x" * 301}, ["/fields/place"]),
        ({"time": "at nine"}, ["/fields/time"]),
        ({"time": {"en": "at nine", "es": ""}}, ["/fields/time/es"]),
        ({"action": "Go."}, ["/fields/action"]),
        ({"route": {}}, ["/fields/route/en"]),
        ({"other": "x"}, ["/fields/other"]),
    ],
)
def test_what_is_empty_or_wrong_is_named(changed: dict[str, Any], pointers: list[str]) -> None:
    found = fields.errors({**GOOD, **changed}, TEXTS, pointer="/fields")
    assert [error.pointer for error in found] == pointers


@pytest.mark.parametrize("name", ["place", "time", "action", "route"])
def test_nothing_can_be_left_out(name: str) -> None:
    left = {key: value for key, value in GOOD.items() if key != name}
    assert [error.pointer for error in fields.errors(left, TEXTS, pointer="/fields")] == [f"/fields/{name}"]


def test_a_moment_is_told_in_each_language() -> None:
    told = {tag: fields.values(GOOD, tag, sent=SENT, settings=SETTINGS) for tag in ("en", "es")}
    assert told["en"]["time"] == "until 9:00 PM"
    assert told["es"]["time"] == "hasta las 21:00"


def test_a_sentence_has_one_full_stop() -> None:
    assert fields.filled("[action]. Now.", {"action": "Go up!"}) == "Go up. Now."
    assert fields.filled("[action] Now.", {"action": "Go up!"}) == "Go up! Now."


@given(value=st.text(max_size=60))
def test_a_value_is_never_read_as_a_field(value: str) -> None:
    assert fields.filled("a [place] b", {"place": value + "[time]"}) == f"a {value}[time] b"
