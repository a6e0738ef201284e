"""What leaves of an alert: exercises that cannot look real, no link that could fail, texts counted."""

import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.alerts import renditions
from chalicelib.alerts.cap.model import ACTUAL, CANCEL, EXERCISE, TEST, UPDATE
from chalicelib.alerts.model import Alert
from chalicelib.alerts.words import outgoing, words_of
from chalicelib.channels.holes import fill
from chalicelib.channels.sms_parts import Encoding
from chalicelib.core.brands import LEAST_CONTRAST, contrast, own
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.rendition import SMS_TOKEN
from tests import arabic
from tests.alerts.sample import INFO, MESSAGE, alert

SETTINGS = Settings(base_url="https://alerts.city.example")
CHANNELS = ("email", "sms", "push", "voice")
STATUS = {"live": ACTUAL, "exercise": EXERCISE, "test": TEST}


def made(mode: str = "live", *, language: str = "en", **changed: Any) -> Alert:
    info = replace(INFO, language=language, web="https://news.example/flood")
    message = replace(MESSAGE, status=STATUS[mode], infos=(info,))
    words = words_of(message, settings=SETTINGS)
    given = {"message": message, "mode": mode, "words": words, "channels": CHANNELS, **changed}
    return alert(**given)


def texts(one: Alert, channel: str, language: str = "en") -> tuple[str, ...]:
    """All that a reader sees of a rendition, each as a text."""
    found = renditions.rendition(one, channel, language, settings=SETTINGS)
    html = re.sub(r"<style.*?</style>|<title.*?</title>|<[^>]+>", " ", found.html, flags=re.DOTALL)
    return tuple(" ".join(text.split()) for text in (found.text, html) if text.strip())


@pytest.mark.parametrize("mode", ["exercise", "test"])
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["en", "es", "zh-Hans"])
def test_no_rendition_of_an_exercise_can_be_taken_for_real(mode: str, channel: str, language: str) -> None:
    marks = outgoing(Words(sms="|"), status=STATUS[mode], language=language)
    first, last = marks.sms.split("\n|\n")
    one = made(mode, language=language)
    for text in texts(one, channel, language):
        assert first in text[: text.find("lood")], text
        assert last in text[text.find("ground now") :], text
    if channel in ("email", "push"):
        rendition = renditions.rendition(one, channel, language, settings=SETTINGS)
        assert rendition.subject.startswith(marks.subject)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_live_says_nothing_of_an_exercise(channel: str) -> None:
    assert not any("EXERCISE" in text or "TEST" in text for text in texts(made(), channel))


@pytest.mark.parametrize(("mode", "status"), [("exercise", ACTUAL), ("test", ACTUAL), ("live", EXERCISE)])
def test_nothing_is_made_where_mode_and_status_differ(mode: str, status: str) -> None:
    one = made(mode)
    with pytest.raises(ValueError, match="another status"):
        renditions.compiled(replace(one, message=replace(one.message, status=status)), settings=SETTINGS)


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_is_tracked_and_links_lead_where_they_say(channel: str) -> None:
    found = renditions.rendition(made(), channel, "en", settings=SETTINGS)
    everything = found.html + found.text
    assert "/t/" not in everything
    assert "/o/" not in everything
    assert "{{p}}" not in found.text or channel == "email"
    if channel == "email":
        assert "https://news.example/flood" in found.html
        assert "<img" not in found.html
    if channel != "voice":
        assert "https://alerts.city.example/a/{{t}}" in found.text


def test_everybody_is_asked_how_they_are_and_told_how_to_stop() -> None:
    found = renditions.rendition(made(), "email", "en", settings=SETTINGS)
    assert found.html.count('href="https://alerts.city.example/a/{{t}}"') == 3
    assert "https://alerts.city.example/preferences/{{p}}" in found.html
    assert "because you asked for alerts from City of Example" in found.text
    assert f"https://alerts.city.example/alerts/{made().id[:4]}" in found.text, "its CAP message"


@pytest.mark.parametrize("language", ["en", "es", "zh-Hans"])
def test_a_text_names_the_words_to_reply_with_where_its_number_takes_them(language: str) -> None:
    two_way = replace(SETTINGS, sms_numbers=("+16175550101=emergency",))
    one = made(language=language)
    for settings, digits in ((SETTINGS, []), (two_way, ["1", "2", "3"])):
        lines = renditions.rendition(one, "sms", language, settings=settings).text.splitlines()
        assert lines[-1] == "https://alerts.city.example/a/{{t}}"
        assert re.findall(r"\d", lines[-2]) == digits


def test_an_exercise_has_no_public_page() -> None:
    assert ".cap" not in renditions.rendition(made("exercise"), "email", "en", settings=SETTINGS).html


def test_the_notification_leads_to_the_question_and_its_text_does_not_show_it() -> None:
    text = renditions.rendition(made(), "push", "en", settings=SETTINGS).text
    assert text.splitlines()[-1] == "https://alerts.city.example/a/{{t}}"


@pytest.mark.parametrize(
    ("message_type", "responses", "asked"),
    [(UPDATE, ("Evacuate",), True), (UPDATE, ("AllClear",), False), (CANCEL, (), False)],
)
def test_nobody_is_asked_once_it_was_wrong_or_is_over(
    message_type: str, responses: tuple[str, ...], *, asked: bool
) -> None:
    one = made()
    infos = (replace(INFO, response_types=responses),)
    one = replace(one, message=replace(one.message, message_type=message_type, infos=infos))
    for channel in CHANNELS[:3]:
        assert ("/a/" in renditions.rendition(one, channel, "en", settings=SETTINGS).text) is asked


def test_every_language_with_words_is_compiled_and_no_other() -> None:
    words = {"en": Words(subject="A", body="B", sms="C", push="D"), "es": Words(subject="A", sms="C")}
    found = renditions.compiled(made(words=words), settings=SETTINGS, brand=own(SETTINGS))
    assert {(one.channel, one.language) for one in found.renditions} == {
        ("email", "en"),
        ("sms", "en"),
        ("sms", "es"),
        ("push", "en"),
    }
    assert found.links == ()


def test_parts_are_counted_with_link_and_wording() -> None:
    words = {"en": Words(sms="x" * 60), "zh-Hans": Words(sms="水" * 30)}
    live = renditions.parts(made(words=words), settings=SETTINGS)
    drill = renditions.parts(made("exercise", words=words), settings=SETTINGS)
    text = renditions.rendition(made(words=words), "sms", "en", settings=SETTINGS).text
    assert live["en"].units == len(fill(text, {"t": SMS_TOKEN}))
    assert (live["en"].parts, live["zh-Hans"].encoding) == (1, Encoding.UCS2)
    assert drill["en"].units > live["en"].units


@pytest.mark.parametrize(("text", "wrong"), [("x" * 500, False), ("x" * 700, True), ("水" * 450, False)])
def test_a_text_of_too_many_parts_is_named(text: str, *, wrong: bool) -> None:
    found = list(renditions.too_long(made(words={"en": Words(sms=text)}), settings=SETTINGS))
    assert [error.pointer for error in found] == (["/words/en/sms"] if wrong else [])


@pytest.mark.parametrize("tone", [renditions.DANGER, renditions.OVER, renditions.NO_DANGER])
def test_colours_can_be_read(tone: renditions.Tone) -> None:
    assert contrast(tone.header, tone.header_text) >= LEAST_CONTRAST


def test_an_exercise_a_danger_and_its_end_look_different() -> None:
    live, drill = made(), made("exercise")
    over = replace(live, message=replace(live.message, message_type=CANCEL))
    heads = [
        tone.header
        for one in (live, drill, over)
        for tone in (renditions.DANGER, renditions.NO_DANGER, renditions.OVER)
        if f'bgcolor="{tone.header}"' in renditions.rendition(one, "email", "en", settings=SETTINGS).html
    ]
    assert heads == [renditions.DANGER.header, renditions.NO_DANGER.header, renditions.OVER.header]


def test_right_to_left_every_word_of_ours_is_translated() -> None:
    with arabic.written():
        one = made("exercise", language="ar")
        known = (INFO.headline, INFO.description, INFO.instruction, "Elm Street", SETTINGS.agency_name)
        for channel in ("email", "sms", "push"):
            rendition = renditions.rendition(one, channel, "ar", settings=SETTINGS)
            left = arabic.latin(rendition.text, *known, SETTINGS.postal_address, SETTINGS.contact, "PM")
            assert left == [], channel
            assert channel != "email" or 'dir="rtl"' in rendition.html
