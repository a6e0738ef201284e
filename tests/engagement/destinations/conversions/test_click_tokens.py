"""Click tokens: read back as they were minted, good for nothing else, and telling the site of nobody."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.tokens import KeyRing, Purpose, TokenExpired, TokenRefused, decode, encode, sign, verify
from chalicelib.delivery import delivery_tokens
from chalicelib.delivery.delivery_tokens import CHANNELS, DeliveryRef, ShortRef
from chalicelib.engagement.destinations.conversions.click_tokens import LIFE, minted, read

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
RING = KeyRing(1, {1: b"signing key of the tests"})
HEX = st.binary(min_size=16, max_size=16).map(bytes.hex)
REF = st.one_of(
    st.builds(DeliveryRef, HEX, HEX, st.sampled_from(sorted(CHANNELS))),
    st.builds(ShortRef, st.integers(0, 2**28 - 1), st.integers(0, 2**22 - 1), st.integers(0, 63)),
)
CLICK = st.binary(min_size=12, max_size=12)
ANA = DeliveryRef("ab" * 16, "cd" * 16, "email")


def mint(
    ref: DeliveryRef | ShortRef = ANA, link: int = 3, *, private: bool = False, click: bytes = b"c" * 12
) -> str:
    return minted(ref, link, private=private, click=click, ring=RING, now=NOW)


@given(REF, st.integers(0, 9999), CLICK)
def test_a_token_names_its_click(ref: DeliveryRef | ShortRef, link: int, click: bytes) -> None:
    found = read(mint(ref, link, click=click), ring=RING, now=NOW)
    assert (found.ref, found.link, found.id, found.private) == (ref, link, click.hex(), False)


@given(REF, CLICK)
def test_who_asks_not_to_be_tracked_is_not_in_it(ref: DeliveryRef | ShortRef, click: bytes) -> None:
    found = read(mint(ref, private=True, click=click), ring=RING, now=NOW)
    if isinstance(ref, DeliveryRef):
        assert found.ref == DeliveryRef(ref.plan_id, "", ref.channel)
    else:
        assert found.ref == ShortRef(ref.plan_number, 0, 0)
    assert found.private


@given(CLICK, CLICK)
def test_two_clicks_of_one_person_look_like_those_of_two(one: bytes, other: bytes) -> None:
    payloads = [verify(Purpose.CLICK, mint(click=click), ring=RING, now=NOW) for click in (one, other)]
    sealed = [payload[14:] for payload in payloads]
    assert (sealed[0] == sealed[1]) == (one == other)
    known = (bytes.fromhex(ANA.plan_id), bytes.fromhex(ANA.subscriber_id))
    assert not any(part in decode(mint(click=one)) for part in known)


def test_what_is_sealed_has_no_pattern() -> None:
    firsts = Counter(
        verify(Purpose.CLICK, mint(click=number.to_bytes(12, "big")), ring=RING, now=NOW)[20]
        for number in range(4096)
    )
    assert len(firsts) > 250
    assert max(firsts.values()) < 50


@given(st.integers(0), st.integers(1, 255))
def test_an_altered_token_is_refused(place: int, flip: int) -> None:
    raw = bytearray(decode(mint()))
    raw[place % len(raw)] ^= flip
    with pytest.raises(TokenRefused):
        read(encode(bytes(raw)), ring=RING, now=NOW)


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.CLICK])
def test_a_token_of_another_purpose_is_refused(purpose: Purpose) -> None:
    payload = verify(Purpose.CLICK, mint(), ring=RING, now=NOW)
    with pytest.raises(TokenRefused):
        read(sign(purpose, payload, ring=RING), ring=RING, now=NOW)
    with pytest.raises(TokenRefused):
        verify(purpose, mint(), ring=RING, now=NOW)


def test_it_opens_nothing_that_a_messages_own_token_opens() -> None:
    delivery = delivery_tokens.mint(ANA.plan_id, ANA.subscriber_id, "email", ring=RING)
    with pytest.raises(TokenRefused):
        read(delivery, ring=RING, now=NOW)
    with pytest.raises(TokenRefused):
        delivery_tokens.read(mint(), ring=RING, now=NOW)


def test_it_lasts_a_month_and_outlives_a_change_of_keys() -> None:
    token = mint()
    later = KeyRing(2, {1: RING.keys[1], 2: b"a newer key"})
    assert read(token, ring=later, now=NOW + LIFE - timedelta(seconds=1)).ref == ANA
    with pytest.raises(TokenExpired):
        read(token, ring=RING, now=NOW + LIFE)
    with pytest.raises(TokenRefused):
        read(token, ring=KeyRing(2, {2: b"a newer key"}), now=NOW)


@given(st.text(max_size=120))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        read(text, ring=RING, now=NOW)
