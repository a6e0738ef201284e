from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.pacing import LEAD_S, budget, share, wait_s


def test_a_fresh_wave_fills_its_horizon() -> None:
    room = budget(now=100, paced_until=0, per_second=10, horizon_s=10)
    assert room is not None
    assert (room.weight, room.start) == (100, 100)


def test_a_wave_with_enough_under_way_waits_until_hardly_anything_is_left() -> None:
    assert budget(now=100, paced_until=109, per_second=10, horizon_s=10) is None
    assert wait_s(now=100, paced_until=109) == 8
    assert wait_s(now=100, paced_until=99) == 0


def test_the_horizon_is_filled_up_from_where_what_was_emitted_ends() -> None:
    room = budget(now=100, paced_until=101, per_second=10, horizon_s=10)
    assert room is not None
    assert (room.weight, room.start) == (90, 101)
    assert room.due_at(20) == 103


def test_the_slowest_provider_gets_somebody() -> None:
    room = budget(now=0, paced_until=0, per_second=0.01, horizon_s=10)
    assert room is not None
    assert room.weight == 1


@given(st.floats(0, 1e6), st.floats(0, 1e4), st.floats(0.1, 500), st.integers(5, 60))
def test_nobody_is_due_beyond_the_horizon(now: float, ahead: float, rate: float, horizon: int) -> None:
    room = budget(now=now, paced_until=now + ahead, per_second=rate, horizon_s=horizon)
    if room is not None:
        assert room.due_at(room.weight - 1) <= max(now + horizon, room.start) + 1e-3


@given(st.floats(1e9, 2e9), st.floats(0, 100))
def test_after_the_wait_it_is_time_for_a_step_and_not_too_late(now: float, ahead: float) -> None:
    then = now + wait_s(now=now, paced_until=now + ahead)
    assert budget(now=then, paced_until=now + ahead, per_second=1, horizon_s=10) is not None
    assert now + ahead - then > 0 or then == now
    assert now + ahead - then <= LEAD_S + 1e-3


SHARES = [
    ("alone", [], "roads", 1),
    ("alone, and known to be", ["roads"], "roads", 1),
    ("two plans of one department", ["roads", "roads"], "roads", 1 / 2),
    ("two departments", ["roads", "parks"], "roads", 1 / 2),
    ("the busy department", ["roads"] * 9 + ["parks"], "roads", 1 / 18),
    ("the one beside it", ["roads"] * 9 + ["parks"], "parks", 1 / 2),
]


@pytest.mark.parametrize(("walking", "own", "expected"), [s[1:] for s in SHARES], ids=[s[0] for s in SHARES])
def test_departments_share_alike_and_then_their_waves(walking: list[str], own: str, expected: float) -> None:
    assert share(walking, own) == pytest.approx(expected)


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=40))
def test_shares_come_to_the_whole_rate_and_departments_to_equal_parts(walking: list[str]) -> None:
    parts: Counter[str] = Counter()
    for department in walking:
        parts[department] += share(walking, department)  # type: ignore[assignment]  # parts of one
    assert sum(parts.values()) == pytest.approx(1)
    assert list(parts.values()) == pytest.approx([1 / len(parts)] * len(parts))
