"""What a digest says, and in which language."""

from dataclasses import replace

import pytest

from chalicelib.core.settings import settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.digests import compose as composing
from chalicelib.delivery.digests.compose import compose, links_of
from chalicelib.delivery.digests.due import Section
from chalicelib.delivery.digests.items import Article
from chalicelib.delivery.rendition import Rendition

NAMES = {"roads": {"en": "Roads", "es": "Calles"}, "parks": {"en": "Parks"}}
PAGE = "https://city.example/archive/1"
ELM = Article(
    {
        "en": Words(
            "Elm *Street*, ((first_name|neighbor))",
            "From {Monday}",
            "# Elm\n\n[Plan](https://a.example/1)",
            "Elm!",
        ),
        "es": Words("Calle Elm", "", "Primero.\n\nSegundo.", ""),
    },
    "en",
    NAMES,
    PAGE,
)
WHOLE = replace(
    ELM,
    page="",
    content={"en": Words("Inside", "P", "# Top\n\n[Plan](https://a.example/1) ((first_name|you))")},
)
ROADS, BOTH = Section(("roads",), ("elm",)), Section(("parks", "roads"), ("whole",))
ARTICLES = {"elm": ELM, "whole": WHOLE}


def made(*sections: Section, channel: str = "email", language: str = "en", known: bool = True) -> Rendition:
    links = [*links_of(ELM, settings=settings()), *links_of(WHOLE, settings=settings())] if known else []
    return compose(channel, language, sections, ARTICLES, links=links, settings=settings())


def test_an_item_with_a_page_is_told_in_short_and_one_without_stands_there_whole() -> None:
    mail = made(ROADS, BOTH)
    assert mail.subject == "Parks and Roads and Roads: 2 items"
    assert "{{o}}Monday{{c}}" in mail.text
    assert "Elm *Street*, neighbor" in mail.text
    assert mail.text.count("https://a.example/1") == 0, "the plan's own numbers"
    assert "/t/{{t}}/" in mail.text
    assert "{{first_name_t}}" in mail.text
    assert mail.defaults["first_name_t"] == "you"
    assert "<h2" in mail.html
    assert "<h4" in mail.html
    assert "<h1" not in mail.html.partition("<body")[2]
    assert mail.topics == ("parks", "roads")
    assert "you subscribed to: Parks and Roads" in mail.text


def test_each_reads_it_in_the_nearest_language() -> None:
    mail = made(ROADS, language="es")
    assert mail.subject == "Calles: 1 novedad"
    assert "Primero." in mail.text
    assert "Segundo." not in mail.text
    assert "Parks" in made(BOTH, language="es").text


def test_a_text_has_titles_and_one_link() -> None:
    assert made(ROADS, channel="sms").text.endswith("Elm *Street*, neighbor {{t}}") is False
    one = made(ROADS, channel="sms").text
    assert "Elm *Street*, neighbor" in one
    assert one.count("/t/{{t}}/") == 1
    several = Section(("roads",), ("elm", "b", "c", "d", "e"))
    long = dict.fromkeys(several.items, replace(ELM, content={"en": Words(sms="word " * 60)}))
    text = compose("sms", "en", (several,), long, links=[], settings=settings()).text
    assert " +2 " in text
    assert "/archive" in text
    assert len(text) < 300


def test_an_address_without_a_number_is_not_tracked() -> None:
    mail = made(BOTH, known=False)
    assert "https://a.example/1" in mail.text
    assert "/t/" not in mail.text


def test_a_digest_of_very_much_has_titles_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "MAX_BYTES", 10)
    mail = made(ROADS, BOTH)
    assert "Inside" in mail.text
    assert "Monday" not in mail.text


def test_links_are_those_that_a_digest_shows() -> None:
    archive = settings().url("/archive")
    assert links_of(ELM, settings=settings()) == [PAGE, archive]
    assert links_of(WHOLE, settings=settings()) == ["https://a.example/1", archive]
