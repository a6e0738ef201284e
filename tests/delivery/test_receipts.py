import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.delivery import receipts
from chalicelib.delivery.counters import read
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.protection import BOUNCES, COMPLAINTS, REASONS
from chalicelib.delivery.tallies import tallies
from tests.delivery.returns import PLAN, World, world

ANA = DeliveryRef(PLAN, "0" * 32, "email")
BEN = DeliveryRef(PLAN, "9" * 32, "email")
CY = DeliveryRef(PLAN, "f" * 32, "email")
UNKNOWN = {"unknown_at": "2026-11-22T06:30:00.000Z"}


def receipt(ref: DeliveryRef, kind: str, **part: Any) -> dict[str, Any]:
    """A message of the queue `receipts`: SES's event in SNS's envelope."""
    event = {
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-22T06:00:00.000Z",
            "messageId": "ses-1",
            "destination": [f"{ref.subscriber_id[:4]}@city.example"],
            "tags": {"plan": [ref.plan_id], "subscriber": [ref.subscriber_id], "chunk": ["00000000"]},
        },
        receipts.PARTS[kind]: part,
    }
    return {"Type": "Notification", "MessageId": "sns-1", "Message": json.dumps(event)}


def bounce(ref: DeliveryRef, kind: str) -> dict[str, Any]:
    return receipt(
        ref,
        "Bounce",
        bounceType=kind,
        bounceSubType="General",
        bouncedRecipients=[{"emailAddress": "forwarded@elsewhere.example"}],
        timestamp="2026-11-22T06:00:05.000Z",
        feedbackId=f"bounce-{ref.subscriber_id[:1]}",
    )


def complaint(ref: DeliveryRef, kind: str = "abuse") -> dict[str, Any]:
    return receipt(
        ref,
        "Complaint",
        complaintFeedbackType=kind,
        timestamp="2026-11-22T09:00:00.000Z",
        feedbackId=f"complaint-{ref.subscriber_id[:1]}",
    )


class Suppressed(NamedTuple):
    channel: str
    address: str
    reason: str
    scope: str


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def scene(stage: World) -> World:
    return prepared(stage)


def prepared(stage: World) -> World:
    stage.clear()
    stage.plan()
    for ref, more in ((ANA, {}), (BEN, {}), (CY, UNKNOWN)):
        stage.deliver(ref, **more)
    return stage


@pytest.fixture(scope="module")
def suppressed() -> Iterator[list[Suppressed]]:
    calls: list[Suppressed] = []

    def suppress(channel: str, address: str, *, reason: str, scope: str, **_: Any) -> None:
        calls.append(Suppressed(channel, address, reason, scope))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.subscribers.suppressions.suppress", suppress)
        yield calls


@pytest.fixture(autouse=True)
def forget(suppressed: list[Suppressed]) -> None:
    suppressed.clear()


HISTORY = [
    receipt(ANA, "Send"),
    receipt(ANA, "Delivery", timestamp="2026-11-22T06:00:03.000Z"),
    complaint(ANA),
    receipt(BEN, "Send"),
    receipt(BEN, "DeliveryDelay", timestamp="2026-11-22T06:01:00.000Z", delayType="MailboxFull"),
    bounce(BEN, "Permanent"),
    receipt(CY, "Send"),
    receipt(CY, "Delivery", timestamp="2026-11-22T06:00:04.000Z"),
    receipt(CY, "Rendering Failure", errorMessage="x", templateName="x"),
]
doubled = st.lists(st.sampled_from(HISTORY), max_size=6).flatmap(lambda more: st.permutations(HISTORY + more))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(doubled)
def test_receipts_in_any_order_and_doubling_leave_exact_counts(
    stage: World, suppressed: list[Suppressed], messages: list[dict[str, Any]]
) -> None:
    prepared(stage)
    suppressed.clear()
    for message in messages:
        receipts.note_receipt(message, wiring=stage.wiring)
    assert read(PLAN, wiring=stage.wiring) == {
        "email#delivered": 2,
        "email#delayed": 1,
        "email#bounced": 1,
        "email#hard_bounced": 1,
        "email#complained": 1,
    }
    for name in (PLAN, "account#2026-11-22"):
        tally, _ = tallies(stage.wiring).read(name)
        assert {reason: tally.total(reason) for reason in REASONS} == {BOUNCES: 1, COMPLAINTS: 1}
    assert stage.counts(PLAN) == {"email|unknown": -1, "email|failed": 1}
    assert set(suppressed) == {
        Suppressed("email", "9999@city.example", "bounce", "*"),
        Suppressed("email", "0000@city.example", "complaint", "newsletter"),
    }
    assert stage.delivery(ANA)["delivered_at"] == "2026-11-22T06:00:03.000000Z"


def test_who_bounced_in_passing_and_then_for_good_counts_once_for_each(scene: World) -> None:
    passing = json.loads(json.dumps(bounce(ANA, "Transient")).replace("bounce-0", "bounce-1"))
    for message in (passing, passing, bounce(ANA, "Permanent"), bounce(ANA, "Permanent"), passing):
        receipts.note_receipt(message, wiring=scene.wiring)
    assert read(PLAN, wiring=scene.wiring) == {"email#bounced": 1, "email#hard_bounced": 1}
    assert {"bounced_at", "hard_bounced_at"} <= scene.delivery(ANA).keys()
    assert tallies(scene.wiring).read(PLAN)[0].back[BOUNCES] == {1: 1}


def test_a_mail_counts_on_the_day_it_was_handed_over(scene: World) -> None:
    late = json.loads(json.dumps(bounce(ANA, "Permanent")).replace("11-22T06:00:05", "11-25T06:00:05"))
    receipts.note_receipt(late, wiring=scene.wiring)
    assert tallies(scene.wiring).read("account#2026-11-22")[0].total(BOUNCES) == 1
    assert tallies(scene.wiring).read("account#2026-11-25")[0].total(BOUNCES) == 0


def test_what_ses_did_not_even_try_is_not_held_against_us(scene: World, suppressed: list[Suppressed]) -> None:
    message = json.loads(json.dumps(bounce(ANA, "Permanent")).replace("General", receipts.NOT_TRIED))
    receipts.note_receipt(message, wiring=scene.wiring)
    assert read(PLAN, wiring=scene.wiring)["email#hard_bounced"] == 1
    assert [one.reason for one in suppressed] == ["bounce"]
    assert tallies(scene.wiring).read(PLAN)[0].total(BOUNCES) == 0


def test_every_report_looks_the_doubled_too_and_no_other_does(
    scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(receipts, "protect", lambda plan_id, **_: looked.append(plan_id))
    for message in (bounce(ANA, "Permanent"), bounce(ANA, "Permanent"), complaint(BEN)):
        receipts.note_receipt(message, wiring=scene.wiring)
    assert looked == [PLAN] * 3
    stranger = DeliveryRef(PLAN, "5" * 32, "email")
    for message in (receipt(ANA, "Send"), bounce(CY, "Transient"), complaint(BEN, "not-spam")):
        receipts.note_receipt(message, wiring=scene.wiring)
    receipts.note_receipt(bounce(stranger, "Permanent"), wiring=scene.wiring)
    assert looked == [PLAN] * 3


@pytest.mark.parametrize("kind", ["Send", "Delivery"])
def test_an_unknown_delivery_was_sent_after_all(scene: World, kind: str) -> None:
    for _ in range(2):
        receipts.note_receipt(receipt(CY, kind), wiring=scene.wiring)
    assert scene.counts(PLAN) == {"email|unknown": -1, "email|sent": 1}


@pytest.mark.parametrize("kind", ["Reject", "RenderingFailure", "Rendering Failure"])
def test_what_was_sent_fails_after_all(scene: World, kind: str) -> None:
    for _ in range(2):
        receipts.note_receipt(receipt(ANA, kind), wiring=scene.wiring)
    assert scene.counts(PLAN) == {"email|sent": -1, "email|failed": 1}


class Spared(NamedTuple):
    name: str
    message: dict[str, Any]


SPARED = [
    Spared("a passing bounce", bounce(ANA, "Transient")),
    Spared("a complaint taken back", complaint(ANA, "not-spam")),
]


@pytest.mark.parametrize("case", SPARED, ids=lambda case: case.name)
def test_some_reports_silence_nobody(scene: World, suppressed: list[Suppressed], case: Spared) -> None:
    receipts.note_receipt(case.message, wiring=scene.wiring)
    assert suppressed == []


def test_a_complaint_silences_the_kind_of_message(scene: World, suppressed: list[Suppressed]) -> None:
    foreign = DeliveryRef("1" * 32, ANA.subscriber_id, "email")
    receipts.note_receipt(complaint(foreign), wiring=scene.wiring)
    assert [one.scope for one in suppressed] == ["newsletter"]


def without_tags(message: dict[str, Any], tags: Any) -> dict[str, Any]:
    event = json.loads(message["Message"])
    event["mail"]["tags"] = tags
    return {**message, "Message": json.dumps(event)}


FOREIGN = [
    Spared("SES's note", {"Message": "Successfully validated SNS topic for Amazon SES event publishing."}),
    Spared("no message", {"Type": "SubscriptionConfirmation"}),
    Spared("no object", {"Message": "[1]"}),
    Spared("no tags", without_tags(receipt(ANA, "Send"), {})),
    Spared("another's tags", without_tags(receipt(ANA, "Send"), {"plan": ["spring"], "subscriber": ["x"]})),
    Spared(
        "an unknown kind", {"Message": receipt(ANA, "Send")["Message"].replace('"Send"', '"Subscription"')}
    ),
]


@pytest.mark.parametrize("case", FOREIGN, ids=lambda case: case.name)
def test_what_is_not_ours_is_passed_over(
    scene: World, caplog: pytest.LogCaptureFixture, case: Spared
) -> None:
    receipts.note_receipt(case.message, wiring=scene.wiring)
    assert "receipt-foreign" in caplog.text
    assert "@" not in caplog.text
    assert scene.counts(PLAN) == {}
    assert scene.items("counters") == []
