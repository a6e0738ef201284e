"""The best hour: what little is known moves nobody far, and arms are as large as they should be."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.best_hour import (
    FLAT,
    HALF_LIFE_DAYS,
    Arm,
    BestHour,
    Rates,
    Turns,
    arm,
    best_of,
    document,
    from_document,
    hours_between,
    openings,
    random_of,
    rates_of,
    scores,
    weight,
)
from chalicelib.delivery.daylight import awake, zone_of
from chalicelib.subscribers.habits import Habit
from tests.delivery.test_daylight import HOURS, MOMENTS, ZONES, row

EVENING: Rates = tuple(0.3 if hour == 19 else 0.1 for hour in range(24))
COUNTS = st.dictionaries(
    st.integers(0, 23),
    st.tuples(st.floats(0, 50), st.floats(0, 1)).map(lambda pair: (pair[0], pair[0] * pair[1])),
)
DAY = list(range(8, 21))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(COUNTS, st.floats(0, 400))
def test_a_score_is_a_share_between_the_rate_of_all_and_the_persons_own(
    hours: dict[int, tuple[float, float]], age: float
) -> None:
    assert all(0 <= one <= 1 for one in scores(hours, EVENING, age_days=age))


@given(st.integers(0, 23), st.integers(0, 40))
def test_it_is_the_formula_at_an_hour_that_none_is_near(hour: int, sent: int) -> None:
    found = scores({hour: (sent, sent / 2)}, EVENING, k=8)
    assert found[hour] == pytest.approx((8 * EVENING[hour] + sent / 2) / (8 + sent))
    away = (hour + 12) % 24
    assert found[away] == EVENING[away]


@given(COUNTS)
def test_the_day_is_round(hours: dict[int, tuple[float, float]]) -> None:
    turned = {(hour + 1) % 24: counts for hour, counts in hours.items()}
    found = scores(hours, FLAT)
    assert scores(turned, FLAT) == pytest.approx([*found[-1:], *found[:-1]])


def test_what_was_read_at_one_hour_speaks_for_its_neighbours_the_nearer_the_more() -> None:
    found = scores({23: (4, 4)}, FLAT)
    assert found[23] > found[22] == found[0] > found[21] == found[1] > FLAT[12] == found[12]


def test_a_message_counts_half_after_ninety_days() -> None:
    assert weight(0) == weight(-1) == 1
    assert weight(HALF_LIFE_DAYS) == 0.5
    assert scores({9: (8, 4)}, FLAT, age_days=HALF_LIFE_DAYS) == pytest.approx(scores({9: (4, 2)}, FLAT))


@pytest.mark.parametrize(
    ("hours", "chosen"),
    [
        ({}, 19),
        ({9: (1.0, 1.0)}, 19),  # one observation moves nobody
        ({19: (1.0, 0.0)}, 19),
        ({9: (20.0, 12.0)}, 9),
        ({9: (60.0, 0.0), 19: (60.0, 0.0)}, 13),  # who reads at neither hour may read at another
    ],
)
def test_few_observations_mean_the_hour_of_all(hours: dict[int, tuple[float, float]], chosen: int) -> None:
    assert best_of(scores(hours, EVENING), DAY) == chosen


@given(COUNTS, st.lists(st.integers(0, 23), min_size=1, unique=True))
def test_only_what_is_allowed_is_chosen(hours: dict[int, tuple[float, float]], allowed: list[int]) -> None:
    found = scores(hours, EVENING)
    assert best_of(found, allowed) in allowed
    assert found[best_of(found, allowed)] == max(found[hour] for hour in allowed)


@given(COUNTS, COUNTS)
def test_rates_of_a_cohort_are_shares(
    of_all: dict[int, tuple[float, float]], of_topic: dict[int, tuple[float, float]]
) -> None:
    above = rates_of(of_all)
    assert all(0 <= one <= 1 for one in (*above, *rates_of(of_topic, above=above)))


def test_a_topic_has_the_rates_of_all_until_more_is_known() -> None:
    above = rates_of({19: (10_000, 3_000), 9: (10_000, 1_000)})
    assert best_of(above, DAY) == 19
    assert rates_of({}, above=above) == above
    assert best_of(rates_of({9: (10, 10)}, above=above), DAY) == 19
    assert best_of(rates_of({9: (5_000, 3_000)}, above=above), DAY) == 9
    assert rates_of({}) == FLAT


def test_arms_are_a_tenth_a_tenth_and_the_rest_and_stay() -> None:
    people = [f"{n:032x}" for n in range(20_000)]
    found = Counter(arm(one, "campaign") for one in people)
    assert found[Arm.CONTROL] == pytest.approx(2_000, abs=150)
    assert found[Arm.RANDOM] == pytest.approx(2_000, abs=150)
    assert [arm(one, "campaign") for one in people[:99]] == [arm(one, "campaign") for one in people[:99]]
    both = sum(arm(one, "campaign") is arm(one, "other") is Arm.CONTROL for one in people)
    assert both == pytest.approx(200, abs=60)  # who is in control here is not so everywhere


def test_random_hours_are_equally_likely() -> None:
    found = Counter(random_of(f"{n:032x}", "campaign", DAY) for n in range(13_000))
    assert set(found) == set(DAY)
    assert all(count == pytest.approx(1_000, abs=130) for count in found.values())


@given(st.sampled_from(ZONES), MOMENTS, HOURS, HOURS, st.integers(1, 24))
def test_hours_that_open_lie_in_both_windows_and_soon_enough(
    zone: str, now: datetime, hours: tuple[int, int], own: tuple[int, int], longest: int
) -> None:
    found = openings(hours, own, zone_of(zone), since=now, longest_h=longest)
    assert list(found.values()) == sorted(found.values())
    for hour, at in found.items():
        assert now.timestamp() <= at <= (now + timedelta(hours=longest)).timestamp()
        local = datetime.fromtimestamp(at, zone_of(zone))
        assert local.hour == hour
        assert awake(hours, local)
        assert awake(own, local)


def test_hours_of_a_window_go_with_the_clock() -> None:
    assert hours_between((8, 11)) == [8, 9, 10]
    assert hours_between((22, 2)) == [22, 23, 0, 1]
    assert hours_between((0, 24)) == list(range(24))


PLAN = BestHour((8, 21), 24, EVENING)


def in_arm(wanted: Arm) -> str:
    return next(one for one in (f"{n:032x}" for n in range(1000)) if arm(one, "c") is wanted)


def turn(wanted: Arm, habit: Habit | None = None, *, plan: BestHour = PLAN) -> datetime | None:
    someone = replace(row("America/New_York"), subscriber_id=in_arm(wanted))
    turns = Turns(plan, "c", launched_at=NOON, usual=(8, 21))
    its_arm, at = turns.of(someone, habit)
    assert its_arm is wanted
    return datetime.fromtimestamp(at, zone_of("America/New_York")) if at else None


MORNING = Habit("0" * 32, since=20_000, day=20_779, hours={9: (20.0, 15.0)})


def test_everyone_has_their_turn_by_arm_and_habit() -> None:
    assert turn(Arm.CONTROL, MORNING) is None
    assert turn(Arm.BEST) == datetime(2026, 11, 22, 19, tzinfo=zone_of("America/New_York"))
    assert turn(Arm.BEST, MORNING) == datetime(2026, 11, 22, 9, tzinfo=zone_of("America/New_York"))
    assert turn(Arm.RANDOM) == turn(Arm.RANDOM, MORNING)
    cohort = BestHour((8, 21), 24, EVENING, personal=False)
    assert turn(Arm.BEST, MORNING, plan=cohort) == turn(Arm.BEST)
    assert turn(Arm.BEST, plan=BestHour((2, 4), 1, EVENING)) is None  # no hour comes in time: at once


@pytest.mark.parametrize("plan", [None, PLAN, BestHour((20, 2), 6, FLAT, personal=False)])
def test_a_plan_keeps_what_it_was_given(plan: BestHour | None) -> None:
    assert from_document(document(plan)) == plan
