"""What is normal is not halted more often than stated, what is alarming soon, whatever comes late."""

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from math import log
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.core.settings import Settings
from chalicelib.delivery.protection import (
    ANYWHERE,
    BOUNCES,
    CHUNK,
    COMPLAINTS,
    Bound,
    Tally,
    bounds,
    place_of,
    stop_for,
)

LIMITS = bounds(Settings())
NOTHING = Tally()


class Case(NamedTuple):
    reason: str
    back: int
    sent: int
    passed: bool


@pytest.mark.parametrize(
    "case",
    [
        Case(COMPLAINTS, 1, 100, False),
        Case(COMPLAINTS, 4, 4, False),
        Case(COMPLAINTS, 5, 20, True),
        Case(COMPLAINTS, 10, 10_000, False),
        Case(COMPLAINTS, 20, 10_000, True),
        Case(BOUNCES, 4, 4, False),
        Case(BOUNCES, 5, 5, True),
        Case(BOUNCES, 12, 200, True),
        Case(BOUNCES, 30, 3_000, False),
        Case(BOUNCES, 30, 500, True),
        Case(BOUNCES, 0, 0, False),
        Case(BOUNCES, 3, 0, False),
    ],
)
def test_how_many_are_too_many(case: Case) -> None:
    assert LIMITS[case.reason].passed(sent=case.sent, back=case.back) == case.passed


def returns(seed: int, *, rate: float, mails: int) -> Iterator[int]:
    """Which of a list's mails (0, 1, …) come back: from one to the next it is geometrically far."""
    random, mail = Random(seed), -1
    while True:
        mail += 1 + int(log(1 - random.random()) / log(1 - rate))
        if mail >= mails:
            return
        yield mail


def halted(runs: int, *, reason: str, rate: float, mails: int = 20_000) -> int:
    """How many of so many lists are ever halted, looked at after each of their mails."""
    bound = LIMITS[reason]
    return sum(
        any(
            bound.passed(sent=mail + 1, back=back)
            for back, mail in enumerate(returns(seed, rate=rate, mails=mails), start=1)
        )
        for seed in range(runs)
    )


def test_a_normal_list_is_not_halted_more_often_than_stated() -> None:
    assert halted(1000, reason=BOUNCES, rate=0.01) <= LIMITS[BOUNCES].error * 1000
    assert halted(1000, reason=COMPLAINTS, rate=0.0005) <= LIMITS[COMPLAINTS].error * 1000


@pytest.mark.soak
@pytest.mark.parametrize(("reason", "rate"), [(BOUNCES, 0.01), (COMPLAINTS, 0.0005)])
def test_nor_are_many(reason: str, rate: float) -> None:
    assert halted(20_000, reason=reason, rate=rate) <= LIMITS[reason].error * 20_000


def sent_when_halted(seed: int, *, rate: float, late: int, most: int) -> int | None:
    """How many mails a campaign sends until it halts, if its bounces are told `late` chunks later."""
    back = Counter(mail // CHUNK for mail in returns(seed, rate=rate, mails=most))
    places: dict[int, int] = {}
    for chunk in range(most // CHUNK):
        told = chunk - late
        for _ in range(back[told]):
            places[place_of(told)] = places.get(place_of(told), 0) + 1
            sent = (chunk + 1) * CHUNK
            if stop_for(Tally(sent, {BOUNCES: places}), NOTHING, LIMITS):
                return sent
    return None


@pytest.mark.parametrize("late", [0, 1, 10, 60])
def test_an_alarming_list_is_halted_in_time_however_late_its_bounces_are_told(late: int) -> None:
    runs, bound = 300, 500 + CHUNK * (late + 1)
    found = [sent_when_halted(seed, rate=0.06, late=late, most=bound) for seed in range(runs)]
    assert sum(sent is not None for sent in found) >= 0.99 * runs


def test_the_late_ones_of_a_normal_list_halt_nothing() -> None:
    runs = 200
    found = [sent_when_halted(seed, rate=0.01, late=10, most=3_000) for seed in range(runs)]
    assert sum(sent is not None for sent in found) <= 1


counts = st.integers(0, 10**6)
rates = st.sampled_from([*LIMITS.values(), Bound(0.1, 0.2, 0.01)])


@given(rates, counts, counts, counts)
def test_more_that_came_back_never_helps_and_more_sent_never_harms(
    bound: Bound, sent: int, back: int, more: int
) -> None:
    assume(back <= sent)
    if bound.passed(sent=sent, back=back):
        assert bound.passed(sent=sent + more, back=back + more)
        assert bound.passed(sent=max(back, sent - more), back=back)
    else:
        assert not bound.passed(sent=sent + more, back=back)


tallies = st.dictionaries(st.integers(0, 5_000).map(place_of), st.integers(0, 20), max_size=12)


@given(tallies, tallies, st.integers(0, 100_000))
def test_what_is_not_yet_told_halts_nothing(places: dict[int, int], late: dict[int, int], sent: int) -> None:
    known = {place: max(0, count - late.get(place, 0)) for place, count in places.items()}
    if stop_for(Tally(sent, {BOUNCES: known}), NOTHING, LIMITS):
        assert stop_for(Tally(sent, {BOUNCES: places}), NOTHING, LIMITS)


@given(tallies, st.integers(0, 100_000), st.integers(0, 100_000))
def test_what_was_judged_before_a_resume_is_not_judged_again(
    places: dict[int, int], sent: int, more: int
) -> None:
    before = Tally(sent, {BOUNCES: places})
    assert not stop_for(before, before, LIMITS)
    assert not stop_for(Tally(sent + more, {BOUNCES: places}), before, LIMITS)


def test_after_a_resume_the_test_begins_anew() -> None:
    before = Tally(500, {BOUNCES: {10: 30}})
    late = Tally(500, {BOUNCES: {10: 60}})
    again = Tally(1_000, {BOUNCES: {10: 30, 20: 30}})
    assert stop_for(before, NOTHING, LIMITS) == BOUNCES
    assert not stop_for(late, before, LIMITS)
    assert stop_for(again, before, LIMITS) == BOUNCES


def test_what_has_no_place_is_held_against_all_that_was_sent() -> None:
    assert stop_for(Tally(100, {COMPLAINTS: {ANYWHERE: 6}}), NOTHING, LIMITS) == COMPLAINTS
    assert not stop_for(Tally(100_000, {COMPLAINTS: {ANYWHERE: 6}}), NOTHING, LIMITS)


@given(st.integers(0, 999_999))
def test_a_place_is_not_before_its_chunk_and_not_far_behind(chunk: int) -> None:
    assert chunk + 1 <= place_of(chunk) <= (chunk + 1) * 1.25
    assert place_of(place_of(chunk) - 1) == place_of(chunk)


def test_places_are_few() -> None:
    places = [place_of(chunk) for chunk in range(20_000)]
    assert places[:10] == [1, 2, 3, 4, 5, 6, 7, 8, 10, 10]
    assert places == list(accumulate(places, max))
    assert len(set(places)) <= 55


@pytest.mark.parametrize(
    "changes",
    [
        {"bounces_normal": 0.05},
        {"bounces_normal": 0.0},
        {"complaints_alarming": 1.0},
        {"halt_error": 0.0},
        {"halt_error": 1.0},
    ],
    ids=str,
)
def test_impossible_bounds_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        bounds(Settings(**changes))
