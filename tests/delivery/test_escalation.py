"""Escalation over simulated time: nobody who answered is tried again, everybody else is, once for each rung.

A failing seed is named, and runs alone by `SEED=`.
"""

import os
from collections.abc import Iterator

import pytest

from chalicelib.delivery.answering import answered
from chalicelib.delivery.delivery_tokens import DeliveryRef
from infra.aws.faults import Fault, refuse
from infra.platform.platform import Platform
from tests.delivery import harness
from tests.delivery.engine import outcome, world
from tests.delivery.escalation import LADDER, LATE_S, WAITS, Escalation
from tests.delivery.harness import Made, rest, watched

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else range(2)


@pytest.fixture(scope="module")
def stage() -> Iterator[Platform]:
    with harness.stage(VoiceNumbers="+16175550100=emergency", VoiceRate="5") as platform:
        yield platform


@pytest.mark.parametrize("seed", SEEDS)
def test_with_doubles_doubts_and_late_receipts(stage: Platform, seed: int) -> None:
    played = Escalation(stage, seed)
    played.play()
    played.holds()
    assert any(one.answered_at for one in played.people)
    assert any(not one.answered_at for one in played.people)


def test_without_trouble_each_rung_comes_on_the_minute(stage: Platform) -> None:
    played = Escalation(stage, 7, trouble=False)
    played.play()
    played.holds()


@pytest.mark.soak
@pytest.mark.parametrize("trouble", [False, True])
def test_a_hundred_alerts(stage: Platform, *, trouble: bool) -> None:
    failed = []
    for seed in range(100):
        played = Escalation(stage, seed, people=30, trouble=trouble)
        try:
            played.play()
            played.holds()
        except AssertionError as error:
            failed.append(f"SEED={seed}: {error}")
    assert not failed, "\n".join(failed)


def test_a_provider_that_is_down_holds_nobody_up(stage: Platform) -> None:
    """Whose text cannot leave is called when their text's time is over, as if it had left when it was due."""
    played = Escalation(stage, 1, people=6, trouble=False)

    def down(call: Made) -> Fault | None:
        return refuse("Throttled") if call.operation == "Publish" else None

    with watched(stage, down):
        played.pass_minutes(9, answers=False)
    calls = {letter.to: letter.at.timestamp() for letter in stage.outbox.letters(channel="voice")}
    assert not stage.outbox.letters(channel="sms")
    by_all = [one for one in played.people if len(one.ways) == 3]
    assert by_all
    for one in by_all:
        at = calls[one.person.addresses["voice"].address] - played.launched_at
        assert at <= WAITS["email"] + WAITS["sms"] + 2 * LATE_S


def test_an_answer_to_a_message_beside_the_ladder_stops_it_too(stage: Platform) -> None:
    played = Escalation(stage, 1, people=6, trouble=False, ladder=LADDER[1:])
    played.pass_minutes(1, answers=False)
    one = next(one for one in played.people if len(one.ways) == 3)
    ref = DeliveryRef(played.plan_id, one.person.id, "email")
    assert answered(ref, "safe", at=world().clock(), wiring=world()).new
    played.pass_minutes(6, answers=False)
    assert [letter.channel for letter in played.letters_to(one)] == ["email", "sms"]
    found = outcome(played.plan_id)
    assert (found.status, found.cancelled) == ("sent", 0)


def test_an_answer_stops_a_chunk_that_is_made_and_not_yet_claimed(stage: Platform) -> None:
    played = Escalation(stage, 1, people=6, trouble=False)
    rest(stage)
    one = next(one for one in played.people if {"email", "sms"} <= set(one.ways))
    before = outcome(played.plan_id).by_channel["sms"].planned
    for _ in range(40):
        stage.clock.advance(5)
        for source in stage.pumps.queues:
            if source.queue.endswith("expand-urgent"):
                stage.pumps.step(source)
    made = outcome(played.plan_id).by_channel["sms"]
    assert made.waiting == made.planned - before > 0
    ref = DeliveryRef(played.plan_id, one.person.id, "email")
    assert answered(ref, "safe", at=world().clock(), wiring=world()).new
    rest(stage)
    assert [letter.channel for letter in played.letters_to(one)] == ["email"]
    reasons = [
        fate.outcome.reason
        for fate in harness.fates(played.plan_id)
        if fate.outcome and fate.recipient.subscriber_id == one.person.id
    ]
    assert reasons == ["", "answered"]
