"""Which keyword a text is, if any, and what follows it. Pure.

STOP and its kin, START, HELP and INFO are the carriers' (CTIA Messaging Principles, 5.1; 47 CFR
64.1200(a)(10)); case, accents, punctuation and spaces do not matter. Each language has words of its own. A
word that is written here with its accents must come with them, for without them it is another: Vietnamese
`dừng` is to stop, `đúng` is "right", and Dũng a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.conversations.folding import folded, plain, squeezed, words_of

STOP, START, YES, HELP, LIST = "stop", "start", "yes", "help", "list"
JOIN, LEAVE, LANGUAGE = "join", "leave", "language"
SAFE, NEED_HELP, NOT_HERE = "safe", "need-help", "not-here"
"""Answers to an alert (`answer_words.py`)."""

LONGEST = 320
"""Characters of a text that are looked at for a keyword; who writes more is writing to somebody."""

ANY = ""
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    STOP: {
        ANY: (
            *("arret", "cancel", "end", "optout", "quit", "remove"),
            *("revoke", "stop", "stopall", "td", "unsubscribe"),
        ),
        "es": ("alto", "baja", "cancelar", "parar", "pare"),
        "vi": ("dừng", "dừng lại", "ngừng", "hủy", "huỷ", "hủy đăng ký", "dunglai", "huydangky"),
        "zh": ("停", "停止", "退订", "退訂", "取消", "取消订阅"),
    },
    START: {
        ANY: ("start", "unstop"),
        "es": ("iniciar", "empezar", "reanudar"),
        "vi": ("bắt đầu", "batdau", "tieptuc"),
        "zh": ("开始", "開始", "恢复"),
    },
    YES: {ANY: ("yes",), "es": ("sí", "si"), "vi": ("có",), "zh": ("是", "好")},
    HELP: {
        ANY: ("help", "info"),
        "es": ("ayuda",),
        "vi": ("trợ giúp", "trogiup"),
        "zh": ("帮助", "幫助", "信息"),
    },
    LIST: {
        ANY: ("list", "topics"),
        "es": ("lista", "temas"),
        "vi": ("danhsach",),
        "zh": ("列表", "主题", "清单"),
    },
    JOIN: {
        ANY: ("join", "subscribe"),
        "es": ("unirse", "unirme", "suscribir", "suscribirme", "alta"),
        "vi": ("thamgia", "dangky"),
        "zh": ("加入", "订阅"),
    },
    LEAVE: {ANY: ("leave",), "es": ("salir", "dejar"), "vi": ("roikhoi",), "zh": ("离开", "退出")},
}
FIRM = frozenset({"stop", "stopall", "unsubscribe", "optout", "cancel", "end", "quit", "remove"})
"""Words that with nothing but politeness after them still mean STOP, and with a topic after them LEAVE."""
POLITENESS = frozenset(
    {
        *(
            "all",
            "any",
            "from",
            "it",
            "me",
            "my",
            "now",
            "number",
            "please",
            "the",
            "these",
            "this",
            "to",
            "you",
        ),
        *("message", "messages", "msgs", "sending", "sms", "text", "texting", "texts", "thank", "thanks"),
    }
)


@dataclass(frozen=True)
class Heard:
    """A keyword (empty: none), what follows it as written, and the language it is a word of (empty: any).

    For `language`, the language asked for. `unsure`: only a keyword if `argument` names a topic.
    """

    keyword: str = ""
    argument: str = ""
    language: str = ""
    unsure: bool = False


def hear(text: str, *, languages: Mapping[str, str]) -> Heard:
    """What a text says. `languages`: tags by the folded names of languages (`espanol` → `es`)."""
    words = words_of(text) if len(text) <= LONGEST else []
    whole = _word(" ".join(words))
    if whole:
        return whole
    if tag := languages.get(folded("".join(words)), ""):
        return Heard(LANGUAGE, language=tag)
    return _verb(text, words)


def _word(text: str) -> Heard | None:
    return _words().get(folded(text)) or _accented().get(squeezed(text))


def _verb(text: str, words: list[str]) -> Heard:
    """A keyword that takes something, with what follows it."""
    for length in (2, 1):
        found = _word(" ".join(words[:length])) if len(words) > length else None
        if found and found.keyword in (JOIN, LEAVE):
            return Heard(found.keyword, _after(text, words[length - 1]), found.language)
    if words and folded(words[0]) in FIRM:
        rest = words[1:]
        if POLITENESS.issuperset(map(folded, rest)):
            return Heard(STOP)
        return Heard(LEAVE, _after(text, words[0]), unsure=True)
    return _without_space(words)


def _without_space(words: list[str]) -> Heard:
    """Chinese has no spaces: `加入道路`."""
    text = "".join(words)
    for keyword in (JOIN, LEAVE):
        for verb in WORDS[keyword]["zh"]:
            if text.startswith(verb):
                return Heard(keyword, text.removeprefix(verb), "zh")
    return Heard()


def _after(text: str, word: str) -> str:
    """What follows a word, as written."""
    return plain(text).partition(word)[2].strip()


@lru_cache(maxsize=1)
def _words() -> dict[str, Heard]:
    """Keywords by their folded form; words with accents are not among them."""
    return {folded(word): heard for word, heard in _every() if folded(word) == squeezed(word)}


@lru_cache(maxsize=1)
def _accented() -> dict[str, Heard]:
    return {squeezed(word): heard for word, heard in _every() if folded(word) != squeezed(word)}


def _every() -> list[tuple[str, Heard]]:
    return [
        (word, Heard(keyword, language=language))
        for keyword, by_language in WORDS.items()
        for language, words in by_language.items()
        for word in words
    ]
