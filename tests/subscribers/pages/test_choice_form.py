"""The form of a person's choices: it holds how things stand, and means what was typed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import InvalidFields
from chalicelib.subscribers.model import Wishes
from chalicelib.subscribers.pages import choice_form
from chalicelib.subscribers.pages.choice_form import Standing, filled, meant, read

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ANA = Standing({"roads": ("email",)}, {"roads": "daily"}, "Ana", "en", "America/New_York", Wishes(), True)

days = st.integers(2, 4000).map(lambda n: (NOW + timedelta(days=n)).date().isoformat())
hours = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] != pair[1])
wishes = st.builds(
    Wishes,
    paused_until=st.just("") | days,
    hours=st.none() | hours,
    digest_hour=st.none() | st.integers(0, 23),
    tracking=st.none() | st.booleans(),
)


@given(wishes, st.booleans())
def test_a_form_that_nobody_touched_means_what_stands(wished: Wishes, tracking: bool) -> None:
    standing = replace(ANA, wishes=wished, tracking=tracking)
    assert meant(filled(standing), standing, now=NOW) == wished
    assert read({}, standing) == replace(filled(standing), channels={}, cadences={})


@given(wishes, wishes)
def test_what_was_typed_is_meant(stood: Wishes, wanted: Wishes) -> None:
    standing = replace(ANA, wishes=stood)
    typed = filled(replace(ANA, wishes=wanted))
    texts = {name: [value] for name, value in vars(typed).items() if isinstance(value, str)}
    found = meant(read(texts, standing), standing, now=NOW)
    assert replace(found, tracking=None) == replace(wanted, tracking=None)
    effective = [one.tracking if one.tracking is not None else ANA.tracking for one in (found, wanted)]
    assert effective[0] == effective[1]


def test_only_topics_that_were_shown_are_set() -> None:
    form = {
        "topic": ["roads", "budget"],
        "channels:roads": ["email", "sms"],
        "cadence:budget": ["weekly"],
        "channels:hidden": ["email"],
    }
    typed = read(form, ANA)
    assert typed.channels == {"roads": ("email", "sms"), "budget": ()}
    assert typed.cadences == {"budget": "weekly"}


@pytest.mark.parametrize(
    ("day", "zone", "kept"),
    [
        ("2026-11-21", "UTC", ""),
        ("2026-11-22", "UTC", ""),
        ("2026-11-22", "America/Los_Angeles", "2026-11-22"),
        ("2026-11-23", "UTC", "2026-11-23"),
    ],
)
def test_a_pause_that_is_over_where_the_person_lives_is_none(day: str, zone: str, kept: str) -> None:
    typed = replace(filled(ANA), paused_until=day, time_zone=zone)
    assert meant(typed, ANA, now=NOW).paused_until == kept


WRONG = {
    "a day that is none": ({"paused_until": "2026-02-30"}, ["/paused_until"]),
    "one hour of two": ({"hours_from": "9"}, ["/hours"]),
    "twice the same hour": ({"hours_from": "9", "hours_to": "9"}, ["/hours"]),
    "an hour that is none": ({"hours_from": "9", "hours_to": "x"}, ["/hours"]),
    "no hour of the day": ({"digest_hour": "24"}, ["/digest_hour"]),
    "digits that are not": ({"digest_hour": "٣"}, ["/digest_hour"]),
    "all": (
        {"digest_hour": "-1", "paused_until": "x", "name": "A\nB", "time_zone": "Mars"},
        ["/paused_until", "/digest_hour", "/name", "/time_zone"],
    ),
}


@pytest.mark.parametrize(("typed", "pointers"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_meant_is_named(typed: dict[str, Any], pointers: list[str]) -> None:
    with pytest.raises(InvalidFields) as refused:
        meant(replace(filled(ANA), **typed), ANA, now=NOW)
    assert [error.pointer for error in refused.value.errors] == pointers


def test_hours_are_written_as_the_language_does() -> None:
    assert [len(choice_form.hours("en")), len(choice_form.hours("en", until=True))] == [24, 24]
    english, vietnamese = choice_form.hours("en")[8], choice_form.hours("vi")[20]
    assert (english.value, english.name.replace("\u202f", " ")) == ("8", "8:00 AM")
    assert (vietnamese.value, vietnamese.name) == ("20", "20:00")
    assert choice_form.hours("en", until=True)[-1].value == "24"


def test_a_cadence_that_is_none_is_at_once() -> None:
    assert [choice_form.cadence(one) for one in ("daily", "weekly", "hourly", "")] == [
        "daily",
        "weekly",
        "immediate",
        "immediate",
    ]
