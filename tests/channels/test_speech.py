import re
from typing import NamedTuple

import pytest
from botocore.session import get_session
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.channels.speech import LONGEST, VOICES, seconds, ssml, voice_of
from infra.aws.speech import spoken

MODEL = get_session().get_service_model("pinpoint-sms-voice-v2")


class Said(NamedTuple):
    """A text, and what is heard of it."""

    text: str
    heard: str


SAID = [
    Said("Main St. is closed until 8 p.m. on Friday.", "Main St. is closed until 8 PM on Friday."),
    Said("Until 8 p.m. Then it opens.", "Until 8 PM. Then it opens."),
    Said("From 8:30am to 9 P.M.", "From 8:30 AM to 9 PM."),
    Said("I am here.", "I am here."),
    Said("Call 311 or 911.", "Call 3 1 1 or 9 1 1."),
    Said("Your code is 123456.", "Your code is 1 2 3 4 5 6."),
    Said("ZIP 02134", "ZIP 0 2 1 3 4"),
    Said("10,000 people, 2026-11-22, $5.50, 1500 homes", "10,000 people, 2026-11-22, $5.50, 1500 homes"),
    Said("Fish & chips < 5", "Fish & chips < 5"),
    Said("A line\nand another\n\nA paragraph", "A line and another\nA paragraph"),
    Said("Mr. J. Smith said so. He left.", "Mr. J. Smith said so. He left."),
    Said("大街封闭。请绕行！", "大街封闭。 请绕行！"),
    Said("请拨打311。验证码是123456。", "请拨打3 1 1。 验证码是1 2 3 4 5 6。"),
]


@pytest.mark.parametrize("one", SAID, ids=[one.text[:20] for one in SAID])
def test_what_is_heard(one: Said) -> None:
    assert spoken(ssml(one.text)) == one.heard


@pytest.mark.parametrize("number", ["617-555-0100", "(617) 555-0100", "+16175550100", "555-0100"])
def test_phone_numbers_are_read_as_such(number: str) -> None:
    assert f'<say-as interpret-as="telephone">{number}</say-as>.' in ssml(f"Call {number}.")


def test_sentences_stand_apart_and_paragraphs_have_a_pause() -> None:
    made = ssml("One. Two!\n\nThree?")
    assert made.count("<s>") == 3
    assert made == ('<speak><p><s>One.</s><s>Two!</s></p><break time="700ms"/><p><s>Three?</s></p></speak>')


def test_all_is_said_twice_on_request() -> None:
    once, twice = ssml("One. Two."), ssml("One. Two.", twice=True)
    inner = once.removeprefix("<speak>").removesuffix("</speak>")
    assert twice.count(inner) == 2
    assert seconds("x" * 140) == 10
    assert seconds("x" * 140, twice=True) == 20


@given(st.text(max_size=300))
@example("A\x08M")
def test_any_text_makes_ssml_of_which_nothing_is_lost(text: str) -> None:
    heard = spoken(ssml(text))
    allowed = re.compile("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    kept = "".join(c if allowed.fullmatch(c) else " " for c in text)
    assert _letters(heard) == _letters(kept)


def _letters(text: str) -> str:
    """What neither a pause nor a way of reading changes."""
    return re.sub(r"[\W_]|[apAP]\.?[mM]", "", text)


def test_every_voice_is_one_that_the_service_lists() -> None:
    assert set(VOICES.values()) <= set(MODEL.shape_for("VoiceId").enum)
    assert MODEL.shape_for("VoiceMessageBody").metadata["max"] == LONGEST


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("en", "JOANNA"),
        ("en-US", "JOANNA"),
        ("es", "LUPE"),
        ("es-MX", "MIA"),
        ("zh-Hans", "ZHIYU"),
        ("vi", None),
    ],
)
def test_the_voice_of_a_language(language: str, voice: str | None) -> None:
    assert voice_of(language) == voice
