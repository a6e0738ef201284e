"""Which answer to an alert a text gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conversations.answer_words import ANSWERS, Said, answer_in
from chalicelib.conversations.keywords import HELP, STOP, WORDS, hear

GIVEN = {
    "1": Said("safe"),
    " 1. ": Said("safe"),
    "１": Said("safe"),
    "SAFE!": Said("safe", language="en"),
    "I'm safe": Said("safe", language="en"),
    "Estoy a salvo.": Said("safe", language="es"),
    "an toàn": Said("safe", language="vi"),
    "An toan": Said("safe", language="vi"),
    "我很安全": Said("safe", language="zh"),
    "2": Said("help"),
    "S.O.S.": Said("help"),
    "Need Help": Said("help", language="en"),
    "SOS 12 Elm, 2nd floor": Said("help", "SOS 12 Elm, 2nd floor"),
    "help me, the cellar is full": Said("help", "help me, the cellar is full", "en"),
    "HELP we are trapped": Said("help", "HELP we are trapped"),
    "ayuda, estoy atrapada": Said("help", "ayuda, estoy atrapada", "es"),
    "necesito ayuda en el techo": Said("help", "necesito ayuda en el techo", "es"),
    "cứu tôi": Said("help", language="vi"),
    "救命！我在屋顶": Said("help", "救命!我在屋顶", "zh"),
    "3": Said("not-here"),
    "Not here": Said("not-here", language="en"),
    "no estoy aqui": Said("not-here", language="es"),
    "tôi không ở đây": Said("not-here", language="vi"),
    "不在": Said("not-here", language="zh"),
}
NONE = [
    "",
    "4",
    "12",
    "not safe",
    "safe but my neighbour needs help",
    "2 trees fell on Elm Street",
    "1 safe 1 missing",
    "When is it over?",
    "HELP",
    "info",
    "no",
]


@pytest.mark.parametrize("text", GIVEN)
def test_what_an_answer_is(text: str) -> None:
    assert answer_in(text) == GIVEN[text]


@pytest.mark.parametrize("text", NONE)
def test_what_is_none(text: str) -> None:
    assert answer_in(text) is None


def test_no_answer_is_a_keyword_and_no_keyword_is_an_answer() -> None:
    for by_language in ANSWERS.values():
        for word in (one for words in by_language.values() for one in words):
            assert hear(word, languages={}).keyword == "", word
    for keyword, words_of in WORDS.items():
        for word in (one for words in words_of.values() for one in words):
            assert answer_in(word) is None, (keyword, word)


@pytest.mark.parametrize("word", [*WORDS[STOP][""], "HELP", "INFO"])
def test_the_carriers_words_stay_theirs(word: str) -> None:
    assert hear(word, languages={}).keyword in (STOP, HELP)
    assert answer_in(word) is None


@given(st.text(max_size=600))
def test_any_text_is_read(text: str) -> None:
    found = answer_in(text)
    assert found is None or found.answer in ANSWERS
