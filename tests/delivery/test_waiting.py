"""A plan that goes at the best hour: each gets it once, at their hour, and in control at once."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from chalicelib.core.dynamo import marshal
from chalicelib.delivery.best_hour import FLAT, Arm, BestHour, Rates, arm
from chalicelib.delivery.daylight import zone_of
from chalicelib.delivery.plan import SENDING, SENT
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import NO_WISHES, Person, Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, settle, spec, world
from tests.delivery.night import campaign, evening, letters_to, pass_hours

BEST = "best-hour"
NOON: Rates = tuple(0.4 if hour == 12 else 0.1 for hour in range(24))
MADE = replace(spec(), daylight=True, best_hour=BestHour((8, 21), 24, NOON))
NEW_YORK = "America/New_York"


@pytest.fixture(scope="module")
def running_evening() -> Iterator[Platform]:
    with evening() as platform:
        yield platform


@pytest.fixture
def platform(running_evening: Platform) -> Platform:
    running_evening.reset()
    return running_evening


NUMBERS = count()


def someone(wanted: Arm, *, zone: str = NEW_YORK, wishes: Wishes = NO_WISHES, reads_at: int = -1) -> Person:
    """A new person of an arm; with an hour, one who is known to read then."""
    ids = (f"{number:04x}{'0' * 28}" for number in NUMBERS)
    subscriber_id = next(one for one in ids if arm(one, MADE.reference) is wanted)
    found = person(next(NUMBERS), subscriber_id=subscriber_id, zone=zone, wishes=wishes)
    if reads_at >= 0:
        day = int(world().clock().timestamp() // 86_400)
        habit = Habit(found.id, since=day - 50, day=day - 3, hours={reads_at: (30.0, 20.0)})
        assert habits.write([habit], wiring=world()) == []
    return found


def came(platform: Platform, one: Person) -> list[tuple[int, int]]:
    """Day and hour at which somebody got it, by their own clock."""
    local = (letter.at.astimezone(zone_of(one.time_zone)) for letter in letters_to(platform, one))
    return [(at.day, at.hour) for at in local]


def test_each_gets_it_once_at_their_hour(platform: Platform) -> None:
    control = someone(Arm.CONTROL, reads_at=9)
    asleep = someone(Arm.CONTROL, zone="Europe/London")
    unknown, early = someone(Arm.BEST), someone(Arm.BEST, reads_at=9)
    late = someone(Arm.BEST, reads_at=20)
    own_hours = someone(Arm.BEST, reads_at=9, wishes=Wishes(hours=(15, 16)))
    far = someone(Arm.BEST, zone="Pacific/Honolulu", reads_at=16)
    drawn = someone(Arm.RANDOM, reads_at=9)
    plan_id = campaign(MADE)
    settle(platform)
    found = outcome(plan_id)
    assert (found.status, found.sent) == (SENDING, 2)
    assert found.held[BEST] >= 4
    assert found.held["quiet-hours"] == 1
    pass_hours(platform, 25)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.planned, found.held) == (SENT, 8, 8, {})
    assert came(platform, control) == came(platform, late) == [(22, 20)]  # at once
    assert came(platform, asleep) == [(23, 8)]
    assert came(platform, unknown) == [(23, 12)]
    assert came(platform, early) == [(23, 9)]
    assert came(platform, own_hours) == [(23, 15)]
    assert came(platform, far) == [(22, 16)]
    assert len(came(platform, drawn)) == 1


def test_who_withdraws_leave_meanwhile_goes_with_all(platform: Platform) -> None:
    tracked = someone(Arm.BEST, reads_at=9, wishes=Wishes(tracking=True))
    habit = habits.habits_of(world().dynamodb, [tracked.id])[tracked.id]
    refuses = someone(Arm.BEST, wishes=Wishes(tracking=False))
    item = habits._item(replace(habit, subscriber_id=refuses.id))  # as if it had been left behind
    world().dynamodb.put_item(TableName="crier-subscriptions", Item=marshal(item))
    campaign(MADE)
    pass_hours(platform, 25)
    assert came(platform, tracked) == [(23, 9)]
    assert came(platform, refuses) == [(23, 12)]


@pytest.mark.parametrize("longest", [1, 14])
def test_nobody_waits_longer_than_the_longest_wait(platform: Platform, longest: int) -> None:
    one = someone(Arm.BEST, reads_at=12)
    plan_id = campaign(replace(MADE, daylight=False, best_hour=BestHour((0, 24), longest, FLAT)))
    pass_hours(platform, longest + 0.5)
    assert outcome(plan_id).status == SENT
    assert len(came(platform, one)) == 1


def test_where_no_hour_comes_in_time_it_goes_at_once(platform: Platform) -> None:
    one = someone(Arm.BEST, reads_at=9)
    plan_id = campaign(replace(MADE, best_hour=BestHour((9, 12), 6, NOON)))
    settle(platform)
    assert outcome(plan_id).status == SENT
    assert came(platform, one) == [(22, 20)]


def test_where_hours_are_of_all_nobodys_habit_is_asked_for(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = someone(Arm.BEST, reads_at=9)
    monkeypatch.setattr("chalicelib.delivery.waiting.habits.every", None)
    plan_id = campaign(replace(MADE, best_hour=BestHour((8, 21), 24, NOON, personal=False)))
    pass_hours(platform, 17)
    assert outcome(plan_id).status == SENT
    assert came(platform, one) == [(23, 12)]


def test_one_that_goes_now_reads_no_habits(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    one = someone(Arm.BEST, reads_at=9)
    monkeypatch.setattr("chalicelib.delivery.waiting.habits.every", None)
    campaign(replace(spec(), daylight=True))
    settle(platform)
    assert came(platform, one) == [(22, 20)]


def test_the_hour_is_asked_for_once_and_then_it_is_sent(platform: Platform) -> None:
    """A pass that comes late, or a chunk that does, does not wait for the same hour of the next day."""
    early = someone(Arm.BEST, reads_at=9)
    plan_id = campaign(MADE)
    settle(platform)
    platform.clock.advance(16.5 * 3600)  # nothing ran in the morning
    pass_hours(platform, 1)
    assert outcome(plan_id).status == SENT
    (when,) = came(platform, early)
    assert when == (23, 12)
