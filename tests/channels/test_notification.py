"""What a device shows of a campaign's words."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels.base import Envelope, Letter
from chalicelib.channels.notification import cut, fitted, notification, ttl_s
from chalicelib.core.settings import Settings

TEXT = "{{first_name_t}}: Main Street is closed. https://city.example/t/{{t}}/0"
LETTER = Letter("Roads", "", TEXT, {"first_name_t": "Hello"}, language="es", sender_name="Roads Department")
ENVELOPE = Envelope(
    "x", {"t": "TOKEN", "first_name_t": "Ana"}, "https://city.example/unsubscribe/TOKEN", {"plan": "p" * 32}
)


def test_the_words_of_one_person() -> None:
    made = notification(LETTER, ENVELOPE, settings=Settings())
    assert (made.title, made.body) == ("Roads", "Ana: Main Street is closed.")
    assert made.url == "https://city.example/t/TOKEN/0"
    assert made.leave == "https://city.example/unsubscribe/TOKEN"
    assert (made.leave_title, made.language, made.direction) == ("Cancelar la suscripción", "es", "ltr")
    assert made.tag == "p" * 32


@pytest.mark.parametrize(
    ("text", "body", "url"),
    [
        pytest.param("Closed.", "Closed.", "http://localhost:8000/", id="no-link"),
        pytest.param("At https://a.org now", "At https://a.org now", "https://a.org", id="within"),
        pytest.param("https://a.org https://b.org", "https://a.org", "https://b.org", id="two"),
        pytest.param("https://a.example", "https://a.example", "https://a.example", id="only-a-link"),
    ],
)
def test_where_it_leads(text: str, body: str, url: str) -> None:
    made = notification(replace(LETTER, text=text), ENVELOPE, settings=Settings())
    assert (made.body, made.url) == (body, url)


def test_without_a_title_the_sender_is_named() -> None:
    assert (
        notification(replace(LETTER, subject=""), ENVELOPE, settings=Settings()).title == "Roads Department"
    )


@pytest.mark.parametrize(
    ("until", "urgent", "seconds"),
    [
        (0.0, False, 86_400),
        (0.0, True, 21_600),
        (1_500.5, False, 500),
        (900.0, True, 0),
        (9e9, True, 2_419_200),
    ],
)
def test_how_long_it_is_worth_showing(until: float, urgent: bool, seconds: int) -> None:
    assert ttl_s(replace(LETTER, until=until, urgent=urgent), now=1_000.0) == seconds


LETTERS = st.text(st.sampled_from("ab \n、中文é🌉👩‍💻\u0301\ufe0f🏽🇺🇸"), min_size=1, max_size=60)


@given(LETTERS, st.integers(0, 300))
def test_a_cut_text_is_short_enough_and_ends_between_characters(text: str, octets: int) -> None:
    short = cut(text, octets)
    assert len(short.encode()) <= max(0, len(text.encode()) - octets) or not octets or short == ""
    if short:
        kept = short.removesuffix("…")
        assert text.startswith(kept)
        following = text[len(kept) : len(kept) + 1]
        assert not following or not unicodedata.combining(following)
        assert not kept.endswith("\u200d") or following.isspace()


def test_a_cut_text_ends_with_a_whole_word() -> None:
    assert cut("Main Street is closed.", 8) == "Main Street…"
    assert cut("Main Street is closed.", 7) == "Main Street…"


@given(st.text(max_size=80), st.integers(0, 200))
def test_what_fits_is_not_cut(text: str, limit: int) -> None:
    one = replace(notification(LETTER, ENVELOPE, settings=Settings()), body=text)
    made = fitted(one, lambda it: it.body.encode("utf-8", "replace"), limit=limit)
    size = len(text.encode("utf-8", "replace"))
    assert made.body == text if size <= limit else len(made.body.encode("utf-8", "replace")) <= limit
