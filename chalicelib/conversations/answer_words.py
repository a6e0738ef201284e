"""Which answer to an alert a text gives, if any. Pure.

That somebody is safe, or away, is only noted where the text says nothing else: "safe, but my neighbour needs
help" is for somebody to read. That somebody needs help is noted whatever follows, and what follows with it.
Words with accents and without, digits, and what is written without spaces are as in `keywords.py`. HELP alone
is the carriers' word; with more after it, it is a cry for help.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from chalicelib.conversations.folding import folded, plain, squeezed, words_of
from chalicelib.conversations.keywords import ANY, HELP, LONGEST, WORDS
from chalicelib.delivery import answering

ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    answering.SAFE: {
        ANY: ("1", "ok", "okay"),
        "en": ("safe", "i am safe", "im safe", "we are safe", "i am ok", "im ok"),
        "es": ("a salvo", "estoy a salvo", "estamos a salvo", "estoy bien", "estamos bien"),
        "vi": ("an toàn", "antoan", "tôi an toàn", "toiantoan"),
        "zh": ("安全", "我安全", "我很安全", "平安", "我没事"),
    },
    answering.HELP: {
        ANY: ("2", "sos"),
        "en": ("need help", "i need help", "we need help", "help me", "help us"),
        "es": ("socorro", "auxilio", "necesito ayuda", "necesitamos ayuda", "ayúdenme", "ayudenme"),
        "vi": ("cứu", "cứu tôi", "cuutoi", "cần giúp", "tôi cần giúp", "cangiup", "toicangiup"),
        "zh": ("救命", "求救", "需要帮助", "我需要帮助", "我们需要帮助"),
    },
    answering.NOT_HERE: {
        ANY: ("3",),
        "en": ("not here", "i am not here", "im not here", "not there", "i am away"),
        "es": ("no estoy", "no estoy aquí", "no estoy aqui", "no estamos aquí", "no estamos aqui"),
        "vi": ("không ở đây", "tôi không ở đây", "khongoday", "toikhongoday"),
        "zh": ("不在", "我不在", "不在这里", "我不在这里"),
    },
}
INFO = frozenset({"info", "信息"})
"""Of the carriers' words for help, those that nobody cries."""

MOST_WORDS = 4
"""Of a cry for help that are looked at."""


class Said(NamedTuple):
    """An answer, what was written with it, and the language of its words (empty: any)."""

    answer: str
    words: str = ""
    language: str = ""


def answer_in(text: str) -> Said | None:
    """The answer that a text gives; None for one that gives none, or that says more than it."""
    words = words_of(text)
    whole = _said(" ".join(words)) if len(text) <= LONGEST else None
    return whole or _cry(text, words)


def _cry(text: str, words: list[str]) -> Said | None:
    """A cry for help with more after it, all of which is kept."""
    kept = plain(text).strip()
    for length in range(min(MOST_WORDS, len(words) - 1), 0, -1):
        found = _said(" ".join(words[:length]))
        if found and found.answer == answering.HELP and not words[0].isdigit():
            return Said(answering.HELP, kept, found.language)
    if len(words) > 1 and (language := _help().get(squeezed(words[0]))) is not None:
        return Said(answering.HELP, kept, language)
    together = squeezed(text)
    if any(together.startswith(one) for one in ANSWERS[answering.HELP]["zh"]):
        return Said(answering.HELP, kept, "zh")
    return None


def _said(text: str) -> Said | None:
    return _known().get(squeezed(text)) or _plain().get(folded(text))


@lru_cache(maxsize=1)
def _known() -> dict[str, Said]:
    return {squeezed(word): said for word, said in _every()}


@lru_cache(maxsize=1)
def _plain() -> dict[str, Said]:
    """Words that have no accents, by which they are known whatever accents they come with."""
    return {folded(word): said for word, said in _every() if folded(word) == squeezed(word)}


@lru_cache(maxsize=1)
def _help() -> dict[str, str]:
    """The carriers' words for help, with their languages."""
    return {
        squeezed(word): language for language, several in WORDS[HELP].items() for word in set(several) - INFO
    }


def _every() -> list[tuple[str, Said]]:
    return [
        (word, Said(answer, language=language))
        for answer, by_language in ANSWERS.items()
        for language, words in by_language.items()
        for word in words
    ]
