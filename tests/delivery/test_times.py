import json

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.delivery.times import Times, step_of, times_of

MOMENTS = st.lists(st.integers(-5, 200_000), max_size=30)


def counted(moments: list[int]) -> Times:
    times = Times()
    for at in moments:
        times.add(at)
    return times


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.integers(1, 100))
def test_shares_are_those_of_the_moments_to_the_step(moments: list[int], percent: int) -> None:
    times = counted(moments)
    exact = sorted(max(0, at) for at in moments)
    assert times.count == len(exact)
    assert (times.first, times.last) == ((exact[0], exact[-1]) if exact else (None, None))
    wanted = exact[max(0, -(-len(exact) * percent // 100) - 1)] if exact else None
    assert times.share_by(percent / 100) == (None if wanted is None else step_of(wanted))


@settings(max_examples=50, deadline=None)
@given(MOMENTS)
def test_times_survive_as_json(moments: list[int]) -> None:
    times = counted(moments)
    assert times_of(json.loads(json.dumps(times.document()))) == times


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_a_step_begins_at_most_ten_minutes_before_its_seconds(second: int) -> None:
    assert step_of(step_of(second)) == step_of(second) <= second < step_of(second) + 600
    assert second >= 600 or step_of(second) == second


def test_what_had_happened_grows_to_all() -> None:
    times = counted([3, 3, 700, 702, 90_000])
    assert times.so_far() == [(3, 2), (700, 4), (90_000, 5)]
