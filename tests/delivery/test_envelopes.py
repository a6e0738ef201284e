"""What a provider call carries for one person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.settings import Settings
from chalicelib.core.tokens import Purpose, verify
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import READY, Chunk, Recipient
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef, read
from chalicelib.delivery.envelopes import envelope
from tests.delivery.returns import HEAD, NOW, RING

ANA = Recipient("a" * 32, "ana@city.example", "Ana <3", 4)


@pytest.fixture
def wiring() -> Wiring:
    made = Wiring(settings=Settings(), clock=lambda: NOW)
    made.__dict__["ring"] = RING
    return made


def chunk(channel: str, key: str = "00000012") -> Chunk:
    return Chunk(
        plan_id=HEAD.plan_id,
        key=key,
        rendition=f"rendition#{channel}#en#",
        lane="bulk",
        state=READY,
        size=1,
        read_at=0,
        attempt="",
        lease_until=0,
        parent="",
        due_at=0,
        expires_at=0,
        recipients=(ANA,),
    )


def test_a_mail_names_its_delivery_and_unsubscribes_it(wiring: Wiring) -> None:
    made = envelope(HEAD, chunk("email"), ANA, wiring=wiring)
    token = made.unsubscribe_url.rpartition("/")[2]
    assert read(token, ring=RING, now=NOW) == DeliveryRef(HEAD.plan_id, ANA.subscriber_id, "email")
    assert made.values["t"] == token
    assert made.tags == {"plan": HEAD.plan_id, "subscriber": ANA.subscriber_id, "chunk": "00000012"}


def test_its_preferences_link_lasts(wiring: Wiring) -> None:
    made = envelope(HEAD, chunk("email"), ANA, wiring=wiring)
    late = NOW + timedelta(days=4000)
    named = verify(Purpose.PREFERENCES, made.values["p"], ring=RING, now=late)
    assert named == bytes.fromhex(ANA.subscriber_id)


def test_a_text_names_number_root_and_place_even_from_a_child(wiring: Wiring) -> None:
    made = envelope(HEAD, chunk("sms", "00000012.1.r3"), ANA, wiring=wiring)
    assert read(made.values["t"], ring=RING, now=NOW) == ShortRef(HEAD.number, 12, 4)
    assert made.unsubscribe_url == ""
    assert made.tags["chunk"] == "00000012_1_r3"


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_an_untracked_message_carries_no_token(wiring: Wiring, channel: str) -> None:
    made = envelope(replace(HEAD, tracked=False, number=0), chunk(channel), ANA, wiring=wiring)
    assert made.unsubscribe_url == ""
    assert not made.values.get("t")
    assert not made.values.get("p")
