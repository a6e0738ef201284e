"""Addresses as typed, in their one form, and by digest."""

import pytest

from chalicelib.subscribers.addresses import InvalidAddress, digest, hint, normalise
from tests.channels.test_push_address import BROWSER, DEVICE


@pytest.mark.parametrize(
    ("channel", "typed", "expected"),
    [
        pytest.param("email", " Ana@CITY.Example ", "Ana@city.example", id="domain-lower-case"),
        pytest.param("email", "ana@bücher.example", "ana@xn--bcher-kva.example", id="idna"),
        pytest.param("email", "o'neil+news@city.example", "o'neil+news@city.example", id="odd-but-valid"),
        pytest.param("sms", "(617) 555-0123", "+16175550123", id="local"),
        pytest.param("sms", "+44 7400 123456", "+447400123456", id="foreign"),
        pytest.param("voice", "(617) 555-0123", "+16175550123", id="to-be-called"),
        pytest.param("push", f" {BROWSER} ", BROWSER, id="browser"),
        pytest.param("push", DEVICE, DEVICE, id="app"),
    ],
)
def test_one_form(channel: str, typed: str, expected: str) -> None:
    assert normalise(channel, typed, country="US") == expected


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("email", ""),
        ("email", "ana"),
        ("email", "ana@city"),
        ("email", "a b@city.example"),
        ("email", "ana@city.example\nBcc: x@y.example"),
        ("email", "x" * 300 + "@city.example"),
        ("email", "ana@[127.0.0.1]"),
        ("sms", "911"),
        ("sms", "617 555 0123 ext. 4"),
        ("sms", "not a number"),
        ("voice", "ana@city.example"),
        ("push", "https://push.example/send/abc"),
        ("fax", "617 555 0123"),
    ],
)
def test_what_is_no_address(channel: str, typed: str) -> None:
    with pytest.raises(InvalidAddress):
        normalise(channel, typed, country="US")


def test_the_digest_folds_case_and_tells_channels_apart() -> None:
    one = digest("email", "Ana@city.example", key=b"k")
    assert one == digest("email", "ana@city.example", key=b"k")
    assert one.startswith("email#")
    assert one.partition("#")[2] != digest("sms", "ana@city.example", key=b"k").partition("#")[2]
    assert one != digest("email", "ana@city.example", key=b"other")
    assert digest("sms", "+16175550123", key=b"k")[-64:] != digest("voice", "+16175550123", key=b"k")[-64:]
    assert digest("push", "https://push.example/a#b", key=b"k") != digest(
        "push", "https://push.example/A#b", key=b"k"
    )


@pytest.mark.parametrize(
    ("channel", "address", "expected"),
    [
        ("email", "ana@city.example", "a…@city.example"),
        ("sms", "+16175550123", "…0123"),
        ("voice", "+16175550123", "…0123"),
    ],
)
def test_hints(channel: str, address: str, expected: str) -> None:
    assert hint(channel, address) == expected
