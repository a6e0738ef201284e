"""Weekly caps: who got enough of a department waits until a week has passed, or the campaign is too old."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.caps import WEEK, Other, Stint, free_at, sent_at, stints, waits
from chalicelib.delivery.control import extend, pause, resume
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.launch import launch
from chalicelib.delivery.listing import deliveries_page
from chalicelib.delivery.plan import SENDING, SENT, Pass, PlanState, Wave
from chalicelib.delivery.watch import watch
from chalicelib.subscribers.model import Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, run, settle, spec, world
from tests.delivery.harness import Made, watched
from tests.delivery.night import evening, letters_to, pass_hours

DAY_S, WEEK_S = 86_400.0, WEEK.total_seconds()
CAPPED = {"capped": 1}


@pytest.fixture(scope="module")
def running_evening() -> Iterator[Platform]:
    with evening() as platform:
        yield platform


@pytest.fixture
def platform(running_evening: Platform) -> Platform:
    running_evening.reset()
    return running_evening


def newsletter(
    *,
    cap: int = 2,
    department: str = "roads",
    mode: str = "live",
    good_for_s: int = 0,
    sms: bool = False,
    daylight: bool = False,
) -> str:
    """Launches a newsletter of a department with a cap; nothing has been sent yet."""
    world().clock.advance(0.001)  # type: ignore[attr-defined]  # plans are told apart by when they began
    now = world().clock()
    until = int(now.timestamp()) + good_for_s if good_for_s else 0
    made = replace(
        spec(sms=sms, mode=mode, department=department),
        weekly_cap=cap,
        send_until=until,
        daylight=daylight,
    )
    return launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())


def sent_newsletter(
    platform: Platform, *, mode: str = "live", department: str = "roads", cap: int = 2
) -> str:
    """One that has gone out."""
    plan_id = newsletter(mode=mode, department=department, cap=cap)
    run(platform)
    return plan_id


def let_pass(platform: Platform, *, days: float) -> None:
    """Time passes; at its end a few sweeps."""
    platform.clock.advance(days * DAY_S)
    pass_hours(platform, 0.7)


# -- Rules


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 21).map(lambda days: days * DAY_S), max_size=8),
    st.integers(1, 4),
    st.integers(7, 21).map(lambda days: days * DAY_S),
)
def test_somebody_is_free_as_soon_as_fewer_than_the_cap_lie_in_the_week_before(
    times: list[float], cap: int, now: float
) -> None:
    def counted(at: float) -> int:
        return sum(one + WEEK_S > at for one in times)

    free = free_at(times, cap, now=now)
    if not free:
        assert counted(now) < cap
    else:
        assert counted(now) >= cap > counted(free)
        assert free == min(one + WEEK_S for one in times if counted(one + WEEK_S) < cap)


@pytest.mark.parametrize(
    ("chunk", "at"), [(0, 100.0), (2, 100.0), (3, 200.0), (5, 200.0), (6, 300.0), (9, 300.0)]
)
def test_a_chunk_was_sent_by_the_end_of_the_pass_that_made_it(chunk: int, at: float) -> None:
    assert sent_at(chunk, [Stint(3, 100.0), Stint(6, 200.0), Stint(9, 300.0)]) == at


def test_what_is_under_way_ends_now_and_what_is_closed_ended_then() -> None:
    first = Wave(0, "email", next_chunk=4, paced_until=150.0, passes=[Pass(0.0, 100.0, 3, 5, {})])
    second = Wave(2, "email", next_chunk=6)
    assert stints([first], PlanState(SENDING), now=500.0) == [(3, 100.0), (4, 500.0)]
    closed = PlanState(SENT, closed_at="1970-01-01T00:05:00.000Z")
    assert stints([first, second], closed, now=500.0) == [(3, 100.0), (4, 150.0), (6, 300.0)]


@pytest.mark.parametrize(
    ("other", "wait"),
    [
        (Other("a", (), walking=True, waiting=0), True),
        (Other("c", (), walking=True, waiting=0), False),
        (Other("c", (), walking=True, waiting=1), True),
        (Other("a", (), walking=False, waiting=0), False),
    ],
    ids=["an older one walks", "a younger one walks", "its messages are on their way", "nothing to wait for"],
)
def test_the_older_goes_first_and_none_while_messages_are_on_their_way(other: Other, *, wait: bool) -> None:
    assert waits("b", [other]) is wait


# -- In the engine


def test_the_third_of_a_week_waits_until_the_first_is_a_week_old(platform: Platform) -> None:
    person(0)
    sent_newsletter(platform)
    let_pass(platform, days=2)
    sent_newsletter(platform)
    later = person(1)
    third = sent_newsletter(platform)
    found = outcome(third)
    assert (found.status, found.sent, found.held) == (SENDING, 1, CAPPED)
    assert found.next_pass_at.startswith("2026-11-30T01:0")
    assert len(letters_to(platform, later)) == 1
    let_pass(platform, days=4.9)
    assert outcome(third).held == CAPPED
    let_pass(platform, days=0.2)
    found = outcome(third)
    assert (found.status, found.sent, found.held) == (SENT, 2, {})
    assert set(addressed(platform).values()) == {3, 1}


def test_if_it_is_too_old_by_then_it_expires_and_the_list_says_why(platform: Platform) -> None:
    person(0)
    for _ in range(2):
        sent_newsletter(platform)
    third = newsletter(good_for_s=3600)
    run(platform)
    assert outcome(third).held == CAPPED
    pass_hours(platform, 2)
    found = outcome(third)
    assert (found.status, found.sent, found.expired, found.let_go) == (SENT, 0, 1, CAPPED)
    listed = deliveries_page(third, status="expired", limit=5, cursor=None, wiring=world()).items
    assert [one.reason for one in listed] == ["capped"]


def test_a_cap_is_of_a_department_a_channel_and_what_really_leaves(platform: Platform) -> None:
    one = person(0, channels=("email", "sms"))
    sent_newsletter(platform)
    sent_newsletter(platform, department="parks")
    sent_newsletter(platform, mode="test")
    sent_newsletter(platform)
    both = newsletter(sms=True)
    run(platform)
    found = outcome(both)
    assert (found.held, found.by_channel["email"].sent, found.by_channel["sms"].sent) == (CAPPED, 0, 1)
    assert len(letters_to(platform, one)) == 4


@pytest.mark.parametrize("cap", [0, 9])
def test_a_department_without_a_cap_asks_nobody_for_it(platform: Platform, cap: int) -> None:
    person(0)
    calls: list[Made] = []
    with watched(platform, calls.append):
        for _ in range(3):
            sent_newsletter(platform, cap=cap)
    assert set(addressed(platform).values()) == {3}
    asked = [call for call in calls if call.operation == "Query" and "department#roads" in call.body]
    assert bool(asked) is bool(cap)


def test_two_at_once_do_not_both_take_the_last_place(platform: Platform) -> None:
    for number in range(30):
        person(number, subscriber_id=f"{number * 8:02x}{number:030x}")
    platform.account.max_send_rate = 5
    sent_newsletter(platform)
    plans = [newsletter() for _ in range(3)]
    run(platform)
    assert set(addressed(platform).values()) == {2}
    assert [outcome(one).sent for one in plans] == [30, 0, 0]
    assert [outcome(one).held for one in plans[1:]] == [{"capped": 30}] * 2


def test_who_waits_its_turn_is_not_stuck_and_who_is_paused_keeps_nobody_waiting(platform: Platform) -> None:
    person(0)
    older = newsletter()
    assert pause(older, wiring=world())
    settle(platform, within_s=60)
    younger = sent_newsletter(platform)
    assert outcome(younger).status == SENT
    assert resume(older, wiring=world())
    waiting = newsletter()
    for _ in range(5):
        platform.clock.advance(1200)
        assert watch(waiting, LANES["bulk"], now=world().clock(), wiring=world()) == ""
    run(platform, sweeps=1)
    assert outcome(older).status == SENT
    assert outcome(waiting).held == CAPPED


def test_one_that_is_extended_counts_again(platform: Platform) -> None:
    person(0)
    first = sent_newsletter(platform, cap=1)
    let_pass(platform, days=30)
    late = person(1)
    assert extend(first, now=world().clock(), wiring=world())
    run(platform)
    assert len(letters_to(platform, late)) == 1
    second = sent_newsletter(platform, cap=1)
    assert (outcome(second).sent, outcome(second).held) == (1, CAPPED)


def test_who_sleeps_and_got_enough_waits_for_both(platform: Platform) -> None:
    person(0, zone="Europe/London", wishes=Wishes(hours=(0, 24)))
    sent_newsletter(platform, cap=1)
    let_pass(platform, days=0.1)
    person(1, zone="Europe/London")
    second = newsletter(cap=1, daylight=True)
    run(platform)
    assert outcome(second).held == {"capped": 1, "quiet-hours": 1}
    pass_hours(platform, 9)
    assert (outcome(second).sent, outcome(second).held) == (1, CAPPED)


def test_of_two_that_wake_together_the_older_goes_and_the_other_waits_until_it_is_too_old(
    platform: Platform,
) -> None:
    person(0)
    sent_newsletter(platform, cap=1)
    held = [sent_newsletter(platform, cap=1) for _ in range(2)]
    let_pass(platform, days=7.01)
    assert [outcome(one).sent for one in held] == [1, 0]
    assert outcome(held[1]).held == CAPPED
    let_pass(platform, days=1)
    found = outcome(held[1])
    assert (found.status, found.sent, found.let_go) == (SENT, 0, CAPPED)
    assert set(addressed(platform).values()) == {2}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(15))
def test_a_month_of_newsletters_never_breaks_a_cap_and_loses_nobody(platform: Platform, seed: int) -> None:
    draw, cap = Random(seed), 2
    for number in range(5):
        person(number, wishes=draw.choice([Wishes(), Wishes(hours=(20, 2)), Wishes(hours=(9, 12))]))
    plans = []
    for _ in range(12):
        plans.append(newsletter(cap=cap, daylight=draw.random() < 0.7))
        let_pass(platform, days=draw.choice([0, 0, 0.5, 1, 2, 4]))
    for _ in range(9):
        let_pass(platform, days=1.04)
    _keeps(platform, cap)
    for plan_id in plans:
        found = outcome(plan_id)
        assert found.closed_at
        assert found.sent + found.expired == found.planned - found.cancelled == 5


def _keeps(platform: Platform, cap: int) -> None:
    moments: dict[str, list[datetime]] = {}
    for letter in platform.outbox.letters():
        moments.setdefault(letter.to, []).append(letter.at)
    for times in moments.values():
        assert not _breaks(sorted(times), cap), times


def _breaks(times: Sequence[datetime], cap: int) -> bool:
    return any(later - first < timedelta(days=7) for first, later in zip(times, times[cap:], strict=False))
