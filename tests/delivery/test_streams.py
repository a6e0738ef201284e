"""Merges of sorted streams against Python's sets."""

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.ids import SHARDS, shard_of
from chalicelib.delivery.audience import holds
from chalicelib.delivery.streams import Match, members
from chalicelib.subscribers.streams import Row

TOPICS = ["a", "b", "c"]
IDS = st.integers(0, 2**16 - 1).map(lambda n: f"{n:04x}" + "0" * 28)
MEMBERS = st.dictionaries(IDS, st.sets(st.sampled_from([*TOPICS, "list:x"])), max_size=40)
LEAF = st.one_of(st.sampled_from([{"topic": t} for t in TOPICS]), st.just({"list": "x"}))
EXPRESSIONS = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"except": st.lists(inner, min_size=2, max_size=3)}),
    ),
    max_leaves=8,
)


def row(subscriber_id: str) -> Row:
    return Row(
        subscriber_id=subscriber_id,
        email="a@city.example",
        sms=None,
        channels=("email",),
        cadence="immediate",
        language="en",
        time_zone="UTC",
        name="",
        blocks=(),
    )


def reader(people: Mapping[str, set[str]]):  # type: ignore[no-untyped-def]
    def read(source: str, shard: int, after: str | None) -> Iterator[Row]:
        for subscriber_id in sorted(people):
            in_stream = source in people[subscriber_id] and shard_of(subscriber_id) == shard
            if in_stream and (after is None or subscriber_id > after):
                yield row(subscriber_id)

    return read


def everyone(
    expression: dict[str, Any], people: Mapping[str, set[str]], *, shard: int = 0, after: str | None = None
) -> list[tuple[int, Match]]:
    """The audience over this shard, from `after` on, and all that follow it."""
    return [
        (current, match)
        for current in range(shard, SHARDS)
        for match in members(
            expression, reader(people), shard=current, after=after if current == shard else None
        )
    ]


@given(EXPRESSIONS, MEMBERS)
def test_a_stream_is_the_set_that_its_expression_means(
    expression: dict[str, Any], people: dict[str, set[str]]
) -> None:
    found = [match.subscriber_id for _, match in everyone(expression, people)]
    expected = sorted(person for person, sources in people.items() if sources and holds(expression, sources))
    assert found == expected


@given(EXPRESSIONS, MEMBERS, st.integers(0, 40))
def test_a_stream_goes_on_from_any_place(
    expression: dict[str, Any], people: dict[str, set[str]], stop: int
) -> None:
    whole = everyone(expression, people)
    first = whole[:stop]
    shard, after = (first[-1][0], first[-1][1].subscriber_id) if first else (0, None)
    rest = everyone(expression, people, shard=shard, after=after)
    assert [m.subscriber_id for _, m in first + rest] == [m.subscriber_id for _, m in whole]


@given(MEMBERS)
def test_a_person_of_several_topics_comes_once_with_all_rows(people: dict[str, set[str]]) -> None:
    expression = {"any": [{"topic": topic} for topic in TOPICS]}
    for shard, match in everyone(expression, people):
        assert 0 <= shard < SHARDS
        assert sorted(match.topics) == sorted(people[match.subscriber_id] & set(TOPICS))
        assert len(match.rows) == len(match.topics)
