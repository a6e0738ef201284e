"""What a chunk is: when the sweep looks after it."""


def test_the_sweep_looks_three_minutes_after_a_chunk_was_due() -> None:
    assert look_at(1000.9) == 1180
