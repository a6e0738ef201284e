"""Texts by End User Messaging: a crash before, during or after its answer sends a text once.

Its events prove what left, so nothing that left is sent again, and what stood as unknown is settled. SNS
tells nothing: there each doubt stays one.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from chalicelib.delivery import doubt
from chalicelib.delivery.deliveries import Deliveries
from chalicelib.delivery.receipts import note_receipt
from chalicelib.delivery.record import record
from infra.aws.faults import Fault, crash, refuse, time_out
from infra.platform.platform import Platform
from tests.delivery import harness
from tests.delivery.engine import addressed, outcome, person, plan, run, world
from tests.delivery.everywhere import everywhere_in_turn
from tests.delivery.mishaps import CRASHES, Mishap
from tests.delivery.test_urgent_crashes import PROVIDERS

NUMBERS = "+16175550100=newsletter,+16175550101=emergency"
PEOPLE = 3


@pytest.fixture(scope="module")
def stage() -> Iterator[Platform]:
    with Platform(parameters={"SmsService": "end-user-messaging", "SmsNumbers": NUMBERS}) as made:
        yield made


@pytest.fixture
def texting(stage: Platform) -> Platform:
    stage.reset()
    for number in range(PEOPLE):
        person(number, channels=("sms",))
    return stage


class Case(NamedTuple):
    """What happens at the second text, and what becomes of the three, by lane."""

    name: str
    fault: Fault
    bulk: tuple[int, int]
    """Sent, unknown."""
    urgent: tuple[int, int]
    left: int
    """How many texts left, on the bulk lane."""


CASES = [
    Case("before", crash(), bulk=(1, 2), urgent=(3, 0), left=1),
    Case("after", crash(done=True), bulk=(2, 1), urgent=(3, 0), left=2),
    Case("no answer, not sent", time_out(), bulk=(2, 1), urgent=(3, 0), left=2),
    Case("no answer, but sent", time_out(done=True), bulk=(3, 0), urgent=(3, 0), left=3),
    Case(
        "an error, but sent",
        refuse("InternalServerException", status=500, done=True),
        bulk=(3, 0),
        urgent=(3, 0),
        left=3,
    ),
]


@pytest.mark.parametrize("lane", ["bulk", "urgent"])
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_nobody_gets_a_text_twice(texting: Platform, case: Case, lane: str) -> None:
    texting.faults.add("pinpoint-sms-voice-v2", "SendTextMessage", case.fault, skip=1)
    plan_id = plan(sms=True, lane=lane)
    run(texting, sweeps=3)
    found, got = outcome(plan_id), addressed(texting)
    assert max(got.values()) == 1
    assert (found.sent, found.unknown) == (case.urgent if lane == "urgent" else case.bulk)
    assert len(got) == (PEOPLE if lane == "urgent" else case.left)
    assert (found.status, found.failed) == ("sent", 0)


def test_a_crash_after_the_record_of_events_and_before_our_own(texting: Platform) -> None:
    texting.faults.add("dynamodb", "TransactWriteItems", crash(), when=lambda body: "settled" in body)
    plan_id = plan(sms=True)
    run(texting, sweeps=3)
    assert outcome(plan_id).sent == PEOPLE
    assert set(addressed(texting).values()) == {1}


def test_a_number_that_opted_out_there_is_left_alone_from_then_on(texting: Platform) -> None:
    texting.phones.opted_out.add("+12025550001")
    first = plan(sms=True)
    run(texting)
    assert (outcome(first).sent, outcome(first).failed) == (PEOPLE - 1, 1)
    second = plan(sms=True)
    run(texting)
    found = outcome(second)
    assert (found.planned, found.sent, dict(found.skipped)) == (PEOPLE - 1, PEOPLE - 1, {"do_not_contact": 1})


def test_a_service_that_throttles_or_is_spent_delays_texts_and_no_mail(texting: Platform) -> None:
    for number in range(PEOPLE, PEOPLE + 4):
        person(number, channels=("email",))
    texting.phones.spent = True
    plan_id = plan(sms=True)
    run(texting)
    found = outcome(plan_id)
    assert found.by_channel["email"].sent == 4
    assert found.by_channel["sms"].waiting == PEOPLE
    texting.phones.spent = False
    run(texting, sweeps=2)
    assert outcome(plan_id).by_channel["sms"].sent == PEOPLE
    assert set(addressed(texting).values()) == {1}


def test_events_that_come_before_the_answer_prove_as_much(
    texting: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told_at_once(_topic: str, event: str) -> None:
        note_receipt({"MessageId": "sns", "Message": event}, wiring=world())

    monkeypatch.setattr(texting.world.sms_voice, "_publish", told_at_once)
    texting.faults.add("pinpoint-sms-voice-v2", "SendTextMessage", time_out(done=True), times=PEOPLE)
    plan_id = plan(sms=True)
    run(texting)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.unknown) == ("sent", PEOPLE, 0)


def test_who_is_in_doubt_and_told_of_at_that_very_moment_is_left_to_the_sweep(
    texting: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    texting.faults.add("pinpoint-sms-voice-v2", "SendTextMessage", time_out(done=True), times=PEOPLE)
    monkeypatch.setattr(Deliveries, "read", lambda *_: {})
    events: list[str] = []
    monkeypatch.setattr(texting.world.sms_voice, "_publish", lambda _topic, event: events.append(event))

    def late(*of: Any, **more: Any) -> bool:
        while events:
            note_receipt({"MessageId": "sns", "Message": events.pop()}, wiring=world())
        return record(*of, **more)

    monkeypatch.setattr(doubt, "record", late)
    plan_id = plan(sms=True)
    run(texting)
    assert outcome(plan_id).waiting == PEOPLE
    monkeypatch.undo()
    run(texting, sweeps=3)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.unknown) == ("sent", PEOPLE, 0)
    assert set(addressed(texting).values()) == {1}


@pytest.fixture(scope="module")
def harnessed() -> Iterator[Platform]:
    with harness.stage(SmsService="end-user-messaging", SmsNumbers=NUMBERS) as made:
        yield made


@pytest.mark.parametrize("mishap", CRASHES, ids=lambda mishap: mishap.name)
def test_an_alert_s_texts_are_not_doubled_by_a_crash_at_any_call_of_a_provider(
    harnessed: Platform, mishap: Mishap
) -> None:
    tally = everywhere_in_turn(harnessed, PROVIDERS, mishap, whole=True)
    assert (tally.runs, tally.doubled, tally.unknown) == (5, 0, 0)
    assert "DeliverUrgent SendTextMessage" in tally.where
