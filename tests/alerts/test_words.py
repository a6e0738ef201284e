"""What people are told of a CAP message, in each language, on each channel."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts.cap.model import ACTUAL, EXERCISE, TEST, Area, Info, Message, Named
from chalicelib.alerts.templates.model import Texts
from chalicelib.alerts.words import CUT_TO, MARKS, languages_missing, outgoing, words_of
from chalicelib.channels.sms_parts import count
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words, check
from tests.alerts.sample import INFO, MESSAGE

SETTINGS = Settings()
CHANNELS = ("subject", "preheader", "body", "sms", "push", "voice", "post")


def told(*infos: Info, **texts: Texts) -> dict[str, Words]:
    message = replace(MESSAGE, infos=infos or MESSAGE.infos)
    return words_of(message, texts, settings=SETTINGS)


def english(**changed: Any) -> Words:
    return told(replace(INFO, **changed))["en"]


def test_a_message_is_told_on_every_channel_hazard_place_time_and_what_to_do_in_this_order() -> None:
    words = english()
    assert words.subject == "Flash flood on Elm Street"
    assert words.sms == (
        "City of Example: Flash flood on Elm Street. until 9:00 PM. Go to higher ground now."
    )
    assert words.push == "until 9:00 PM. Go to higher ground now."
    order = [
        "# Flash",
        "Water is rising",
        "**Where:** Elm Street",
        "until 9",
        "## What to do",
        "Go to higher",
    ]
    places = [words.body.index(text) for text in order]
    assert places == sorted(places)
    assert words.voice.startswith("Flash flood on Elm Street. Elm Street until 9:00 PM.")
    assert check(words, pointer="") == []


def test_times_are_of_the_agencys_zone_in_the_readers_language() -> None:
    spanish = replace(INFO, language="es", expires="2026-11-23T04:00:00+00:00", headline="Inundación")
    assert "hasta las 23:00" in told(spanish)["es"].push
    later = replace(spanish, onset="2026-11-23T15:00:00+00:00", expires="2026-11-23T20:00:00+00:00")
    body = told(later)["es"].body.replace("\\", "")
    assert "desde el lun, 23 nov, 10:00 hasta el lun, 23 nov, 15:00" in body


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"CMAMtext": "Flood til 9 PM."}, "Flood til 9 PM."),
        ({"CMAMtext": "Short.", "CMAMlongtext": "Agency: a longer one."}, "Agency: a longer one."),
        ({"CMAMtext": "Short.", "CMAMlongtext": "x" * 360}, "Short."),
    ],
)
def test_what_a_message_has_for_phones_is_taken_where_it_is_short_enough(
    parameters: dict[str, str], expected: str
) -> None:
    named = tuple(Named(name, value) for name, value in parameters.items())
    assert english(parameters=named).sms == expected


def test_a_long_message_is_cut_between_words() -> None:
    words = english(instruction="Leave by the northern road. " * 40, description="Long. " * 900)
    assert words.sms.endswith("...")
    assert words.sms.removesuffix("...").split()[-1] in {"Leave", "by", "the", "northern", "road."}
    assert count(words.sms).units <= CUT_TO[count(words.sms).encoding]
    assert len(words.voice) <= 1500


def test_a_message_without_end_still_makes_a_mail() -> None:
    infos = [replace(INFO, description="Water. " * 20_000, instruction="Go. " * 20_000)] * 9
    body = told(*infos)["en"].body
    assert 20_000 < len(body) < 45_000
    assert "Go" in body


def test_what_a_template_says_on_a_channel_is_taken_as_it_is() -> None:
    words = told(INFO, en=Texts(sms="SMS.", push="Push.", voice="Voice.", post="Post."))["en"]
    assert (words.sms, words.push, words.voice, words.post) == ("SMS.", "Push.", "Voice.", "Post.")


def test_languages_are_those_offered_and_others_under_their_own_tags() -> None:
    tags = ("en-US", "es-PR", "fr-CA", "en-GB")
    words = told(*(replace(INFO, language=tag, headline=f"Flood {tag}") for tag in tags))
    assert {tag: one.subject for tag, one in words.items()} == {
        "en": "Flood en-US",
        "es": "Flood es-PR",
        "fr-CA": "Flood fr-CA",
    }
    assert languages_missing(words, SETTINGS) == ["zh-Hans", "vi"]


def test_infos_of_one_language_are_told_one_after_the_other() -> None:
    second = replace(INFO, headline="Then a landslide", areas=(Area("Oak Street"),))
    body = told(INFO, second)["en"].body
    assert body.index("Flash flood") < body.index("Then a landslide") < body.index("Oak Street")


def test_a_teletypes_line_breaks_go_and_a_writers_stay() -> None:
    wrapped = (
        "* WHAT...Flash flooding caused by excessive rainfall continues to be\n"
        "possible.\n* WHERE...A portion of the valley, including the following\nareas.\n\nOne\nTwo"
    )
    body = english(description=wrapped).body.replace("\\*", "*").replace("\\.", ".").replace("\\,", ",")
    assert "continues to be possible." in body
    assert "the following areas." in body
    assert "One\\\nTwo" in body


def test_chinese_has_its_own_full_stops() -> None:
    chinese = replace(INFO, language="zh-Hans", headline="山洪", instruction="请前往高处", areas=())
    assert told(chinese)["zh-Hans"].push == "持续至21:00。请前往高处。"


def test_a_language_without_a_voice_has_no_call() -> None:
    assert told(replace(INFO, language="vi"))["vi"].voice == ""


@pytest.mark.parametrize("text", ["((first_name))", "[x](javascript:x)", "<script>x</script>", "# A\n## B"])
def test_foreign_words_are_only_words(text: str) -> None:
    words = english(headline=text, description=text, instruction=text)
    assert check(words, pointer="") == []
    assert "((" not in words.sms + words.push + words.body
    assert "](java" not in words.body


FOREIGN = st.text(max_size=200) | st.text("a (\n\x07\x85\u202e[]#*_.水🌊", max_size=400)


@given(headline=FOREIGN, description=FOREIGN, instruction=FOREIGN, area=FOREIGN, source=FOREIGN)
@settings(max_examples=60, deadline=None)
def test_whatever_a_message_says_its_words_can_be_sent(
    headline: str, description: str, instruction: str, area: str, source: str
) -> None:
    words = english(
        headline=headline or "x",
        description=description,
        instruction=instruction,
        sender_name=source,
        areas=(Area(area),),
    )
    assert check(words, pointer="") == []
    assert count(words.sms).units <= CUT_TO[count(words.sms).encoding]


@pytest.mark.parametrize("status", [EXERCISE, TEST])
@pytest.mark.parametrize("language", SETTINGS.languages)
@given(words=st.builds(Words, **{name: st.text(max_size=40) for name in CHANNELS}))
@settings(max_examples=8, deadline=None)
def test_what_is_no_danger_says_so_first_and_last(status: str, language: str, words: Words) -> None:
    first, last = outgoing(Words(sms="|"), status=status, language=language).sms.split("\n|\n")
    made = outgoing(words, status=status, language=language)
    for name in CHANNELS[1:]:
        text = getattr(made, name)
        assert not getattr(words, name) or (text.startswith(first) and text.endswith(last))
    title = outgoing(Words(), status=status, language=language).subject
    assert title
    assert made.subject.startswith(title)
    assert outgoing(words, status=ACTUAL, language=language) is words


def test_the_wording_is_written_in_every_language() -> None:
    for status in (EXERCISE, TEST):
        made = {outgoing(Words(sms="x"), status=status, language=one).sms for one in SETTINGS.languages}
        assert len(made) == len(SETTINGS.languages)


@pytest.mark.parametrize("status", ["System", "Draft", ""])
def test_nothing_leaves_with_another_status(status: str) -> None:
    assert status not in MARKS
    with pytest.raises(KeyError):
        outgoing(Words(sms="x"), status=status, language="en")


def test_a_message_without_infos_has_no_words() -> None:
    assert words_of(Message("1", "a@b", MESSAGE.sent, ACTUAL, "Cancel"), settings=SETTINGS) == {}
