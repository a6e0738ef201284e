"""Who is in doubt stands as unknown in bulk; on the urgent lane they are sent to again, a few times."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.fates import family
from chalicelib.delivery.flags import flag
from chalicelib.delivery.lanes import LANES, LEASE_S
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plans import plans
from chalicelib.delivery.settle import settled_sent
from chalicelib.delivery.sweep import sweep
from infra.aws.faults import Fault, crash, refuse, time_out
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, run, settle, spec, world

URGENT = LANES["urgent"]
RUN_OUT_S = LEASE_S + URGENT.grace_s + 1


def in_doubt(platform: Platform, people: int = 2, *, fault: Fault | None = None, times: int = 1) -> str:
    """An urgent plan whose first workers die at the provider's call, or just after it by `fault`."""
    platform.faults.add("sesv2", "SendBulkEmail", fault or crash(), times=times)
    for number in range(people):
        person(number)
    plan_id = plan(lane="urgent")
    settle(platform, within_s=60)
    assert outcome(plan_id).waiting == people
    return plan_id


def swept(platform: Platform) -> None:
    """A claim runs out, and the sweep comes round; nobody works yet."""
    platform.world.sqs.clear()
    platform.clock.advance(RUN_OUT_S)
    assert sweep(wiring=world())["settled"] == 1


def key_of(plan_id: str) -> str:
    """The chunk that the first person is in by now."""
    states = (chunks(world()).read(plan_id, f"00000000{end}") for end in ("", ".s1", ".s2", ".s3"))
    return [chunk.key for chunk in states if chunk][-1]


def test_they_are_sent_to_again_once_lease_and_grace_are_over(platform: Platform) -> None:
    plan_id = in_doubt(platform)
    platform.clock.advance(RUN_OUT_S - 60)
    assert sweep(wiring=world())["settled"] == 0
    run(platform, sweeps=1, minutes_between=2)
    found = outcome(plan_id)
    assert (found.sent, found.unknown, found.status) == (2, 0, "sent")
    assert set(addressed(platform).values()) == {1}
    assert {fate.outcome.state for fate in family(plan_id, 0, wiring=world()) if fate.outcome} == {"sent"}


@pytest.mark.parametrize("event", ["sent", "delayed", "delivered", "bounced", "complained"])
def test_events_prove_who_was_sent_to(platform: Platform, event: str) -> None:
    plan_id = in_doubt(platform)
    one, other = (fate.recipient for fate in family(plan_id, 0, wiring=world()))
    flag(DeliveryRef(plan_id, one.subscriber_id, "email"), event, at=platform.clock(), wiring=world())
    run(platform, sweeps=1)
    assert outcome(plan_id).sent == 2
    assert addressed(platform) == {other.address: 1}


def test_without_an_event_a_chunk_goes_out_twice(platform: Platform) -> None:
    platform.faults.add("sesv2", "SendBulkEmail", crash(done=True))
    for number in range(2):
        person(number)
    plan_id = plan(lane="urgent")
    for source in (one for one in platform.pumps.queues if one.function.endswith("Urgent")):
        platform.pumps.step(source)
    swept(platform)
    run(platform)
    assert (outcome(plan_id).sent, outcome(plan_id).status) == (2, "sent")
    assert set(addressed(platform).values()) == {2}


def test_an_event_that_comes_before_the_second_try_saves_it(platform: Platform) -> None:
    plan_id = in_doubt(platform, fault=crash(done=True))
    platform.world.sqs.clear()
    before = addressed(platform)
    swept(platform)
    for fate in family(plan_id, 0, wiring=world()):
        ref = DeliveryRef(plan_id, fate.recipient.subscriber_id, "email")
        flag(ref, "sent", at=platform.clock(), wiring=world())
    run(platform, sweeps=1)
    assert (outcome(plan_id).sent, outcome(plan_id).status) == (2, "sent")
    assert addressed(platform) == before


def test_after_three_more_tries_nobody_tries_again(platform: Platform) -> None:
    plan_id = in_doubt(platform, times=10)
    for _ in range(URGENT.resends):
        swept(platform)
        run(platform)
        assert outcome(plan_id).waiting == 2
    assert key_of(plan_id) == "00000000.s3"
    run(platform, sweeps=2)
    found = outcome(plan_id)
    assert (found.unknown, found.sent, found.status) == (2, 0, "sent")
    fate = family(plan_id, 0, wiring=world())[0]
    assert settled_sent(
        DeliveryRef(plan_id, fate.recipient.subscriber_id, "email"), at=platform.clock(), wiring=world()
    )
    assert outcome(plan_id).unknown == 1


def _cancel(plan_id: str) -> None:
    plans(world()).move(plan_id, to="cancelled", allowed=("sending",))


@pytest.mark.parametrize("stop", [_cancel, None], ids=["cancelled", "too old"])
def test_what_was_stopped_meanwhile_stays_in_doubt(
    platform: Platform, stop: Callable[[str], None] | None
) -> None:
    platform.faults.add("sesv2", "SendBulkEmail", crash())
    person(0)
    now = platform.clock()
    made = replace(spec(lane="urgent"), send_until=0 if stop else int(now.timestamp()) + RUN_OUT_S - 1)
    plan_id = launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())
    settle(platform, within_s=60)
    swept(platform)
    if stop:
        stop(plan_id)
    run(platform, sweeps=1)
    found = outcome(plan_id)
    assert (found.unknown, found.cancelled, found.expired, found.sent) == (1, 0, 0, 0)
    assert found.closed_at
    assert not addressed(platform)


@pytest.mark.parametrize(("lane", "unknown", "texts"), [("urgent", 0, 2), ("bulk", 1, 1)])
def test_a_text_of_which_nothing_was_heard(platform: Platform, lane: str, unknown: int, texts: int) -> None:
    platform.faults.add("sns", "Publish", time_out(done=True))
    for number in range(2):
        person(number, channels=("sms",))
    plan_id = plan(lane=lane, sms=True)
    run(platform, sweeps=1)
    found = outcome(plan_id)
    assert (found.sent, found.unknown, found.status) == (2 - unknown, unknown, "sent")
    assert sorted(addressed(platform).values()) == sorted([1, texts])


def test_texts_wait_for_no_event(platform: Platform) -> None:
    platform.faults.add("sns", "Publish", crash())
    person(0, channels=("sms",))
    plan_id = plan(lane="urgent", sms=True)
    settle(platform, within_s=60)
    platform.world.sqs.clear()
    platform.clock.advance(LEASE_S + 1 - 60)
    assert sweep(wiring=world())["settled"] == 0
    platform.clock.advance(60)
    assert sweep(wiring=world())["settled"] == 1
    run(platform, sweeps=1)
    assert outcome(plan_id).status == "sent"
    assert list(addressed(platform).values()) == [1]


def test_texts_put_off_and_in_doubt_part_ways(platform: Platform) -> None:
    """One publish throttled after one in doubt: the chunk has two children."""
    platform.faults.add("sns", "Publish", time_out(done=True))
    platform.faults.add("sns", "Publish", refuse("Throttling"))
    for number in range(3):
        person(number, channels=("sms",))
    plan_id = plan(lane="urgent", sms=True)
    run(platform, sweeps=1)
    assert not platform.faults.left
    assert outcome(plan_id).sent == 3
    assert sorted(addressed(platform).values()) == [1, 1, 2]
