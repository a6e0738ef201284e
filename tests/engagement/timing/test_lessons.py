"""What messages teach: once, whatever is doubled, and the last days at each look."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.best_hour import FLAT, HALF_LIFE_DAYS
from chalicelib.delivery.facts import Fact
from chalicelib.engagement.timing.lessons import MARKS, Lesson, done, learned, lesson, noted
from chalicelib.subscribers.habits import Habit
from tests.delivery.returns import HEAD

ONE = "a" * 32
NEW_YORK = ZoneInfo("America/New_York")
DAY = 20_780
LESSONS = st.builds(
    Lesson,
    st.sampled_from(["email", "sms"]),
    st.integers(DAY, DAY + 9),
    st.integers(0, 23),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(DAY, DAY + 12),
    st.none() | st.integers(DAY, DAY + 12),
)
PLANS = st.lists(st.lists(LESSONS, min_size=1, max_size=2), max_size=6)


def learn(habit: Habit | None, lessons: list[Lesson], plan_id: str, **how: Any) -> Habit | None:
    return learned(habit, ONE, lessons, plan_id, rates=FLAT, allowed=range(24), **how)


def mail(day: int = DAY, hour: int = 9, opened: int | None = None) -> Lesson:
    return Lesson("email", day, hour, True, True, opened)


def fact(item: dict[str, Any], *, state: str = "sent", taken_at: int = DAY * 86_400 + 3600) -> Fact:
    return Fact("p", ONE, "email", "en", "", taken_at, state, item)


def test_a_message_teaches_by_the_clock_of_whoever_got_it() -> None:
    item = {"opened_at": "1970-01-03T01:00:00.000Z", "clicked_at": "1970-01-02T01:00:00.000Z"}
    found = lesson(fact(item), replace(HEAD, tracked=True, links=["x"]), NEW_YORK)
    assert found == Lesson("email", DAY, 20, True, True, opened=2, clicked=1)
    assert found.engaged == 2


def test_whose_opens_a_proxy_hides_is_learned_when_it_is_settled() -> None:
    item = {"counted": {"email#hidden#people": 1, "email#opened#machine": 1}}
    found = lesson(fact(item), HEAD, NEW_YORK)
    assert found
    assert found.hidden
    assert noted(None, ONE, [found]) is None
    habit = learn(None, [found], "one")
    assert habit
    assert (habit.hidden, habit.unread) == ({"email": DAY}, {"email": 1})
    seen = learn(habit, [mail(DAY + 1)], "two")
    assert seen
    assert seen.hidden == {"email": DAY}


@pytest.mark.parametrize("wrong", [fact({}, state="failed"), fact({}, state="unknown"), fact({}, taken_at=0)])
def test_what_was_not_sent_teaches_nothing(wrong: Fact) -> None:
    assert lesson(wrong, HEAD, NEW_YORK) is None


@pytest.mark.parametrize(
    ("channel", "links", "tracked", "told"),
    [
        ("email", [], True, (True, False)),
        ("email", ["x"], True, (True, True)),
        ("email", ["x"], False, (False, False)),
        ("sms", [], True, (False, False)),
        ("sms", ["x"], True, (True, True)),
        ("push", ["x"], True, (True, True)),
        ("voice", ["x"], True, (False, False)),
    ],
)
def test_a_channel_tells_of_readers_or_not(
    channel: str, links: list[str], tracked: bool, told: tuple[bool, bool]
) -> None:
    found = lesson(replace(fact({}), channel=channel), replace(HEAD, links=links, tracked=tracked), NEW_YORK)
    assert found
    assert (found.tells, found.links) == told


@given(PLANS)
def test_a_plan_is_learned_once(plans: list[list[Lesson]]) -> None:
    habit: Habit | None = None
    for number, lessons in enumerate(plans):
        habit = learn(habit, lessons, f"plan{number:08}") or habit
        assert learn(habit, lessons, f"plan{number:08}") is None
    if habit:
        assert sum(sent for sent, _ in habit.hours.values()) <= sum(map(len, plans))
        assert all(0 <= engaged <= sent for sent, engaged in habit.hours.values())
        assert len(habit.learned) == len(plans)


@given(PLANS)
def test_noting_again_tells_nothing_new_and_goes_before_learning(plans: list[list[Lesson]]) -> None:
    habit: Habit | None = None
    for number, lessons in enumerate(plans):
        was, seen = habit, noted(habit, ONE, lessons)
        assert noted(seen, ONE, lessons) is None or seen is None
        habit = learn(seen or was, lessons, f"plan{number:08}")
        at_once = learn(was, lessons, f"plan{number:08}")
        assert habit is not None
        assert habit == at_once


@given(st.lists(LESSONS, min_size=1, max_size=8))
def test_the_last_days_are_the_last_ones(lessons: list[Lesson]) -> None:
    habit: Habit | None = None
    for number, one in enumerate(lessons):
        habit = learn(habit, [one], f"plan{number:08}") or habit
    assert habit is not None
    for channel in {one.channel for one in lessons}:
        own = [one for one in lessons if one.channel == channel]
        assert habit.sent[channel] == max(one.day for one in own)
        opened = [one.opened for one in own if one.opened is not None]
        assert habit.opened.get(channel) == max(opened, default=None)
    assert habit.since == min(one.day for one in lessons)
    assert habit.engaged == max((d for one in lessons if (d := one.engaged) is not None), default=None)


def test_messages_since_the_last_engagement_are_counted() -> None:
    habit = learn(None, [mail(DAY)], "one")
    habit = learn(habit, [mail(DAY + 1)], "two")
    assert habit
    assert (habit.unread, habit.unclicked) == ({"email": 2}, {"email": 2})
    read = noted(habit, ONE, [mail(DAY + 2, opened=DAY + 3)])
    assert read
    assert (read.unread, read.unclicked, read.hours) == ({"email": 0}, {"email": 2}, habit.hours)
    late = learn(read, [mail(DAY + 2)], "late")  # it came before the person read the other one
    assert late
    assert (late.unread, late.unclicked) == ({"email": 0}, {"email": 3})
    after = learn(late, [mail(DAY + 4)], "after")
    assert after
    assert after.unread == {"email": 1}
    other = learn(after, [Lesson("sms", DAY + 5, 9, True, True, clicked=DAY + 5)], "text")
    assert other
    assert (other.unread, other.unclicked) == ({"email": 1, "sms": 0}, {"email": 4, "sms": 0})
    call = learn(other, [Lesson("voice", DAY + 5, 9, False, False)], "call")
    assert call
    assert (call.unread, call.sent["voice"]) == (other.unread, DAY + 5)


def test_hours_fade_and_the_best_is_told() -> None:
    habit: Habit | None = None
    for number in range(12):
        habit = learn(habit, [mail(DAY, 7, opened=DAY)], f"early{number}")
    habit = learn(habit, [mail(DAY + HALF_LIFE_DAYS, 20)], "later")
    assert habit
    assert habit.hours == {7: (6.0, 6.0), 20: (1.0, 0.0)}
    assert (habit.best, habit.day) == (7, DAY + HALF_LIFE_DAYS)
    for number in range(20):
        habit = learn(habit, [mail(DAY + HALF_LIFE_DAYS)], f"more{number}")
    assert habit
    assert len(habit.learned) == MARKS


def test_where_hours_are_of_all_none_are_learned() -> None:
    habit = learn(None, [mail(DAY, opened=DAY)], "one", hours=False)
    assert habit
    assert (habit.hours, habit.best, habit.opened) == ({}, None, {"email": DAY})


def test_what_was_done_is_known_by_flags_and_where_there_is_no_leave_by_counts() -> None:
    assert done(fact({"opened_at": "1970-01-02T01:00:00.000Z"})) == {"opened"}
    counted: dict[str, Any] = {"counted": {"email#clicked#human": 1, "email#opened#machine": 1}}
    assert done(fact(counted)) == {"clicked"}
    assert done(fact({})) == frozenset()
