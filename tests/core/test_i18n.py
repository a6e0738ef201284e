from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import i18n
from chalicelib.core.settings import Settings
from infra import messages

OFFERED = ("en", "es", "zh-Hans", "vi")
MOMENT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


class Pick(NamedTuple):
    wanted: str | None
    offered: tuple[str, ...]
    expected: str


PICKS = {
    "the same tag": Pick("es", OFFERED, "es"),
    "another case": Pick("ZH-hans", OFFERED, "zh-Hans"),
    "an underscore": Pick("zh_Hans_CN", OFFERED, "zh-Hans"),
    "a region shortened away": Pick("es-MX", OFFERED, "es"),
    "mainland China writes Hans": Pick("zh-CN", ("zh-Hant", "zh-Hans"), "zh-Hans"),
    "Taiwan writes Hant": Pick("zh-TW", ("zh-Hans", "zh-Hant"), "zh-Hant"),
    "Taiwan with an extension": Pick("zh-TW-x-any", ("zh-Hans", "zh-Hant"), "zh-Hant"),
    "the other script before another language": Pick("zh-TW", OFFERED, "zh-Hans"),
    "a variety where only one is offered": Pick("pt", ("en", "pt-BR"), "pt-BR"),
    "unknown language": Pick("fr", OFFERED, "en"),
    "nothing wanted": Pick(None, OFFERED, "en"),
    "empty": Pick("", ("vi", "en"), "vi"),
}


@pytest.mark.parametrize("example", PICKS.values(), ids=PICKS.keys())
def test_pick_finds_the_nearest_offered_language(example: Pick) -> None:
    assert i18n.pick(example.wanted, example.offered) == example.expected


HEADERS = {
    "one tag": ("vi", "vi"),
    "the best that is offered": ("fr;q=0.9, es-419;q=0.8, en;q=0.1", "es"),
    "weights before order": ("en;q=0.2, vi;q=0.7", "vi"),
    "order among equals": ("vi, es", "vi"),
    "refused by q=0": ("en;q=0, zh-CN;q=0.2", "zh-Hans"),
    "a weight that is none": ("es;q=much, vi;q=0.1", "vi"),
    "a weight out of range": ("es;q=7, vi", "vi"),
    "anything": ("*", "en"),
    "none": (None, "en"),
    "rubbish": (";;,,=;q", "en"),
}


@pytest.mark.parametrize(("header", "expected"), HEADERS.values(), ids=HEADERS.keys())
def test_negotiate_reads_accept_language(header: str | None, expected: str) -> None:
    assert i18n.negotiate(header, OFFERED) == expected


@given(st.text())
def test_whatever_is_asked_for_an_offered_language_is_answered(text: str) -> None:
    assert i18n.pick(text, OFFERED) in OFFERED
    assert i18n.negotiate(text, OFFERED) in OFFERED


@given(st.text())
def test_whatever_the_language_words_come_out(language: str) -> None:
    assert i18n.translate(language).gettext("Confirm")


def test_translations_come_from_the_nearest_catalogue() -> None:
    assert i18n.translate("es-MX").gettext("Sign up") == "Inscribirse"
    assert i18n.translate("en-GB").gettext("Sign up") == "Sign up"
    assert i18n.translate("../../es").gettext("Sign up") == "Sign up"


def test_a_text_without_translation_stays_english() -> None:
    assert i18n.translate("vi").gettext("Not a text of ours") == "Not a text of ours"


def test_dates_numbers_and_lists_follow_the_language() -> None:
    assert i18n.format_date(MOMENT, "en", time_zone="America/New_York") == "November 22, 2026"
    assert i18n.format_date(MOMENT, "es", time_zone="Asia/Ho_Chi_Minh") == "23 de noviembre de 2026"
    assert "21:30" in i18n.format_moment(MOMENT, "es", time_zone="America/New_York")
    assert i18n.format_number(12345.6, "vi") == "12.345,6"
    assert i18n.format_list(["Roads", "Parks", "Budget"], "en") == "Roads, Parks, and Budget"


def test_languages_are_named_in_themselves_and_know_their_direction() -> None:
    assert [i18n.language_name(tag) for tag in ("es", "vi")] == ["Español", "Tiếng Việt"]
    assert [i18n.direction(tag) for tag in ("en", "zh-Hans", "ar", "no such")] == ["ltr", "ltr", "rtl", "ltr"]


def test_zones_are_named_in_the_language() -> None:
    assert i18n.zone_name("America/New_York", "en") == "Eastern Time"
    assert i18n.zone_name("America/New_York", "vi") == "Giờ miền Đông"


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return messages.extract()


def translated() -> Iterator[str]:
    yield from (tag for tag in Settings().languages if tag != i18n.SOURCE_LANGUAGE)


def test_every_offered_language_has_a_catalogue() -> None:
    assert set(translated()) <= set(i18n.catalogued())


@pytest.mark.parametrize("tag", i18n.catalogued())
def test_catalogues_are_complete_and_keep_the_placeholders(tag: str, texts: Catalog) -> None:
    assert list(messages.gaps(tag, texts)) == []


@pytest.mark.parametrize("tag", i18n.catalogued())
def test_catalogues_are_as_the_command_writes_them(tag: str, texts: Catalog) -> None:
    assert messages.path_of(tag).read_bytes() == messages.updated(tag, texts)


@pytest.mark.parametrize("tag", i18n.catalogued())
def test_translations_hold_no_markup(tag: str) -> None:
    for message in messages.read(tag):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not [string for string in strings if message.id and ("<" in str(string) or "&" in str(string))]


TROUBLES = {
    "missing": ("", "no translation"),
    "a placeholder lost": ("Escriba.", "other placeholders"),
    "a placeholder renamed": ("Escriba a %(contacto)s.", "other placeholders"),
}


@pytest.mark.parametrize(("string", "expected"), TROUBLES.values(), ids=TROUBLES.keys())
def test_gaps_are_named(string: str, expected: str, texts: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = messages.read("es")
    wrong["Questions? Write to %(contact)s."].string = string
    monkeypatch.setattr(messages, "read", lambda tag: wrong)
    assert f"es: {expected}: 'Questions? Write to %(contact)s.'" in messages.gaps("es", texts)


def test_gaps_are_named_where_a_text_is_new(texts: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "read", lambda tag: Catalog(locale="es"))
    assert len(list(messages.gaps("es", texts))) == len([text for text in texts if text.id])
