"""How many people may be written to when, where they wait for their hour and for a batch."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clock import rfc3339
from chalicelib.delivery.forecast import in_batches

START = datetime(2026, 11, 23, 14, tzinfo=UTC)
EVERY_S = 2 * 3600


def at(hours: float) -> str:
    return rfc3339(START + timedelta(hours=hours))


def spread(turns: dict[str, int], *batches: int, share: float = 1.0) -> dict[str, int]:
    return in_batches(turns, batches, every_s=EVERY_S, starts_at=at(0), share=share)


def test_the_later_of_hour_and_batch_counts() -> None:
    assert spread({at(0): 100}, 100, 100, 800) == {at(0): 10, at(2): 10, at(4): 80}
    assert spread({at(0): 100, at(3): 100}, 500, 500) == {at(0): 50, at(2): 50, at(3): 100}
    assert spread({at(0): 10, at(1): 90}, 333, 667) == {at(0): 3, at(1): 30, at(2): 67}


def test_whose_language_has_one_version_waits_for_no_batch() -> None:
    assert spread({at(0): 100}, 500, 500, share=0.2) == {at(0): 90, at(2): 10}
    assert spread({at(0): 100, at(1): 0}, 500, 500, share=0.0) == {at(0): 100}


@given(
    st.dictionaries(st.integers(0, 24).map(at), st.integers(0, 5_000), max_size=8),
    st.lists(st.integers(1, 900), min_size=1, max_size=4),
    st.floats(0, 1),
)
def test_nobody_is_lost_or_counted_twice_or_before_their_turn(
    turns: dict[str, int], batches: list[int], share: float
) -> None:
    found = spread(turns, *batches, share=share)
    assert sum(found.values()) == sum(turns.values())
    for moment in found:
        before = sum(people for one, people in turns.items() if one <= moment)
        assert sum(people for one, people in found.items() if one <= moment) <= before + 1
