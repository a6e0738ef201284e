import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.delivery import text_receipts
from chalicelib.delivery.counters import read
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.receipts import note_receipt
from tests.delivery.returns import PLAN, World, world

ANA = DeliveryRef(PLAN, "0" * 32, "sms")
BEN = DeliveryRef(PLAN, "9" * 32, "sms")
CY = DeliveryRef(PLAN, "f" * 32, "sms")
DEE = DeliveryRef(PLAN, "5" * 32, "voice")
EVE = DeliveryRef(PLAN, "7" * 32, "voice")
UNKNOWN = {"unknown_at": "2026-11-22T06:30:00.000Z"}
AT = 1_795_327_200_000  # 2026-11-22T06:00Z


def receipt(ref: DeliveryRef, kind: str, **more: Any) -> dict[str, Any]:
    """A message of the queue `receipts`: End User Messaging's event in SNS's envelope."""
    event = {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": AT + 3000,
        "isFinal": False,
        "destinationPhoneNumber": f"+1202555{ref.subscriber_id[:4]}",
        "messageId": f"m-{ref.subscriber_id[:1]}",
        "messageRequestTimestamp": AT,
        "context": {"plan": ref.plan_id, "subscriber": ref.subscriber_id, "chunk": "00000000"},
        **more,
    }
    return {"Type": "Notification", "MessageId": "sns-1", "Message": json.dumps(event)}


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture(autouse=True)
def suppressed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    calls: list[tuple[str, ...]] = []

    def suppress(channel: str, address: str, *, reason: str, scope: str, **_: Any) -> None:
        calls.append((channel, address, reason, scope))

    monkeypatch.setattr("chalicelib.subscribers.suppressions.suppress", suppress)
    return calls


def prepared(stage: World) -> World:
    stage.clear()
    stage.plan(channels=["sms", "voice"], languages={"sms": ["en"], "voice": ["en"]})
    for ref in (ANA, BEN, CY, DEE, EVE):
        stage.deliver(ref, **(UNKNOWN if ref is CY else {}))
    return stage


@pytest.fixture
def scene(stage: World) -> World:
    return prepared(stage)


PRICED = {"totalMessagePrice": 0.00581, "totalCarrierFee": 0.00302}
HISTORY = [
    receipt(ANA, "TEXT_QUEUED", **PRICED),
    receipt(ANA, "TEXT_SUCCESSFUL", **PRICED),
    receipt(ANA, "TEXT_DELIVERED", isFinal=True, **PRICED),
    receipt(BEN, "TEXT_QUEUED"),
    receipt(BEN, "TEXT_UNREACHABLE", isFinal=True, totalMessagePrice=0.00581),
    receipt(CY, "TEXT_PENDING"),
    receipt(CY, "TEXT_PROTECT_BLOCKED", isFinal=True),
    receipt(DEE, "VOICE_INITIATED"),
    receipt(DEE, "VOICE_ANSWERED"),
    receipt(DEE, "VOICE_COMPLETED", isFinal=True, totalMessagePrice=0.013),
    receipt(EVE, "VOICE_RINGING"),
    receipt(EVE, "VOICE_NO_ANSWER", isFinal=True),
]
doubled = st.lists(st.sampled_from(HISTORY), max_size=6).flatmap(lambda more: st.permutations(HISTORY + more))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(doubled)
def test_events_in_any_order_and_doubling_leave_exact_counts(
    stage: World, messages: list[dict[str, Any]]
) -> None:
    prepared(stage)
    for message in messages:
        note_receipt(message, wiring=stage.wiring)
    assert read(PLAN, wiring=stage.wiring) == {
        "sms#delivered": 1,
        "sms#bounced": 1,
        "sms#priced": 2,
        "sms#cost": 883 + 581,
        "voice#delivered": 1,
        "voice#bounced": 1,
        "voice#priced": 1,
        "voice#cost": 1300,
    }
    assert stage.counts(PLAN) == {"sms|unknown": -1, "sms|failed": 1}


@pytest.mark.parametrize("kind", [kind for kind in text_receipts.KINDS if kind.startswith("TEXT_")])
def test_any_event_proves_that_a_text_in_doubt_was_sent(scene: World, kind: str) -> None:
    for _ in range(2):
        note_receipt(receipt(CY, kind), wiring=scene.wiring)
    failed = text_receipts.KINDS[kind] == text_receipts.FAILED
    assert scene.counts(PLAN) == {"sms|unknown": -1, "sms|failed" if failed else "sms|sent": 1}


@pytest.mark.parametrize(("final", "delivered"), [(True, 1), (False, 0)])
def test_a_text_that_a_network_took_has_arrived_if_no_other_word_will_come(
    scene: World, final: bool, delivered: int
) -> None:
    note_receipt(receipt(ANA, "TEXT_SUCCESSFUL", isFinal=final), wiring=scene.wiring)
    assert read(PLAN, wiring=scene.wiring).get("sms#delivered", 0) == delivered
    assert "sent_at" in scene.delivery(ANA) or final


def test_a_number_that_does_not_exist_is_not_written_to_any_more(
    scene: World, suppressed: list[tuple[str, ...]]
) -> None:
    note_receipt(receipt(ANA, "TEXT_INVALID"), wiring=scene.wiring)
    assert suppressed == [("sms", "+12025550000", "bounce", "*")]
    assert read(PLAN, wiring=scene.wiring) == {"sms#bounced": 1, "sms#hard_bounced": 1}
    note_receipt(receipt(BEN, "TEXT_UNREACHABLE"), wiring=scene.wiring)
    assert len(suppressed) == 1


ODD = [
    {"eventType": "TEXT_DELIVERED", "messageId": "m", "eventTimestamp": AT},
    {"eventType": "TEXT_DELIVERED", "messageId": "m", "eventTimestamp": AT, "context": "x"},
    {"eventType": "TEXT_NEW", "messageId": "m", "context": {"plan": PLAN, "subscriber": "0" * 32}},
    {"eventType": "MEDIA_DELIVERED", "messageId": "m"},
]


@pytest.mark.parametrize("event", ODD)
def test_what_is_not_about_a_delivery_of_ours_is_passed_over(scene: World, event: dict[str, Any]) -> None:
    note_receipt({"MessageId": "s", "Message": json.dumps(event)}, wiring=scene.wiring)
    assert read(PLAN, wiring=scene.wiring) == {}


@pytest.mark.parametrize(
    ("more", "price"),
    [
        ({}, None),
        ({"totalMessagePrice": 0.0}, 0),
        ({"totalMessagePrice": "0.000001"}, 1),
        ({"totalMessagePrice": 0.005, "totalCarrierFee": 0.003}, 800),
        ({"totalMessagePrice": "x"}, None),
        ({"totalMessagePrice": "NaN"}, None),
        ({"totalMessagePrice": -1}, None),
    ],
)
def test_what_an_event_says_of_its_price(more: dict[str, Any], price: int | None) -> None:
    event = json.loads(receipt(ANA, "TEXT_DELIVERED", **more)["Message"])
    found = text_receipts.read(event)
    assert found is not None
    assert found.price == price
