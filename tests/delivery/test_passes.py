"""Quiet hours in the engine: held people get it in a later pass, once and inside their hours, or expire."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from chalicelib.delivery.control import cancel, extend, pause, resume
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.listing import deliveries_page
from chalicelib.delivery.passes import GAP_S, HOLD, following, hold_until, next_at, on_hold
from chalicelib.delivery.plan import CANCELLED, PAUSED, SENDING, SENT, Wave
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.watch import watch
from chalicelib.subscribers.model import Wishes
from infra.aws.faults import FunctionCrashed, crash
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, run, settle, spec, world
from tests.delivery.night import campaign, evening, in_hours, letters_to, pass_hours
from tests.delivery.returns import HEAD
from tests.delivery.test_daylight import ZONES

LONDON, HONOLULU = "Europe/London", "Pacific/Honolulu"
QUIET = "quiet-hours"


@pytest.fixture(scope="module")
def running_evening() -> Iterator[Platform]:
    with evening() as platform:
        yield platform


@pytest.fixture
def platform(running_evening: Platform) -> Platform:
    running_evening.reset()
    return running_evening


def test_each_gets_it_in_their_own_hours_and_once(platform: Platform) -> None:
    everybody = [
        person(0),
        person(1, zone=HONOLULU),
        person(2, zone=LONDON),
        person(3, zone=LONDON, wishes=Wishes(hours=(11, 12))),
        person(4, wishes=Wishes(hours=(22, 2))),
        person(5, zone=HONOLULU, wishes=Wishes(hours=(9, 15))),
        person(6, zone=LONDON, wishes=Wishes(hours=(0, 24))),
    ]
    plan_id = campaign()
    settle(platform)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.held) == (SENDING, 3, {QUIET: 4})
    assert (found.expected, found.closed_at) == (7, "")
    assert found.next_pass_at == "2026-11-23T03:00:00.000Z"
    pass_hours(platform, 17.5)
    found = outcome(plan_id)
    assert (found.sent, found.held, found.closed_at) == (6, {QUIET: 1}, "")
    pass_hours(platform, 1)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.planned, found.held) == (SENT, 7, 7, {})
    assert found.closed_at
    for one in everybody:
        (letter,) = letters_to(platform, one)
        assert in_hours(letter, one), one
        assert letter.at < datetime(2026, 11, 23, 19, 15, tzinfo=UTC)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 20))])
def test_a_town_of_all_zones_gets_it_within_a_day_and_a_bit(platform: Platform, seed: int) -> None:
    draw = Random(seed)
    everybody = []
    for number in range(40):
        start = draw.randrange(24)
        hours = draw.choice([None, (start, (start + draw.randint(2, 16) - 1) % 24 + 1)])
        channels = draw.choice([("email",), ("sms",), ("email", "sms")])
        wishes = Wishes(hours=hours)
        everybody.append(person(number, channels=channels, zone=draw.choice(ZONES), wishes=wishes))
    plan_id = campaign(replace(spec(sms=True), daylight=True))
    pass_hours(platform, 26)
    found = outcome(plan_id)
    assert found.closed_at
    assert found.planned == found.sent == sum(len(one.topics["roads"].channels) for one in everybody)
    assert set(addressed(platform).values()) == {1}
    assert all(in_hours(letter, one) for one in everybody for letter in letters_to(platform, one))


def test_who_was_passed_over_for_good_is_counted_once(platform: Platform) -> None:
    person(0, zone=LONDON)
    person(1, wishes=Wishes(paused_until="2027-01-01"))
    plan_id = campaign()
    pass_hours(platform, 12)
    found = outcome(plan_id)
    assert (found.status, found.sent, dict(found.skipped)) == (SENT, 1, {"paused": 1})


def test_held_longer_than_it_is_good_for_they_expire_and_are_listed(platform: Platform) -> None:
    person(0)
    person(1, zone=LONDON)
    awake_in_time = person(2, wishes=Wishes(hours=(21, 23)))
    until = int(world().clock().timestamp()) + 4 * 3600
    plan_id = campaign(replace(spec(), send_until=until, daylight=True))
    pass_hours(platform, 5)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.expired, found.planned) == (SENT, 2, 1, 3)
    assert (found.held, found.let_go) == ({}, {QUIET: 1})
    told = [(one.begun_at[11:16], one.planned, dict(one.held)) for one in found.passes]
    assert told == [("01:00", 1, {QUIET: 2}), ("02:00", 1, {QUIET: 1}), ("05:00", 1, {})]
    assert letters_to(platform, awake_in_time)
    listed = deliveries_page(plan_id, status="expired", limit=10, cursor=None, wiring=world()).items
    assert [one.reason for one in listed] == [QUIET]


def test_one_who_is_never_reached_in_time_expires_after_the_longest_hold() -> None:
    head = replace(HEAD, daylight=True)
    assert hold_until(head, now=1000.0) == 1000.0 + HOLD.total_seconds()
    assert hold_until(replace(head, send_until=5000), now=1000.0) == 5000
    held = Wave(
        0, "email", shard=64, done=True, planned=5, held={QUIET: 2}, opens_at=9000.0, hold_until=5000.0
    )
    again = following(held, now=1000.0)
    assert (again.begins_at, again.resting, again.planned, again.before) == (5000.0, True, 5, 5)
    assert (on_hold(again), next_at(again)) == ({QUIET: 2}, 5000.0)
    assert following(replace(held, opens_at=1010.0), now=1000.0).begins_at == 1000.0 + GAP_S
    assert following(held, now=6000.0).begins_at == 6000.0 + GAP_S


def test_while_it_sleeps_it_is_not_stuck_takes_no_share_and_sends_no_messages(platform: Platform) -> None:
    person(0, zone=LONDON, channels=("email", "sms"))
    plan_id = campaign(replace(spec(sms=True), daylight=True))
    settle(platform)
    for _ in range(4):
        platform.clock.advance(1800)
        assert watch(plan_id, LANES["bulk"], now=world().clock(), wiring=world()) == ""
        platform.fire("sweep")
        settle(platform)
    assert not any(platform.pumps.waiting())
    beats = [pulse.beat for pulse in pulses(world()).open_of(plan_id)]
    assert max(beats) < 5


def test_a_wave_whose_people_all_have_it_sleeps_until_another_waves_pass(platform: Platform) -> None:
    person(0)
    person(1, zone=LONDON, channels=("sms",))
    plan_id = campaign(replace(spec(sms=True), daylight=True))
    settle(platform, within_s=60)
    assert not any(platform.pumps.waiting())
    pass_hours(platform, 8)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (SENT, 2)


def test_paused_in_the_night_and_let_go_on_it_goes_on_in_the_morning(platform: Platform) -> None:
    one = person(0, zone=LONDON)
    plan_id = campaign()
    settle(platform)
    assert pause(plan_id, wiring=world())
    pass_hours(platform, 9)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (PAUSED, 0)
    assert outcome(plan_id).held == {QUIET: 1}
    assert resume(plan_id, wiring=world())
    run(platform)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (SENT, 1)
    assert in_hours(letters_to(platform, one)[0], one)


def test_let_go_on_too_early_it_sleeps_on(platform: Platform) -> None:
    person(0, zone=LONDON)
    plan_id = campaign()
    settle(platform)
    assert pause(plan_id, wiring=world())
    assert resume(plan_id, wiring=world())
    run(platform)
    assert (outcome(plan_id).status, outcome(plan_id).held) == (SENDING, {QUIET: 1})
    pass_hours(platform, 8)
    assert outcome(plan_id).sent == 1


def test_paused_past_somebodys_hours_they_wait_for_the_next_ones(platform: Platform) -> None:
    """Their chunk was made in the evening, and would go in the night."""
    one, other = person(0), person(1, zone=HONOLULU)
    plan_id = campaign()
    pumps = {source.function: source for source in platform.pumps.queues}
    platform.pumps.step(pumps["ExpandBulk"])
    assert outcome(plan_id).waiting == 2
    assert pause(plan_id, wiring=world())
    pass_hours(platform, 3)
    assert resume(plan_id, wiring=world())
    pass_hours(platform, 1)
    found = outcome(plan_id)
    assert (found.sent, found.cancelled, found.held, found.closed_at) == (1, 1, {QUIET: 1}, "")
    pass_hours(platform, 10)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (SENT, 2)
    for somebody in (one, other):
        assert [in_hours(letter, somebody) for letter in letters_to(platform, somebody)] == [True]


def test_cancelled_while_it_sleeps_it_closes_at_once(platform: Platform) -> None:
    person(0, zone=LONDON)
    person(1)
    plan_id = campaign(replace(spec(sms=True), daylight=True))
    settle(platform)
    assert cancel(plan_id, wiring=world())
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.held, found.next_pass_at) == (CANCELLED, 1, {}, "")
    assert found.closed_at
    pass_hours(platform, 9)
    assert len(platform.outbox) == 1


def test_a_cancel_cut_short_is_finished_by_the_next_one(platform: Platform) -> None:
    person(0, zone=LONDON)
    plan_id = campaign()
    settle(platform)
    platform.faults.add("sqs", "SendMessage", crash())
    with pytest.raises(FunctionCrashed):
        cancel(plan_id, wiring=world())
    assert not cancel(plan_id, wiring=world())
    run(platform)
    assert outcome(plan_id).closed_at


def test_extended_it_holds_those_who_came_late_as_well(platform: Platform) -> None:
    person(0)
    plan_id = campaign()
    run(platform)
    late = person(1, zone=LONDON)
    assert extend(plan_id, now=world().clock(), wiring=world())
    run(platform)
    assert outcome(plan_id).held == {QUIET: 1}
    assert not extend(plan_id, now=world().clock(), wiring=world())
    pass_hours(platform, 8)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (SENT, 2)
    assert in_hours(letters_to(platform, late)[0], late)
    assert set(addressed(platform).values()) == {1}


def test_without_daylight_it_goes_at_any_hour(platform: Platform) -> None:
    person(0, zone=LONDON)
    plan_id = campaign(replace(spec(), daylight=False))
    run(platform)
    assert outcome(plan_id).sent == 1
