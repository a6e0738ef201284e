"""Probabilities and losses against closed forms; shares and verdicts; what a thousand campaigns lose."""

from math import exp, fsum, lgamma, log, sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.engagement.variants.thompson import (
    ERROR,
    UNIFORM,
    Chance,
    Prior,
    Seen,
    chances_of,
    difference,
    judged,
    people_needed,
    prior_of,
    shares,
    side_by_side,
)
from tests.engagement.variants.simulated import campaigns

FLAT = Prior(1, 1)
NO_PAST = prior_of(Seen(0, 0))


@st.composite
def seen(draw: st.DrawFn, most: int = 300) -> Seen:
    messages = draw(st.integers(0, most))
    return Seen(messages, draw(st.integers(0, messages)))


def log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def exceeds(one: tuple[int, int], other: tuple[int, int]) -> float:
    """P(other > one) of two Beta distributions with whole parameters (Miller 2014)."""
    (a, b), (c, d) = one, other
    return fsum(
        exp(log_beta(a + i, b + d) - log(d + i) - log_beta(1 + i, d) - log_beta(a, b)) for i in range(c)
    )


def loss_of(one: tuple[int, int], other: tuple[int, int]) -> float:
    """E[max(other − one, 0)] (Stucchi 2015)."""
    (a, b), (c, d) = one, other
    means = c / (c + d), a / (a + b)
    return means[0] * exceeds((a, b), (c + 1, d)) - means[1] * exceeds((a + 1, b), (c, d))


@given(seen(), seen())
@example(Seen(0, 0), Seen(300, 300))
@example(Seen(20, 0), Seen(5_000, 150))
@example(Seen(176, 0), Seen(166, 166))
def test_of_two_the_probability_and_the_loss_are_those_of_the_closed_form(one: Seen, other: Seen) -> None:
    a, b = ((1 + int(clicked), 1 + int(messages - clicked)) for messages, clicked in (one, other))
    first, second = chances_of([one, other], FLAT)
    assert first.best == pytest.approx(exceeds(b, a), abs=3e-5)
    assert second.best == pytest.approx(exceeds(a, b), abs=3e-5)
    assert first.loss == pytest.approx(loss_of(a, b), abs=3e-5)
    assert second.loss == pytest.approx(loss_of(b, a), abs=3e-5)


@given(st.lists(seen(most=50_000), min_size=2, max_size=5))
def test_one_of_them_is_the_best(each: list[Seen]) -> None:
    found = chances_of(each, NO_PAST)
    assert fsum(chance.best for chance in found) == pytest.approx(1, abs=2e-4)
    assert all(0 <= chance.best <= 1 + 1e-4 and 0 <= chance.loss <= 1 + 1e-4 for chance in found)


def test_of_three_they_are_what_drawing_often_finds() -> None:
    each = [Seen(400, 12), Seen(300, 15), Seen(90, 1)]
    drawn = np.random.default_rng(7).beta(
        [NO_PAST.alpha + one.clicked for one in each],
        [NO_PAST.beta + one.messages - one.clicked for one in each],
        (200_000, 3),
    )
    best = np.bincount(drawn.argmax(axis=1), minlength=3) / len(drawn)
    lost = (drawn.max(axis=1, keepdims=True) - drawn).mean(axis=0)
    found = chances_of(each, NO_PAST)
    assert [one.best for one in found] == pytest.approx(best, abs=0.005)
    assert [one.loss for one in found] == pytest.approx(lost, abs=0.0005)


def test_where_nothing_was_seen_all_are_alike() -> None:
    nothing = {"a": Seen(0, 0), "b": Seen(0, 0), "c": Seen(0, 0)}
    assert shares(nothing, NO_PAST) == pytest.approx(dict.fromkeys(nothing, 1 / 3))
    found = judged(nothing, NO_PAST)
    assert (found.leader, found.won, found.settled) == ("a", False, False)


@given(st.lists(seen(most=20_000), min_size=2, max_size=5))
def test_shares_are_a_whole_and_each_has_the_uniform_part(each: list[Seen]) -> None:
    found = shares({str(n): one for n, one in enumerate(each)}, NO_PAST)
    assert fsum(found.values()) == pytest.approx(1)
    assert min(found.values()) >= UNIFORM / len(each) - 1e-12


def test_a_clear_winner_has_the_rest_but_for_the_uniform_share() -> None:
    told = {"default": Seen(5_000, 100), "short": Seen(5_000, 200)}
    found = judged(told, NO_PAST)
    assert (found.leader, found.won, found.settled, found.more) == ("short", True, True, None)
    assert shares(told, NO_PAST) == pytest.approx({"default": 0.05, "short": 0.95})


def test_a_small_difference_in_a_small_list_is_not_enough_data() -> None:
    found = judged({"default": Seen(100, 3), "short": Seen(100, 5)}, NO_PAST)
    assert not found.won
    assert found.chances["short"].best > 0.6
    assert found.more is not None
    assert found.more > 2_000


def test_how_many_more_it_takes_is_the_fixed_tests_number() -> None:
    assert people_needed({"a": Seen(0, 0), "b": Seen(0, 0)}) > 10_000
    told = {"a": Seen(1_000, 20), "b": Seen(1_000, 24)}  # 2 → 2.4 %: 21,110 of each
    assert people_needed(told) == pytest.approx(2 * 21_110 - 2_000, rel=0.01)


def test_a_topics_past_is_a_weak_prior() -> None:
    assert sum(NO_PAST) == sum(prior_of(Seen(1_000_000, 200_000))) == 20
    assert prior_of(Seen(1_000_000, 200_000)).alpha == pytest.approx(4, rel=0.01)


def test_a_difference_has_the_interval_of_the_books() -> None:
    found = difference(Seen(1_000, 50), Seen(500, 20))
    half = 1.96 * sqrt(0.05 * 0.95 / 1_000 + 0.04 * 0.96 / 500)
    assert found == pytest.approx((0.01, 0.01 - half, 0.01 + half))
    assert difference(Seen(0, 0), Seen(500, 20)) is None


def test_the_same_numbers_always_give_the_same() -> None:
    told = [Seen(333, 11), Seen(321, 9)]
    assert chances_of(told, NO_PAST) == chances_of(told, NO_PAST)
    assert isinstance(chances_of(told, NO_PAST)[0], Chance)


def test_batches_with_the_same_shares_are_added_up() -> None:
    batches = [{"a": Seen(100, 7), "b": Seen(50, 1)}, {"a": Seen(700, 30), "b": Seen(350, 20)}]
    found = side_by_side(batches)
    assert found["a"] == pytest.approx(Seen(800, 37))
    assert found["b"] == pytest.approx(Seen(400, 21))
    assert side_by_side(batches[:1]) == {name: pytest.approx(one) for name, one in batches[0].items()}


@given(
    st.lists(
        st.tuples(st.floats(0.01, 0.5), st.lists(st.integers(1, 5_000), min_size=3, max_size=3)), min_size=1
    )
)
def test_who_led_does_not_win_by_the_hour_of_the_batches_that_it_had(
    batches: list[tuple[float, list[int]]],
) -> None:
    seen = [
        {name: Seen(messages, rate * messages) for name, messages in zip("abc", of, strict=True)}
        for rate, of in batches
    ]
    found = side_by_side(seen)
    rates = [one.clicked / one.messages for one in found.values()]
    assert max(rates) == pytest.approx(min(rates))
    for name, one in found.items():
        assert one.messages <= sum(batch[name].messages for batch in seen) * (1 + 1e-9)


def test_a_batch_without_one_of_them_tells_nothing_of_which_is_better() -> None:
    first, second = {"a": Seen(10, 1), "b": Seen(10, 2)}, {"a": Seen(90, 50), "b": Seen(0, 0)}
    assert side_by_side([first, second]) == {name: pytest.approx(one) for name, one in first.items()}
    assert side_by_side([second]) == second
    assert side_by_side([second, second])["a"] == Seen(180, 100)


def test_campaigns_lose_fewer_clicks_than_by_an_even_split() -> None:
    found = list(campaigns(96, seed=22))
    saved = np.array([one.lost_evenly - one.lost for one in found])
    assert saved.mean() - 1.96 * saved.std() / sqrt(len(saved)) > 0
    named = [one for one in found if one.winner]
    assert len(named) > 10
    assert sum(one.winner != one.best for one in named) <= 1


def test_equal_variants_win_no_more_often_than_stated() -> None:
    found = list(campaigns(96, seed=23, equal=True))
    assert sum(bool(one.winner) for one in found) <= ERROR * len(found)


@pytest.mark.soak
def test_a_thousand_campaigns_of_each_kind() -> None:
    found = list(campaigns(1_000, seed=24))
    saved = np.array([one.lost_evenly - one.lost for one in found])
    assert saved.mean() - 1.96 * saved.std() / sqrt(len(saved)) > 0
    assert sum(bool(one.winner) for one in campaigns(1_000, seed=25, equal=True)) <= ERROR * 1_000
