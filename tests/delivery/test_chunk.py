"""What a chunk is: when the sweep looks after it."""

from chalicelib.delivery.chunk import look_at


def test_the_sweep_looks_three_minutes_after_a_chunk_was_due() -> None:
    assert look_at(1000.9) == 1180
