"""Which keyword a text is: every form of the standard, in any case, with punctuation and spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conversations.folding import folded
from chalicelib.conversations.keywords import (
    HELP,
    JOIN,
    LANGUAGE,
    LEAVE,
    LIST,
    LONGEST,
    START,
    STOP,
    WORDS,
    YES,
    Heard,
    hear,
)
from chalicelib.conversations.naming import languages_named

TAGS = ("en", "es", "zh-Hans", "vi")
LANGUAGES = languages_named(TAGS)
OPT_OUT = (
    *("ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT"),
    *("REMOVE", "REVOKE", "STOP", "STOPALL", "TD", "UNSUBSCRIBE"),
)


def heard(text: str) -> Heard:
    return hear(text, languages=LANGUAGES)


@pytest.mark.parametrize("form", ["{}", " {} ", "{}.", "{}!!!", "«{}»", '"{}"', "{} \n", "{} 🛑", "- {} -"])
@pytest.mark.parametrize("case", [str.upper, str.lower, str.title, str.swapcase])
@pytest.mark.parametrize("word", OPT_OUT)
def test_every_word_of_the_standard_ends(word: str, case: object, form: str) -> None:
    assert callable(case)
    assert heard(form.format(case(word))).keyword == STOP


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        *((text, START) for text in ("START", "Unstop.", "start ", "开始", "Bắt đầu", "Iniciar")),
        *((text, YES) for text in ("YES", "yes!", "Sí", "si", "có", "是")),
        *((text, HELP) for text in ("HELP", "Info?", "help!", "¿Ayuda?", "帮助", "trợ giúp", "TRO GIUP")),
        *((text, LIST) for text in ("LIST", "topics", "Lista", "Danh sách", "列表")),
        *((text, STOP) for text in ("S T O P", "Opt Out", "opt  out", "STOP ALL", "ＳＴＯＰ", "Arrêt")),
        *((text, STOP) for text in ("Stop please", "STOP texting me!", "unsubscribe me", "Remove me")),
        *((text, STOP) for text in ("ALTO", "baja", "DỪNG LẠI", "dung lai", "停止", "退订", "Hủy đăng ký")),
    ],
)
def test_words_of_each_language(text: str, keyword: str) -> None:
    assert heard(text).keyword == keyword


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        *(("ESPAÑOL", "es"), ("espanol", "es"), ("Spanish", "es"), ("西班牙语", "es")),
        *(("English", "en"), ("INGLÉS", "en"), ("ingles", "en"), ("tiếng anh", "en")),
        *(("TIẾNG VIỆT", "vi"), ("tieng viet", "vi"), ("Vietnamese", "vi")),
        *(("中文", "zh-Hans"), ("Chinese", "zh-Hans"), ("chino", "zh-Hans")),
    ],
)
def test_a_language_is_asked_for_by_its_name_in_any(text: str, tag: str) -> None:
    assert heard(text) == Heard(LANGUAGE, language=tag)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("JOIN ROADS", Heard(JOIN, "ROADS")),
        ("join: road works, parks", Heard(JOIN, ": road works, parks")),
        ("Unirse calles", Heard(JOIN, "calles", "es")),
        ("Tham gia đường sá", Heard(JOIN, "đường sá", "vi")),
        ("加入道路", Heard(JOIN, "道路", "zh")),
        ("订阅 道路", Heard(JOIN, "道路", "zh")),
        ("LEAVE roads", Heard(LEAVE, "roads")),
        ("STOP ROADS", Heard(LEAVE, "ROADS", unsure=True)),
        ("stop the snow plough on Elm", Heard(LEAVE, "the snow plough on Elm", unsure=True)),
        ("JOIN", Heard(JOIN)),
    ],
)
def test_what_follows_a_keyword(text: str, expected: Heard) -> None:
    assert heard(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "?", "👍", "Thank you!", "Don't stop", "When does the road work end", "Is this the help desk?"),
        *("đúng", "Dũng", "Huy", "no", "I want to join", "non-stop", "stopp", "yes please, and when?"),
        "STOP" + " x" * LONGEST,
    ],
)
def test_all_else_is_for_somebody_to_read(text: str) -> None:
    assert heard(text).keyword == ""


def test_no_word_means_two_things() -> None:
    spelled = [folded(word) for by in WORDS.values() for words in by.values() for word in words]
    plain = [word for by in WORDS.values() for words in by.values() for word in words]
    assert len(plain) == len(set(plain))
    meanings = {(folded(w), k) for k, by in WORDS.items() for ws in by.values() for w in ws}
    assert len(meanings) == len(set(spelled))


@given(st.text(max_size=400))
def test_any_text_is_read_without_failing(text: str) -> None:
    found = heard(text)
    assert found.keyword in {"", STOP, START, YES, HELP, LIST, JOIN, LEAVE, LANGUAGE}


@given(
    st.sampled_from(OPT_OUT),
    st.lists(st.sampled_from([*" .,!?-_'\"\n\t…"]), max_size=5).map("".join),
    st.lists(st.booleans(), min_size=11, max_size=11),
)
def test_stop_is_heard_through_any_punctuation_and_case(word: str, around: str, upper: list[bool]) -> None:
    mixed = "".join(c.upper() if big else c.lower() for c, big in zip(word, upper, strict=False))
    assert heard(f"{around}{mixed}{around}").keyword == STOP
