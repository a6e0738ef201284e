"""What is sent to a browser can be read by it and nobody else, and says who sends it."""

import json
from datetime import UTC, datetime

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.channels.push_crypto import (
    MAX_TEXT,
    RECORD,
    authorization,
    encrypted,
    octets,
    point,
    public_key,
    text_of,
)
from infra.stand_ins.push_services import Browser
from tests.channels.test_push_address import AUTH, ENDPOINT, P256DH

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = b"s" * 64

OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK"
    "6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_rfc_8291() -> None:
    own = ec.derive_private_key(int.from_bytes(octets(OWN), "big"), ec.SECP256R1())
    text = b"When I grow up, I want to be a watermelon"
    assert text_of(encrypted(text, P256DH, AUTH, salt=octets(SALT), own=own)) == BODY


@given(st.binary(max_size=MAX_TEXT), st.binary(min_size=16, max_size=16))
@settings(max_examples=20, deadline=None)
def test_the_reference_library_reads_it(text: bytes, auth: bytes) -> None:
    """http-ece, on which web-push libraries for many languages stand."""
    browser = ec.generate_private_key(ec.SECP256R1())
    body = encrypted(text, text_of(point(browser)), text_of(auth))
    assert http_ece.decrypt(body, private_key=browser, auth_secret=auth, version="aes128gcm") == text


def test_the_largest_text_fills_what_push_services_take() -> None:
    assert len(encrypted(b"x" * MAX_TEXT, P256DH, AUTH)) == RECORD
    with pytest.raises(ValueError, match="too large"):
        encrypted(b"x" * (MAX_TEXT + 1), P256DH, AUTH)


def test_no_two_messages_share_a_key() -> None:
    browser = Browser(ENDPOINT, "")
    keys = browser.subscription["keys"]
    bodies = [encrypted(b'{"title":"x"}', keys["p256dh"], keys["auth"]) for _ in range(2)]
    assert bodies[0][:86] != bodies[1][:86]
    assert [browser.read(body) for body in bodies] == [{"title": "x"}] * 2


def test_who_sends_is_signed_for_one_service_and_half_a_day() -> None:
    value = authorization(SECRET, ENDPOINT, subject="mailto:help@city.example", now=NOW)
    token, _, key = value.removeprefix("vapid t=").partition(", k=")
    claims = json.loads(octets(token.split(".")[1]))
    assert claims == {
        "aud": "https://push.browser.example",
        "exp": NOW.timestamp() + 12 * 3600,
        "sub": "mailto:help@city.example",
    }
    assert key == public_key(SECRET)


def test_a_deployment_has_one_key_and_no_other_has_it() -> None:
    assert public_key(SECRET) == public_key(b"s" * 64) != public_key(b"t" * 64)
    assert len(octets(public_key(SECRET))) == 65
