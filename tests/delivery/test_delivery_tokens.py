from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.ids import random_id, time_ordered_id
from chalicelib.core.tokens import KeyRing, Purpose, TokenExpired, TokenRefused, decode, encode, sign
from chalicelib.delivery.delivery_tokens import LIFETIME, DeliveryRef, ShortRef, mint, mint_short, read

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
RING = KeyRing(current=2, keys={1: b"first", 2: b"second"})
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
REF = DeliveryRef(time_ordered_id(NOW), random_id(), "email")

ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
plans = st.integers(0, 2**80 - 1).map(lambda tail: time_ordered_id(NOW)[:12] + f"{tail:020x}")


def long_token(ring: KeyRing = RING) -> str:
    return mint(REF.plan_id, REF.subscriber_id, REF.channel, ring=ring)


@given(plans, ids, st.sampled_from(["email", "sms", "push", "voice"]))
def test_a_long_token_comes_back(plan: str, subscriber: str, channel: str) -> None:
    token = mint(plan, subscriber, channel, ring=RING)
    assert len(token) == 67
    assert read(token, ring=RING, now=NOW) == DeliveryRef(plan, subscriber, channel)


@given(st.integers(0, 2**28 - 1), st.integers(0, 2**22 - 1), st.integers(0, 63), st.sampled_from([1, 2]))
def test_a_short_token_comes_back(plan_number: int, chunk: int, place: int, key_id: int) -> None:
    token = mint_short(plan_number, chunk, place, ring=KeyRing(key_id, RING.keys))
    assert len(token) == 18
    assert read(token, ring=RING, now=NOW) == ShortRef(plan_number, chunk, place)


@pytest.mark.parametrize("token", [long_token(), mint_short(77, 12, 49, ring=RING)], ids=["long", "short"])
def test_every_altered_character_in_every_position_is_refused(token: str) -> None:
    for position, character in enumerate(token):
        for other in ALPHABET + "=+/. é":
            if other != character:
                with pytest.raises(TokenRefused):
                    read(token[:position] + other + token[position + 1 :], ring=RING, now=NOW)


class Text(NamedTuple):
    name: str
    token: str


FOREIGN = [
    Text("empty", ""),
    Text("cut short", long_token()[:-1]),
    Text("lengthened", long_token() + "A"),
    Text("padded", long_token() + "="),
    Text("of another purpose", sign(Purpose.PREFERENCES, bytes(29), ring=RING)),
    Text("of another key", long_token(KeyRing(2, {2: b"stolen"}))),
    Text("of an unknown key", long_token(KeyRing(3, {3: b"third"}))),
    Text("short, of an unknown key", mint_short(1, 2, 3, ring=KeyRing(3, {3: b"third"}))),
    Text("short, not ASCII", "é" * 18),
    Text("long, not ASCII", "é" * 67),
    Text("zeroes", encode(bytes(50))),
    Text("short zeroes", "A" * 18),
]


@pytest.mark.parametrize("case", FOREIGN, ids=lambda case: case.name)
def test_foreign_text_is_refused(case: Text) -> None:
    with pytest.raises(TokenRefused):
        read(case.token, ring=RING, now=NOW)


def test_a_purpose_has_keys_of_its_own() -> None:
    body = decode(long_token())[:-16]
    import hmac

    for purpose in (Purpose.PREFERENCES, Purpose.CONFIRM, Purpose.DELIVERY_SHORT):
        mac = hmac.digest(RING.key(2, purpose), body, "sha256")[:16]
        with pytest.raises(TokenRefused):
            read(urlsafe_b64encode(body + mac).rstrip(b"=").decode(), ring=RING, now=NOW)


def test_a_long_token_expires_with_its_plan() -> None:
    read(long_token(), ring=RING, now=NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        read(long_token(), ring=RING, now=NOW + LIFETIME + timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        read(long_token(), ring=RING, now=NOW + timedelta(days=31), lifetime=timedelta(days=30))


def test_tokens_of_the_former_key_still_verify() -> None:
    assert read(long_token(KeyRing(1, RING.keys)), ring=RING, now=NOW) == REF


@pytest.mark.parametrize("numbers", [(2**28, 0, 0), (0, 2**22, 0), (0, 0, 64), (-1, 0, 0)])
def test_a_number_without_room_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(OverflowError):
        mint_short(*numbers, ring=RING)


def test_a_channel_without_code_is_refused() -> None:
    with pytest.raises(KeyError):
        mint(REF.plan_id, REF.subscriber_id, "pigeon", ring=RING)
