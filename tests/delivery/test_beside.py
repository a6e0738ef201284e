"""A stream beside the audience: what it holds of those asked for, in ascending order, and of nobody else."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.ids import shard_of
from chalicelib.delivery.beside import Beside

IDS = st.sets(st.sampled_from([f"{start:02x}{n:030x}" for start in (0, 1, 5, 64, 255) for n in range(4)]))


@given(IDS, IDS)
def test_it_finds_exactly_those_whom_it_holds(held: set[str], asked: set[str]) -> None:
    reads: list[int] = []

    def read(shard: int, start: str) -> Iterator[tuple[str, str]]:
        reads.append(shard)
        return ((one, one[::-1]) for one in sorted(held) if shard_of(one) == shard and one >= start)

    beside = Beside(read)
    found = {one: beside.of(one) for one in sorted(asked)}
    assert found == {one: one[::-1] if one in held else None for one in asked}
    assert reads == sorted({shard_of(one) for one in asked})


def test_of_several_for_one_person_it_answers_the_first() -> None:
    beside = Beside(lambda _shard, _start: iter([("a" * 32, 1), ("a" * 32, 2), ("b" * 32, 3)]))
    assert [beside.of("a" * 32), beside.of("b" * 32)] == [1, 3]
