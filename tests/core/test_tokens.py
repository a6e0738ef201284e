from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.tokens import KeyRing, Purpose, TokenExpired, TokenRefused, decode, encode, sign, verify

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
RING = KeyRing(2, {1: b"old key", 2: b"new key"})
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=60), st.sampled_from(list(Purpose)))
def test_what_was_signed_verifies_for_its_purpose_only(payload: bytes, purpose: Purpose) -> None:
    token = sign(purpose, payload, ring=RING)
    assert verify(purpose, token, ring=RING, now=NOW) == payload
    for other in set(Purpose) - {purpose}:
        with pytest.raises(TokenRefused):
            verify(other, token, ring=RING, now=NOW)


def test_a_token_altered_in_any_character_is_refused() -> None:
    token = sign(Purpose.CONFIRM, b"payload", ring=RING)
    for place, was in enumerate(token):
        for character in ALPHABET + "=.%é ":
            if character != was:
                with pytest.raises(TokenRefused):
                    verify(
                        Purpose.CONFIRM, token[:place] + character + token[place + 1 :], ring=RING, now=NOW
                    )


@pytest.mark.parametrize(
    "text", ["", "A", "AA", "AAAA" * 5, "=", "not base64!", "é", "\ud800", " ", "A" * 5000]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        verify(Purpose.CONFIRM, text, ring=RING, now=NOW)


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
def test_a_token_ends_when_its_time_has_come(seconds: int, good: bool) -> None:
    token = sign(Purpose.CONFIRM, b"x", ring=RING, expires=NOW)
    now = NOW + timedelta(seconds=seconds)
    if good:
        assert verify(Purpose.CONFIRM, token, ring=RING, now=now) == b"x"
    else:
        with pytest.raises(TokenExpired):
            verify(Purpose.CONFIRM, token, ring=RING, now=now)


def test_an_altered_token_does_not_tell_that_it_expired() -> None:
    token = sign(Purpose.CONFIRM, b"x", ring=RING, expires=NOW)
    with pytest.raises(TokenRefused):
        verify(Purpose.CONFIRM, token[:-1] + ("A" if token[-1] != "A" else "B"), ring=RING, now=NOW)


def test_an_old_key_verifies_until_it_is_taken_out() -> None:
    token = sign(Purpose.PREFERENCES, b"x", ring=KeyRing(1, {1: b"old key"}))
    assert verify(Purpose.PREFERENCES, token, ring=RING, now=NOW) == b"x"
    with pytest.raises(TokenRefused):
        verify(Purpose.PREFERENCES, token, ring=KeyRing(2, {2: b"new key"}), now=NOW)


@given(st.binary(max_size=100))
def test_one_text_stands_for_one_token(raw: bytes) -> None:
    text = encode(raw)
    assert decode(text) == raw
    assert set(text) <= set(ALPHABET)
    for longer in (text + "=", text + "A" * 4 if len(text) % 4 else text + "="):
        try:
            assert decode(longer) != raw
        except TokenRefused:
            continue
