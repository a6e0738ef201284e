"""Answers in every language: short, with the way out, and nothing in them that a person wrote."""

import pytest

from chalicelib.channels.sms_parts import count
from chalicelib.conversations import texts
from chalicelib.core.settings import Settings
from chalicelib.subscribers.topics import OPEN, Topic

SETTINGS = Settings()
ALL = [name for name in vars(texts) if name.isupper() and isinstance(getattr(texts, name), str)]
KNOWN = {
    "topics": "Roads, Parks",
    "held": "Roads",
    "link": "https://c.example/subscribe",
    "language": "English",
    "alert": "Flash flood on Elm Street",
    "answer": "I am safe",
}
SAY_HOW_BACK = {"STOPPED": "START", "STOPPED_ALERTS": "START", "LEFT": "JOIN"}
SAY_HOW_OUT = ("STARTED", "STARTED_ALERTS", "HELP", "HELP_ALERTS", "HELP_IN_ALERT", "JOINED")


def topic(name: str) -> Topic:
    return Topic(name.lower(), {"en": name, "es": f"{name} (es)"}, {}, "w", "c", OPEN)


@pytest.mark.parametrize("language", SETTINGS.languages)
@pytest.mark.parametrize("name", ALL)
def test_each_answer_fits_a_few_parts_and_keeps_the_keywords(name: str, language: str) -> None:
    said = texts.say(getattr(texts, name), language, SETTINGS, **KNOWN)
    assert said.startswith(SETTINGS.agency_name)
    assert "%(" not in said
    assert count(said).parts <= (2 if language == "en" else 4)
    for keyword in ("STOP", "START", "HELP", "LIST", "JOIN", "LEAVE"):
        assert (keyword in getattr(texts, name)) == (keyword in said)


def test_who_stopped_is_told_how_to_come_back_and_who_gets_how_to_stop() -> None:
    for name, keyword in SAY_HOW_BACK.items():
        assert keyword in getattr(texts, name)
    for name in SAY_HOW_OUT:
        assert "STOP" in getattr(texts, name)


def test_names_are_in_the_readers_language_and_of_many_the_first() -> None:
    assert texts.names_of([topic("Roads"), topic("Parks")], "es") == "Roads (es) y Parks (es)"
    assert texts.names_of([topic("Roads"), topic("Parks")], "es", either=True) == "Roads (es) o Parks (es)"
    many = texts.names_of([topic(f"T{n}") for n in range(9)], "en")
    assert many == "T0, T1, T2, T3, T4, T5, and …"


def test_a_list_tells_what_one_gets_and_what_else_there_is() -> None:
    roads, parks = [topic("Roads")], [topic("Parks")]
    assert "you get: Roads" in texts.list_of(roads, parks, "en", SETTINGS)
    assert "JOIN and one of: Parks" in texts.list_of(roads, parks, "en", SETTINGS)
    assert "JOIN and one of: Parks" in texts.list_of([], parks, "en", SETTINGS)
    assert "LEAVE" in texts.list_of(roads, [], "en", SETTINGS)
