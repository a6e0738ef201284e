"""Nobody can have an address flooded, nor the agency's account: not by any of the ways in."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.subscribers import asking
from infra.answers import HttpAnswer
from infra.platform.platform import Platform
from tests.subscribers.pages.visiting import Visitor, own_path, write

LIMIT = 100
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANA = "ana@example.com"


@pytest.fixture(scope="session")
def kept_platform() -> Platform:
    """One whose clock stands still: all that is asked falls into one minute."""
    return Platform(frozen=NOON)


def by_page(visitor: Visitor, address: str) -> HttpAnswer:
    return visitor.post(
        "/subscribe?lang=en", ("topic", "roads"), ("email", address), wording=wording(visitor)
    )


def by_embedded_form(visitor: Visitor, address: str) -> HttpAnswer:
    fields = (("topic", "roads"), ("email", address))
    return visitor.post("/subscribe/embed?lang=en", *fields, wording=wording(visitor))


def by_script(visitor: Visitor, address: str) -> HttpAnswer:
    body = {"topics": ["roads"], "email": address, "wording": wording(visitor)}
    headers = {"content-type": "application/json", "accept": "*/*"}
    return visitor.platform.http("POST", "/subscribe/embed.json", headers, json.dumps(body).encode())


def by_link(visitor: Visitor, address: str) -> HttpAnswer:
    return visitor.post("/preferences?lang=en", ("address", address), wording=None)


def wording(visitor: Visitor) -> str:
    found = re.search(rb'name="wording" value="(\w+)"', visitor.get("/subscribe?lang=en").body)
    assert found is not None
    return found[1].decode()


WAYS = {"page": by_page, "embedded form": by_embedded_form, "script": by_script, "link": by_link}


def letters(platform: Platform, to: str) -> int:
    return len(platform.outbox.letters(to=to))


def test_a_hundred_a_minute_from_one_network_slow_down_and_the_next_are_refused_politely(
    visitor: Visitor,
) -> None:
    version = wording(visitor)
    for number in range(LIMIT):
        fields = (("topic", "roads"), ("email", f"p{number}@example.com"))
        assert visitor.post("/subscribe", *fields, wording=version).status == 200
    while visitor.platform.drain_once():
        pass
    at_once = len(visitor.platform.outbox.letters())
    assert at_once == LIMIT // 2
    visitor.platform.settle()
    assert len(visitor.platform.outbox.letters()) == LIMIT


def test_beyond_the_limit_every_way_in_is_refused_politely_and_a_minute_later_is_open(
    visitor: Visitor,
) -> None:
    for number in range(LIMIT):
        by_link(visitor, f"nobody{number}@example.com")
    for name, ask in WAYS.items():
        answer = ask(visitor, ANA)
        assert answer.status == 429, name
        headers = {key.lower(): value for key, value in answer.headers.items()}
        assert headers["retry-after"] == "60"
        if name == "script":
            assert json.loads(answer.body)["code"] == "too-many-requests"
        else:
            assert b"Please wait a moment" in answer.body
    visitor.platform.clock.advance(61)
    assert by_page(visitor, ANA).status == 200


@pytest.mark.parametrize("way", [name for name in WAYS if name != "link"])
def test_one_address_gets_five_confirmations_a_day_however_it_is_asked(visitor: Visitor, way: str) -> None:
    answers = {WAYS[way](visitor, ANA).status for _ in range(8)}
    assert len(answers) == 1, "the answer told what was sent"
    visitor.platform.settle()
    assert letters(visitor.platform, ANA) == asking.A_DAY
    visitor.platform.clock.advance(25 * 3600)
    WAYS[way](visitor, ANA)
    visitor.platform.settle()
    assert letters(visitor.platform, ANA) == asking.A_DAY + 1


def test_the_ways_share_the_five_and_so_do_addresses_of_one_inbox(visitor: Visitor) -> None:
    write()
    addresses = [ANA, "Ana+one@example.com", "ana+two+three@example.com"]
    for ask in WAYS.values():
        for address in addresses:
            ask(visitor, address)
    visitor.platform.settle()
    assert len(visitor.platform.outbox.letters()) == asking.A_DAY


def test_a_number_is_texted_five_codes_a_day(visitor: Visitor) -> None:
    fields = (("topic", "roads"), ("phone", "617 555 0188"))
    for _ in range(8):
        assert visitor.post("/subscribe", *fields).status == 200
    visitor.platform.settle()
    assert letters(visitor.platform, "+16175550188") == asking.A_DAY


def test_a_person_cannot_flood_others_by_new_addresses_of_their_own(visitor: Visitor) -> None:
    path = f"{own_path(write())}/addresses?lang=en"
    for _ in range(8):
        assert visitor.post(path, ("email", "victim@example.com")).status == 200
    visitor.platform.settle()
    assert letters(visitor.platform, "victim@example.com") == asking.A_DAY


INBOXES: list[tuple[str, str, Any]] = [
    ("email", "ana+news@city.example", "ana@city.example"),
    ("email", "ana@city.example", "ana@city.example"),
    ("email", "+@city.example", "+@city.example"),
    ("sms", "+16175550188", "+16175550188"),
]


@pytest.mark.parametrize(("channel", "address", "expected"), INBOXES)
def test_the_inbox_of_an_address(channel: str, address: str, expected: str) -> None:
    assert asking.inbox(channel, address) == expected
