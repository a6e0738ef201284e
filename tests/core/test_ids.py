from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import ids

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_ids_are_random_and_of_one_form() -> None:
    made = {ids.random_id() for _ in range(1000)} | {ids.time_ordered_id(NOW) for _ in range(1000)}
    assert len(made) == 2000
    assert all(map(ids.is_id, made))


def test_time_ordered_ids_sort_by_time() -> None:
    made = [ids.time_ordered_id(NOW + timedelta(microseconds=n)) for n in range(0, 5000, 7)]
    assert made == sorted(made)


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "0" * 31 + "A", "0" * 31 + "g", "٠" * 32])
def test_other_texts_are_no_ids(text: str) -> None:
    assert not ids.is_id(text)


@pytest.mark.parametrize(("start", "shard"), [("00", 0), ("03", 0), ("04", 1), ("ff", 63)])
def test_the_shard_is_the_top_six_bits(start: str, shard: int) -> None:
    assert ids.shard_of(start + "0" * 30) == shard
    assert ids.sharded("roads", shard) == f"roads#{shard:02d}"


def test_shards_fill_evenly() -> None:
    counts = [0] * ids.SHARDS
    for _ in range(64_000):
        counts[ids.shard_of(ids.random_id())] += 1
    assert 800 < min(counts) <= max(counts) < 1200
