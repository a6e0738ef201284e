"""Why this hour: in words, for any person, and never more than is known."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.best_hour import Rates, best_of, scores
from chalicelib.engagement.timing.explain import HABIT, POPULATION, Explanation, explained
from chalicelib.engagement.timing.mode import Mode
from chalicelib.subscribers.habits import Habit

EVENING: Rates = tuple(0.3 if hour == 19 else 0.1 for hour in range(24))
DAY = list(range(8, 21))
TODAY = 20_780
EARLY = Habit("a" * 32, since=TODAY - 99, day=TODAY, hours={9: (20.0, 15.0), 19: (4.0, 1.0)})


def told(habit: Habit | None = None, *, leave: bool = True, mode: Mode = Mode.PERSONAL) -> Explanation:
    return explained(habit, EVENING, DAY, day=TODAY, leave=leave, mode=mode)


def test_a_habit_is_told_with_its_numbers_beside_those_of_all() -> None:
    found = told(EARLY)
    assert (found.hour, found.because, found.messages) == (9, HABIT, 24)
    words = " ".join(found.words)
    assert "counts as 24 messages" in words
    assert "between 09:00 and 10:00: 15 of 20 messages near 09:00 opened or clicked" in words
    assert "between 19:00 and 20:00: 30.0 %" in words
    assert "1 of 4 messages near 19:00" in words


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (told(None), "Nothing is known yet"),
        (told(Habit("a" * 32, since=1, day=1)), "Nothing is known yet"),
        (told(EARLY, leave=False), "gave no leave"),
        (told(EARLY, mode=Mode.COHORTS), "not learned of single people"),
        (told(EARLY, mode=Mode.DEPARTMENT_COHORTS), "This department goes by cohorts alone"),
        (told(Habit("a" * 32, since=1, day=TODAY, hours={9: (1.0, 1.0)})), "not enough to move them"),
    ],
)
def test_where_little_is_known_the_hour_is_that_of_all_and_the_words_say_so(
    found: Explanation, said: str
) -> None:
    assert (found.hour, found.because) == (19, POPULATION)
    assert said in " ".join(found.words)
    assert "19:00 and 20:00: 30.0 %" in " ".join(found.words)


def test_what_is_old_counts_less() -> None:
    old = Habit("a" * 32, since=1, day=TODAY - 900, hours=EARLY.hours)
    assert told(old).hour == 19
    assert told(old).messages == 0


@given(
    st.dictionaries(
        st.integers(0, 23), st.tuples(st.floats(0, 30), st.floats(0, 1)).map(lambda p: (p[0], p[0] * p[1]))
    ),
    st.lists(st.integers(0, 23), min_size=1, unique=True),
)
def test_it_is_the_hour_that_the_engine_chooses(
    hours: dict[int, tuple[float, float]], allowed: list[int]
) -> None:
    habit = Habit("a" * 32, since=1, day=TODAY, hours=hours)
    found = explained(habit, EVENING, allowed, day=TODAY, leave=True, mode=Mode.PERSONAL)
    assert found.hour == best_of(scores(hours, EVENING), allowed)
    assert [one.hour for one in found.hours] == sorted(allowed)
    assert all(re.fullmatch(r"[A-Z].*\.", sentence) for sentence in found.words)
