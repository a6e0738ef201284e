from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.pages.forms import Worded
from chalicelib.subscribers.topics import Topic

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ROADS = Topic("roads", {"en": "Roads", "es": "Calles"}, {"en": "Closures"}, "works", "Travel", "open")
BUSES = Topic("buses", {"en": "Buses"}, {}, "works", "travel", "open")
FLU = Topic("flu", {"es": "Clínicas"}, {}, "health", "Health", "open")


class Text(NamedTuple):
    texts: dict[str, str]
    language: str
    expected: Worded


TEXTS = {
    "in the page's language": Text({"en": "Roads", "es": "Calles"}, "es", Worded("Calles")),
    "in another: named for screen readers": Text({"en": "Roads"}, "vi", Worded("Roads", "en")),
    "in a variety": Text({"es-MX": "Calles"}, "es", Worded("Calles", "es-MX")),
    "in none": Text({}, "en", Worded("")),
}


@pytest.mark.parametrize("example", TEXTS.values(), ids=TEXTS.keys())
def test_what_staff_wrote_is_shown_in_the_nearest_language(example: Text) -> None:
    assert forms.worded(example.texts, example.language) == example.expected


def test_topics_are_grouped_and_sorted_by_name_and_carry_the_choice() -> None:
    categories = forms.by_category(
        [ROADS, FLU, BUSES], "en", default_language="en", now=NOW, chosen={"roads": ["email"]}
    )
    assert [category.name.text for category in categories] == ["Health", "Travel", "travel"]
    assert categories[1].topics[0].channels == ("email",)
    assert categories[0].topics[0].name == Worded("Clínicas", "es")


def test_categories_are_in_the_default_language() -> None:
    assert forms.by_category([ROADS], "vi", default_language="en", now=NOW)[0].name == Worded("Travel", "en")


def test_forms_are_read_as_browsers_send_them() -> None:
    posted = {"topic": ["roads", "flu", "roads"], "email": [" ana@example.com "], "phone": [""]}
    assert forms.read_sign_up(posted) == forms.SignUpForm(topics=("roads", "flu"), email="ana@example.com")


def test_errors_name_fields_in_the_order_of_the_page_and_in_the_language() -> None:
    refused = InvalidFields(
        FieldError("/phone", "Enter a mobile phone number, such as 617 555 0123."),
        FieldError("/topics/0", "Choose at least one topic."),
        FieldError("/topics/1", "another"),
    )
    errors = forms.in_order(forms.errors_of(refused, "es"), ("topics", "email", "phone"))
    assert list(errors.items()) == [
        ("topics", "Elija al menos un tema."),
        ("phone", "Escriba un número de teléfono móvil, por ejemplo 617 555 0123."),
    ]


@pytest.mark.parametrize(
    "current", ["America/New_York", "Asia/Ho_Chi_Minh", "UTC", "US/Eastern", "Etc/GMT+5"]
)
def test_the_persons_time_zone_is_always_among_those_offered_and_once(current: str) -> None:
    zones = forms.zones("en", current=current, agency="America/New_York")
    offered = [zone.id for zone in zones.common] + list(zones.all)
    assert offered.count(current) == 1
    assert zones.common[0] == forms.Zone("America/New_York", "Eastern Time (New York)")
    assert len(offered) == len(set(offered))


OFTEN = [
    (0.0, "en", ""),
    (1 / 3, "en", "Less than one message a month"),
    (0.8, "en", "About 1 message a month"),
    (3.4, "en", "About 3 messages a month"),
    (3.4, "es", "Unos 3 mensajes al mes"),
    (1234.0, "es", "Unos 1.234 mensajes al mes"),
    (3.4, "vi", "Khoảng 3 tin nhắn mỗi tháng"),
    (1.0, "zh-Hans", "每月约 1 条消息"),
]


@pytest.mark.parametrize(("number", "language", "words"), OFTEN)
def test_how_often_is_told_in_words(number: float, language: str, words: str) -> None:
    assert forms.often(number, language) == words


def test_a_topic_shows_how_often_and_such_as() -> None:
    sent = tuple((f"2026-{month:02d}-01T12:00:00.000Z", f"{month:032x}") for month in (8, 9, 10, 11))
    ((roads,),) = (
        category.topics
        for category in forms.by_category([replace(ROADS, sent=sent)], "en", default_language="en", now=NOW)
    )
    assert (roads.often, roads.sample) == ("About 1 message a month", f"{11:032x}")


def test_a_link_fills_in_what_is_no_secret() -> None:
    posted = {"topic": ["roads"], "category": ["City & Hall"], "channel": ["sms"], "area": ["old-town"]}
    form = forms.read_sign_up({**posted, "email": ["ana@example.com"], "postcode": ["02110"]})
    assert forms.link_query(form) == "topic=roads&category=City+%26+Hall&channel=sms&area=old-town"
    assert forms.read_sign_up({"channel": ["pigeon"]}).channel == ""
