"""Extending, pausing and expiry: who gets it, who does not, and that every count stays exact."""

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.control import cancel, extend, pause, resume
from chalicelib.delivery.late import is_earlier
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plan import CHANNEL_CHUNKS, PAUSED, SENDING, SENT, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import expected
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, run, settle, spec, world


@pytest.mark.parametrize(
    ("chunk", "earlier"),
    [
        ("00000004", True),
        ("00000005", False),
        ("00000005.r3", False),
        ("00000004.1", True),
        (f"{CHANNEL_CHUNKS + 1:08d}", True),
        (f"{CHANNEL_CHUNKS + 2:08d}", False),
    ],
)
def test_chunks_before_the_wave_are_told_by_their_channels_number(chunk: str, *, earlier: bool) -> None:
    assert is_earlier(chunk, [5, CHANNEL_CHUNKS + 2]) is earlier


@pytest.mark.parametrize(
    ("wave", "total"),
    [
        (Wave(0, "email"), 0),
        (Wave(0, "email", planned=10, done=True, shard=64), 10),
        (Wave(0, "email", planned=10, shard=32), 20),
        (Wave(0, "email", planned=6, partial={"r": [[]] * 4}, shard=16, after="40000000" + "0" * 24), 40),
    ],
    ids=["not begun", "done", "half", "a quarter, with an open chunk"],
)
def test_how_many_it_will_be(wave: Wave, total: int) -> None:
    assert expected(wave) == total


def test_those_who_came_late_get_it_once_on_each_of_their_channels(platform: Platform) -> None:
    for number in range(20):
        person(number, channels=("email", "sms") if number % 2 else ("email",))
    plan_id = plan(sms=True)
    run(platform)
    first = addressed(platform)
    for number in range(20, 30):
        person(number, channels=("email", "sms"))
    assert extend(plan_id, now=world().clock(), wiring=world())
    assert not extend(plan_id, now=world().clock(), wiring=world())
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.planned) == (SENT, 50, 50)
    assert found.closed_at
    assert set(addressed(platform).values()) == {1}
    assert len(addressed(platform)) == len(first) + 20


def test_who_had_it_by_mail_does_not_get_it_again_by_text(platform: Platform) -> None:
    from dataclasses import replace

    from chalicelib.subscribers import people

    known = person(1)
    plan_id = plan(sms=True)
    run(platform)
    subscription = replace(known.topics["roads"], channels=("sms",))
    people.change(
        known.id,
        lambda now: replace(now, topics={"roads": subscription}),
        source="test",
        wording=None,
        by="system",
        now=world().clock(),
        wiring=world(),
    )
    assert extend(plan_id, now=world().clock(), wiring=world())
    run(platform)
    assert sum(addressed(platform).values()) == 1
    assert outcome(plan_id).status == SENT


def test_extending_again_and_again_counts_on(platform: Platform) -> None:
    person(0)
    plan_id = plan()
    run(platform)
    for number in range(1, 4):
        person(number)
        assert extend(plan_id, now=world().clock(), wiring=world())
        run(platform)
    assert (outcome(plan_id).sent, outcome(plan_id).waves) == (4, 4)
    assert set(addressed(platform).values()) == {1}


def test_an_extension_can_be_paused_cancelled_and_its_messages_doubled(platform: Platform) -> None:
    person(0)
    plan_id = plan()
    run(platform)
    for number in range(1, 9):
        person(number)
    platform.world.sqs.mishaps.double = True
    try:
        assert extend(plan_id, now=world().clock(), wiring=world())
        assert pause(plan_id, wiring=world())
        settle(platform, within_s=200)
        assert sum(addressed(platform).values()) == 1
        assert resume(plan_id, wiring=world())
        run(platform, sweeps=1)
    finally:
        platform.world.sqs.mishaps.double = False
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (SENT, 9)
    assert set(addressed(platform).values()) == {1}
    assert not cancel(plan_id, wiring=world())


def test_a_plan_that_is_not_over_or_soon_forgotten_is_not_extended(platform: Platform) -> None:
    person(0)
    plan_id = plan()
    assert not extend(plan_id, now=world().clock(), wiring=world())
    run(platform)
    platform.clock.advance(395 * 86400)
    assert not extend(plan_id, now=world().clock(), wiring=world())


def test_a_pause_takes_hold_and_those_left_get_it_after_it(platform: Platform) -> None:
    for number in range(60):
        person(number)
    platform.account.max_send_rate = 2
    plan_id = plan()
    assert not resume(plan_id, wiring=world())
    for _ in range(2):
        platform.drain_once()
    assert pause(plan_id, wiring=world())
    assert not pause(plan_id, wiring=world())
    before = len(platform.outbox)
    settle(platform, within_s=3600)
    assert outcome(plan_id).status == PAUSED
    assert 0 < len(platform.outbox) == before < 60
    assert resume(plan_id, wiring=world())
    run(platform, sweeps=1, minutes_between=3)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (SENT, 60)
    assert set(addressed(platform).values()) == {1}


@pytest.mark.parametrize("paused", [False, True], ids=["sending", "paused"])
def test_what_is_too_old_is_not_sent_and_everybody_left_is_counted(
    platform: Platform, *, paused: bool
) -> None:
    for number in range(60):
        person(number)
    platform.account.max_send_rate = 2
    now = world().clock()
    plan_id = time_ordered_id(now)
    from dataclasses import replace

    made = replace(spec(), send_until=int(now.timestamp()) + 20)
    launch(made, plan_id=plan_id, now=now, wiring=world())
    for _ in range(2):
        platform.drain_once()
    if paused:
        assert pause(plan_id, wiring=world())
    run(platform, sweeps=2)
    found = outcome(plan_id)
    assert (found.status, found.waiting, found.planned) == (SENT, 0, 60)
    assert found.sent + found.expired == 60
    assert 0 < found.sent == len(platform.outbox) < 60
    assert not extend(plan_id, now=world().clock(), wiring=world())


def test_a_plan_extended_meanwhile_is_not_closed_by_a_late_look(platform: Platform) -> None:
    person(0)
    plan_id = plan()
    run(platform)
    person(1)
    assert extend(plan_id, now=world().clock(), wiring=world())
    plans(world()).close(plan_id, waves=1, now=world().clock())
    assert outcome(plan_id).status == SENDING
    run(platform)
    assert outcome(plan_id).sent == 2
