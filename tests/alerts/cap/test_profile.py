"""The IPAWS profile: each of its rules refuses a bad message and takes a good one."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts.cap import profile
from chalicelib.alerts.cap.model import Area, Message, Named
from chalicelib.alerts.cap.profile import fitted
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.rules import check
from chalicelib.alerts.cap.write import write
from tests.alerts.cap.samples import NOW, SQUARE, WEATHER, info, message
from tests.alerts.cap.schema import schema_errors

SAME = Named("SAME", "FFW")


def _good(**more: Any) -> Message:
    first = info(
        event_codes=(SAME,),
        areas=(Area("Mill", polygons=(SQUARE,), geocodes=(Named("SAME", "025025"), Named("UGC", "MAZ015"))),),
        parameters=(Named("CMAMtext", "Flood on Mill Street. Go to high ground."),),
    )
    return message(codes=("IPAWSv1.0",), infos=(replace(first, **more), replace(first, language="es-US")))


def _placed(code: str) -> Message:
    areas = (Area("Mill", geocodes=(Named("SAME", code),)),)
    return _good(areas=areas)


def _text(name: str, value: str) -> Message:
    return _good(parameters=(Named("EAS-ORG", "CIV"), Named(name, value)))


class Rule(NamedTuple):
    name: str
    bad: Message
    good: Message
    pointer: str


RULES = [
    Rule("the code", replace(_good(), codes=("x",)), replace(_good(), codes=("x", "IPAWSv1.0")), "/code"),
    Rule(
        "an info block",
        replace(_good(), infos=()),
        replace(_good(), infos=(), message_type="Cancel"),
        "/info",
    ),
    Rule("expires", _good(expires=""), _good(), "/info/0/expires"),
    Rule("an area", _good(areas=()), _placed("025025"), "/info/0/area"),
    Rule("six digits", _placed("25025"), _placed("025000"), "/info/0/area/0/geocode/0/value"),
    Rule("not letters", _placed("MAZ015"), _placed("000000"), "/info/0/area/0/geocode/0/value"),
    Rule("short text", _text("CMAMtext", "x" * 91), _text("CMAMtext", "x" * 90), "/info/0/parameter/1/value"),
    Rule(
        "septets",
        _text("CMAMtext", "x" * 89 + "€"),
        _text("CMAMtext", "x" * 88 + "€"),
        "/info/0/parameter/1/value",
    ),
    Rule(
        "long text",
        _text("CMAMlongtext", "x" * 361),
        _text("CMAMlongtext", "x" * 360),
        "/info/0/parameter/1/value",
    ),
    Rule(
        "GSM-7",
        _text("CMAMtext", "洪水"),
        _text("CMAMtext", "Überflutung ¿sí?".replace("í", "ì")),
        "/info/0/parameter/1/value",
    ),
    Rule("categories", _good(categories=("Geo",)), _good(), "/info/1/category"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_refuses_a_bad_message_and_takes_a_good_one(rule: Rule) -> None:
    assert [error.pointer for error in profile.broken(rule.bad)] == [rule.pointer]
    assert profile.broken(rule.good) == []


@pytest.mark.parametrize(
    "codes",
    [
        (),
        (SAME, Named("SAME", "TOR")),
        (Named("SAME", "FLOOD"),),
        (Named("SAME", "ffw"),),
        (Named("NWS", "FFW"),),
    ],
)
def test_each_info_block_has_one_event_code_of_three_letters_and_all_the_same(
    codes: tuple[Named, ...],
) -> None:
    errors = profile.broken(_good(event_codes=codes))
    assert [error.pointer for error in errors] == ["/info/0/eventCode", "/info/1/eventCode"]
    assert "SAME event code" in errors[0].message
    assert "same event codes" in errors[1].message


def test_a_weather_warning_keeps_the_profile() -> None:
    assert profile.broken(read(WEATHER)) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400), st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=400))
def test_a_message_fitted_to_the_profile_keeps_it_and_the_schema(english: str, spanish: str) -> None:
    plain = message(infos=(info(), info(language="es-US", event="Inundación")))
    made = fitted(plain, event_code="FFW", texts={"en-US": english, "es-US": spanish})
    assert profile.broken(made) == []
    if all(one.isprintable() for one in english + spanish):
        check(made, now=NOW)
        assert schema_errors(write(made)) == []


def test_short_texts_are_put_in_where_they_fit_and_only_once() -> None:
    made = fitted(_good(), event_code="TOR", texts={"en-US": "Take shelter now. " * 6})
    first, second = made.infos
    assert [one.name for one in first.parameters] == ["CMAMlongtext"]
    assert [one.name for one in second.parameters] == ["CMAMtext"]
    assert {code for one in made.infos for code in one.event_codes} == {Named("SAME", "TOR")}
    assert made.codes == ("IPAWSv1.0",)
