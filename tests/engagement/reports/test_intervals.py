from math import comb

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.engagement.reports.intervals import (
    HIGHER,
    LOWER,
    NOT_ENOUGH,
    Interval,
    compared,
    needed,
    wilson,
)

COUNTS = st.integers(0, 3_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998a, table I"),
        pytest.param(15, 148, 0.0624, 0.1605, id="Newcombe 1998a, table I, few"),
        pytest.param(0, 0, 0.0, 1.0, id="of nobody"),
    ],
)
def test_published_intervals(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(COUNTS)
def test_a_rate_lies_in_its_interval_which_shrinks_with_more(count: tuple[int, int]) -> None:
    hits, of = count
    found, more = wilson(hits, of), wilson(hits * 4, of * 4)
    assert 0 <= found.low <= (hits / of if of else 0.5) <= found.high <= 1
    assert more.high - more.low <= found.high - found.low
    assert wilson(of - hits, of).low == pytest.approx(1 - found.high)


@pytest.mark.parametrize("p", [0.02, 0.2, 0.5])
def test_the_interval_holds_the_truth_about_95_times_in_100(p: float) -> None:
    of = 200
    held = sum(
        comb(of, hits) * p**hits * (1 - p) ** (of - hits)
        for hits in range(of + 1)
        if wilson(hits, of).low <= p <= wilson(hits, of).high
    )
    assert 0.92 < held < 0.98


def test_a_published_difference() -> None:
    found = compared(56, 70, 48, 80)
    assert found is not None, "Newcombe 1998b, table II (a), method 10"
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (0.0524, 0.3339)
    assert (found.verdict, found.needed) == (HIGHER, None)


@given(COUNTS, COUNTS, st.integers(1, 20))
def test_a_difference_turns_round_with_its_sides(
    one: tuple[int, int], other: tuple[int, int], among: int
) -> None:
    assume(one[1] and other[1])
    found, turned = compared(*one, *other, among=among), compared(*other, *one, among=among)
    assert found is not None
    assert turned is not None
    assert found.interval.low == pytest.approx(-turned.interval.high)
    assert {HIGHER: LOWER, LOWER: HIGHER, NOT_ENOUGH: NOT_ENOUGH}[found.verdict] == turned.verdict
    alone = compared(*one, *other)
    assert alone is not None
    assert alone.verdict in {found.verdict, HIGHER, LOWER}, "among several, a verdict is only harder to get"
    if found.verdict == NOT_ENOUGH and found.difference:
        assert found.needed is not None
        assert found.needed > 0


def test_equal_rates_are_told_apart_by_no_number() -> None:
    found = compared(2, 10, 20, 100)
    assert found is not None
    assert (found.verdict, found.needed) == (NOT_ENOUGH, None)
    assert compared(1, 10, 0, 0) is None


def test_how_many_it_takes() -> None:
    assert needed(0.02, 0.024) == 21_110, "standards.md: two-sided 5 %, power 80 %"
    assert wilson(5, 10, confidence=0.99).high > wilson(5, 10).high
    assert Interval(0, 1).low == 0
