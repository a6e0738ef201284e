"""Stopping a plan and letting it go on, in every state."""

import pytest

from chalicelib.delivery.control import cancel, resume
from chalicelib.delivery.halts import halts
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, SENDING, SENT
from chalicelib.delivery.plans import plans
from chalicelib.delivery.pulses import pulses
from infra.aws.faults import refuse
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, run, settle, world

SEND = ("sesv2", "SendBulkEmail")


@pytest.mark.parametrize("status", [SENDING, PAUSED, HALTED])
@pytest.mark.parametrize("expanded", [False, True], ids=["before a step", "after a step"])
def test_a_plan_can_be_cancelled_and_closes(platform: Platform, status: str, expanded: bool) -> None:
    for number in range(10):
        person(number)
    plan_id = plan()
    if expanded:
        pumps = {source.function: source for source in platform.pumps.queues}
        platform.pumps.step(pumps["ExpandBulk"])
    plans(world()).move(plan_id, to=status, allowed=(SENDING,))
    assert cancel(plan_id, wiring=world())
    run(platform, sweeps=2)
    found = outcome(plan_id)
    assert (found.status, found.waiting, found.sent) == (CANCELLED, 0, 0)
    assert found.cancelled == (10 if expanded else 0)
    assert found.closed_at
    assert pulses(world()).current(plan_id, 0) is None
    assert not addressed(platform)


def test_a_plan_of_a_halted_lane_can_be_cancelled(platform: Platform) -> None:
    person(1)
    halts(world()).halt("bulk", "email", reason="test")
    plan_id = plan()
    settle(platform, within_s=60)
    assert cancel(plan_id, wiring=world())
    run(platform, sweeps=2)
    assert (outcome(plan_id).status, outcome(plan_id).waiting) == (CANCELLED, 0)


def test_a_halted_plan_goes_on_once_it_was_mended(platform: Platform) -> None:
    for number in range(10):
        person(number)
    platform.faults.add(*SEND, refuse("MailFromDomainNotVerifiedException"))
    plan_id = plan()
    settle(platform, within_s=300)
    assert outcome(plan_id).status == HALTED
    assert resume(plan_id, wiring=world())
    assert not resume(plan_id, wiring=world())
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.reason, found.sent) == (SENT, "", 10)
    assert set(addressed(platform).values()) == {1}


def test_a_paused_plan_of_which_nothing_is_left_is_sent(platform: Platform) -> None:
    person(1)
    plan_id = plan()
    for _ in range(2):
        platform.drain_once()
    assert outcome(plan_id).waiting == 0
    plans(world()).move(plan_id, to=PAUSED, allowed=(SENDING,))
    run(platform)
    assert outcome(plan_id).status == SENT
    assert not resume(plan_id, wiring=world())


def test_messages_do_not_multiply_while_a_plan_stands(platform: Platform) -> None:
    person(1)
    platform.world.sqs.mishaps.double = True
    try:
        platform.faults.add(*SEND, refuse("MailFromDomainNotVerifiedException"))
        plan_id = plan()
        settle(platform, within_s=900)
        assert outcome(plan_id).status == HALTED
        assert len(platform.world.sqs.queue("crier-deliver-bulk").messages) <= 4
        run(platform, sweeps=3)
        assert len(platform.world.sqs.queue("crier-deliver-bulk").messages) <= 4
    finally:
        platform.world.sqs.mishaps.double = False


def test_a_broken_identity_makes_the_service_lane_wait_and_recovers_by_itself(platform: Platform) -> None:
    from chalicelib.delivery.notify import notify

    platform.faults.add(*SEND, refuse("MailFromDomainNotVerifiedException"))
    notify(
        recipient_id="0" * 32,
        channel="email",
        address="ana@city.example",
        language="en",
        subject="Confirm",
        body_markdown="Please confirm.",
        sms="",
        kind="confirmation",
        idempotency="x",
        wiring=world(),
    )
    settle(platform, within_s=60)
    assert not addressed(platform)
    run(platform, sweeps=2)
    assert addressed(platform) == {"ana@city.example": 1}
