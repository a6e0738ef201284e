"""When a plan's messages were handed over and arrived, however often the walk is cut short."""

import json
from datetime import timedelta

import pytest

from chalicelib.delivery.counters import made_at
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import flag
from chalicelib.delivery.lanes import LANES, LEASE_S
from chalicelib.delivery.settle import failed_after_sent
from chalicelib.delivery.sweep import sweep
from chalicelib.delivery.timing import Timing, failure, timing_of, walk
from infra.aws.faults import crash
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, settle, world

URGENT = LANES["urgent"]


def walked(plan_id: str) -> Timing:
    """The whole timing, at once; and it is the same where every page is a walk of its own."""
    at_once, in_steps = Timing(), Timing()
    walk(at_once, plan_id, enough=lambda: False, wiring=world())
    while not in_steps.done:
        walk(in_steps, plan_id, enough=lambda: True, wiring=world())
        in_steps = timing_of(json.loads(json.dumps(in_steps.document())))
    assert in_steps == at_once
    return at_once


def told(plan_id: str, subscriber_id: str, name: str, *, after_s: float) -> None:
    at = made_at(plan_id) + timedelta(seconds=after_s)
    flag(DeliveryRef(plan_id, subscriber_id, "email"), name, at=at, wiring=world())


def test_what_was_handed_over_and_arrived_is_told_by_channel(platform: Platform) -> None:
    ids = [person(number, channels=("email", "sms")).id for number in range(6)]
    plan_id = plan(sms=True)
    platform.clock.advance(30)
    settle(platform)
    for number, one in enumerate(ids[:4]):
        told(plan_id, one, "delivered", after_s=5 + 5 * number)
    told(plan_id, ids[4], "hard_bounced", after_s=41)
    at = made_at(plan_id) + timedelta(seconds=50)
    failed_after_sent(DeliveryRef(plan_id, ids[5], "email"), reason="rendering", at=at, wiring=world())
    found = walked(plan_id)
    assert (found.handed["email"].count, found.handed["sms"].count) == (6, 6)
    assert (found.handed["email"].first or 0) >= 30
    arrived = found.delivered["email"]
    assert (arrived.first, arrived.share_by(0.5), arrived.last) == (5, 15, 30)
    assert found.failed == {"email|bounced": 1, "email|rendering": 1}
    assert not found.again
    assert not found.resent


def test_who_was_sent_to_before_a_crash_was_handed_over_then(platform: Platform) -> None:
    platform.faults.add("sesv2", "SendBulkEmail", crash(done=True), times=1)
    one = person(1).id
    plan_id = plan(lane="urgent")
    platform.clock.advance(5)
    settle(platform, within_s=60)
    told(plan_id, one, "sent", after_s=6)
    platform.clock.advance(LEASE_S + URGENT.grace_s + 1)
    sweep(wiring=world())
    handed = walked(plan_id).handed["email"]
    assert handed.count == 1
    assert 5 <= (handed.last or 0) < LEASE_S


def test_who_is_sent_to_again_after_a_crash_is_counted(platform: Platform) -> None:
    platform.faults.add("sesv2", "SendBulkEmail", crash(), times=1)
    for number in range(3):
        person(number)
    plan_id = plan(lane="urgent")
    settle(platform, within_s=60)
    platform.clock.advance(LEASE_S + URGENT.grace_s + 1)
    sweep(wiring=world())
    settle(platform)
    found = walked(plan_id)
    assert (found.handed["email"].count, found.again["email"], found.resent["email"]) == (3, 3, 3)
    assert (found.handed["email"].first or 0) > LEASE_S


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ({}, ""),
        ({"delivered_at": "1"}, ""),
        ({"failed_at": "1", "failed_reason": "rejected", "bounced_at": "1"}, "rejected"),
        ({"hard_bounced_at": "1", "bounced_at": "1", "delivered_at": "1"}, "bounced"),
        ({"bounced_at": "1"}, "bounced-in-passing"),
        ({"bounced_at": "1", "delivered_at": "2"}, ""),
    ],
)
def test_why_a_message_did_not_arrive(flags: dict[str, str], why: str) -> None:
    assert failure(flags) == why
