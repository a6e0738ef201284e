from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.pacing import budget, wait_s


def test_a_fresh_wave_fills_its_horizon() -> None:
    room = budget(now=100, paced_until=0, per_second=10, horizon_s=10, chunk=10)
    assert room is not None
    assert (room.people, room.start) == (100, 100)


def test_a_full_horizon_waits() -> None:
    assert budget(now=100, paced_until=109, per_second=10, horizon_s=10, chunk=10) is None
    assert wait_s(now=100, paced_until=109, horizon_s=10) == 4


def test_a_half_empty_horizon_is_filled_up_from_where_it_ends() -> None:
    room = budget(now=100, paced_until=104, per_second=10, horizon_s=10, chunk=10)
    assert room is not None
    assert (room.people, room.start) == (60, 104)
    assert room.due_at(20) == 106


def test_the_slowest_provider_gets_a_chunk() -> None:
    room = budget(now=0, paced_until=0, per_second=0.01, horizon_s=10, chunk=1)
    assert room is not None
    assert room.people == 1


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1, 500), st.integers(5, 60), st.integers(1, 50))
def test_never_further_ahead_than_the_horizon_or_a_chunk(
    now: float, ahead: float, rate: float, horizon: int, chunk: int
) -> None:
    room = budget(now=now, paced_until=now + ahead, per_second=rate, horizon_s=horizon, chunk=chunk)
    if room is not None:
        assert room.due_at(room.people) <= max(now + horizon, room.start + chunk / rate) + 1e-3
