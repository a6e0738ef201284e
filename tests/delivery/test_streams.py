"""Merges of sorted streams against Python's sets, while people come and go, and at a million rows."""

import random
import sys
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.ids import SHARDS, shard_of
from chalicelib.delivery.audience import compiled
from chalicelib.delivery.nodes import Listed, Snapshot
from chalicelib.delivery.streams import Match, members
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.streams import Row

TOPICS = ["a", "b", "c"]
LISTS = ["list:x"]
STATES = ["sent", "opened"]
PLAN = "1" * 32
IDS = st.integers(0, 2**16 - 1).map(lambda n: f"{n:04x}" + "0" * 28)
INSIDE, OUTSIDE = "home:42.0,-71.0", "home:10.0,10.0"
AREA = {"area": {"polygon": [[41, -72], [41, -70], [43, -70], [43, -72]]}}


@dataclass(frozen=True)
class Someone:
    """What is known of one person, as a test draws it."""

    topics: frozenset[str]
    language: str = "en"
    inside: bool = False
    source: str = "page"
    states: frozenset[str] = frozenset()
    read: str = ""
    frozen: bool = False


SOMEONE = st.builds(
    Someone,
    topics=st.frozensets(st.sampled_from([*TOPICS, *LISTS])),
    language=st.sampled_from(["en", "es"]),
    inside=st.booleans(),
    source=st.sampled_from(["page", "import"]),
    states=st.frozensets(st.sampled_from(STATES)),
    read=st.sampled_from(["", "lately", "long ago"]),
    frozen=st.booleans(),
)
NEAR = st.integers(0, 63).map(lambda n: f"00{n:02x}" + "0" * 28)
CHANGE = st.none() | st.tuples(NEAR, st.none() | SOMEONE)
PEOPLE = st.dictionaries(IDS, SOMEONE, max_size=40)
SPANISH = {"segment": {"id": "s", "rule": {"language": ["es"]}}}
IMPORTED = {"segment": {"id": "i", "rule": {"source": ["import"]}}}
MIXED = {"segment": {"id": "m", "rule": {"not": {"any": [{"language": ["es"]}, {"source": ["import"]}]}}}}
DELIVERIES = [{"deliveries": {"plan": PLAN, "state": state}} for state in STATES]
READS = {"segment": {"id": "r", "rule": {"engaged": {"by": "any", "since": "1970-01-31"}}}}
SILENT_RULE = {"silent": {"by": "any", "since": "1970-01-31", "sent_at_least": 3}}
SILENT = {"segment": {"id": "q", "rule": {"all": [SILENT_RULE, {"not": {"source": ["import"]}}]}}}
FROZEN = {"snapshot": "2" * 32}
TOPIC_LEAVES = [*({"topic": t} for t in TOPICS), {"list": "x"}]
LEAVES = [*TOPIC_LEAVES, AREA, SPANISH, IMPORTED, MIXED, READS, SILENT, FROZEN, *DELIVERIES]
EXPRESSIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"except": st.lists(inner, min_size=2, max_size=3)}),
    ),
    max_leaves=10,
)


def by_sets(expression: Mapping[str, Any], people: Mapping[str, Someone]) -> set[str]:
    """What an expression means, by Python's own sets."""
    ((kind, value),) = expression.items()
    match kind:
        case "any":
            return set().union(*(by_sets(part, people) for part in value))
        case "all":
            return set.intersection(*(by_sets(part, people) for part in value))
        case "except":
            return by_sets(value[0], people).difference(*(by_sets(part, people) for part in value[1:]))
        case "topic" | "list":
            return {
                i for i, p in people.items() if (value if kind == "topic" else f"list:{value}") in p.topics
            }
        case "area":
            return {i for i, p in people.items() if p.inside}
        case "deliveries":
            return {i for i, p in people.items() if value["state"] in p.states}
        case "snapshot":
            return {i for i, p in people.items() if p.frozen}
    tests = {
        "s": lambda p: p.language == "es",
        "i": lambda p: p.source == "import",
        "m": lambda p: p.language != "es" and p.source != "import",
        "r": lambda p: p.read == "lately",
        "q": lambda p: p.read == "long ago" and p.source != "import",
    }
    return {i for i, p in people.items() if tests[value["id"]](p)}


def row(subscriber_id: str, person: Someone, source: str) -> Row:
    return Row(
        subscriber_id=subscriber_id,
        email="a@city.example",
        sms=None,
        channels=("email",),
        cadence="immediate",
        language=person.language,
        time_zone="UTC",
        name=source,
        blocks=(),
        places=(INSIDE if person.inside else OUTSIDE,),
        sources=(person.source,) if source == "_all" else (),
    )


def habit(subscriber_id: str, person: Someone) -> Habit:
    """Of who read something: on day 40 or on day 20, with five messages since."""
    day = 40 if person.read == "lately" else 20
    return Habit(subscriber_id, 0, 50, opened={"email": day}, sent={"email": 50}, unread={"email": 5})


def is_listed(person: Someone, to: Listed) -> bool:
    return person.frozen if isinstance(to, Snapshot) else to.state in person.states


@dataclass
class Fake:
    """Streams over people held in memory; `page` rows are read at a time, and `between` runs before each."""

    people: dict[str, Someone]
    page: int = 3
    between: Any = None
    read: int = field(default=0)

    def rows(self, source: str, shard: int, after: str | None) -> Iterator[Row]:
        return (
            row(i, p, source) for i, p in self._pages(shard, after, lambda p: source in {*p.topics, "_all"})
        )

    def listed(self, to: Listed, shard: int, after: str | None) -> Iterator[str]:
        return (i for i, _ in self._pages(shard, after, lambda p: is_listed(p, to)))

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        return {i: row(i, self.people[i], "_all") for i in subscriber_ids if i in self.people}

    def habits(self, subscriber_ids: Sequence[str]) -> Mapping[str, Habit]:
        known = {i: self.people[i] for i in subscriber_ids if i in self.people}
        return {i: habit(i, one) for i, one in known.items() if one.read}

    def _pages(self, shard: int, after: str | None, has: Any) -> Iterator[tuple[str, Someone]]:
        while True:
            if self.between:
                self.between()
            here = sorted(i for i, p in self.people.items() if shard_of(i) == shard and has(p))
            page = [(i, self.people[i]) for i in here if after is None or i > after][: self.page]
            self.read += len(page)
            yield from page
            if len(page) < self.page:
                return
            after = page[-1][0]


def everyone(
    expression: Mapping[str, Any], reading: Fake, *, shard: int = 0, after: str | None = None
) -> Iterator[tuple[int, Match]]:
    """The audience over this shard, from `after` on, and all that follow it."""
    audience = compiled(expression)
    for current in range(shard, SHARDS):
        for match in members(audience, reading, shard=current, after=after if current == shard else None):
            yield current, match


@settings(deadline=None)
@given(EXPRESSIONS, PEOPLE)
def test_a_stream_is_the_set_that_its_expression_means(
    expression: dict[str, Any], people: dict[str, Someone]
) -> None:
    found = [match for _, match in everyone(expression, Fake(people))]
    assert [match.subscriber_id for match in found] == sorted(by_sets(expression, people))
    for match in found:
        assert match.rows
        assert match.topics == tuple(one.name for one in match.rows)
        assert {one.subscriber_id for one in match.rows} == {match.subscriber_id}


@settings(deadline=None)
@given(EXPRESSIONS, PEOPLE, st.integers(0, 40))
def test_a_stream_goes_on_from_any_place(
    expression: dict[str, Any], people: dict[str, Someone], stop: int
) -> None:
    whole = list(everyone(expression, Fake(people)))
    first = whole[:stop]
    shard, after = (first[-1][0], first[-1][1].subscriber_id) if first else (0, None)
    rest = list(everyone(expression, Fake(people), shard=shard, after=after))
    assert [m.subscriber_id for _, m in first + rest] == [m.subscriber_id for _, m in whole]


@settings(deadline=None)
@given(PEOPLE)
def test_a_person_of_several_topics_comes_once_with_all_rows(people: dict[str, Someone]) -> None:
    expression = {"any": [{"topic": topic} for topic in TOPICS]}
    for shard, match in everyone(expression, Fake(people)):
        assert 0 <= shard < SHARDS
        assert sorted(match.topics) == sorted(people[match.subscriber_id].topics & set(TOPICS))


@settings(deadline=None)
@given(EXPRESSIONS, st.dictionaries(NEAR, SOMEONE, max_size=30), st.lists(CHANGE, max_size=30))
def test_while_people_change_nobody_comes_twice_and_who_stays_is_not_missed(
    expression: dict[str, Any],
    people: dict[str, Someone],
    changes: list[tuple[str, Someone | None] | None],
) -> None:
    """Whoever does not change is in exactly if the sets say so; whoever does, at most once."""
    reading = Fake(dict(people), page=2)
    coming, changed = iter(changes), set[str]()

    def between() -> None:
        if not (what := next(coming, None)):
            return
        subscriber_id, now = what
        changed.add(subscriber_id)
        if now is None:
            reading.people.pop(subscriber_id, None)
        else:
            reading.people[subscriber_id] = now

    reading.between = between
    found = [match.subscriber_id for _, match in everyone(expression, reading)]
    assert len(found) == len(set(found))
    assert found == sorted(found)
    assert set(found) - changed == by_sets(expression, people) - changed


def test_an_intersection_ends_with_its_shortest_part() -> None:
    people = {f"00{n:030x}": Someone(frozenset({"a"} if n else {"a", "b"})) for n in range(500)}
    reading = Fake(people)
    assert len(list(everyone({"all": [{"topic": "a"}, {"topic": "b"}]}, reading))) == 1
    assert reading.read < 20


MILLION = 1_000_000
ENGAGED = {"any": [{"except": [{"all": [{"topic": "a"}, READS]}, FROZEN]}, {"all": [SILENT, SPANISH]}]}
DEEP = {
    "except": [
        {"any": [{"all": [{"topic": "a"}, AREA]}, {"topic": "b"}, *DELIVERIES]},
        {"all": [{"topic": "c"}, SPANISH]},
        IMPORTED,
    ]
}


class Synthetic:
    """A million people made up as they are read: what is known of each follows from the id.

    Where they are `restless`, one in ten is somebody else at every reading.
    """

    def __init__(self, *, restless: bool) -> None:
        self._restless = restless
        self._readings = 0

    def rows(self, source: str, shard: int, after: str | None) -> Iterator[Row]:
        for i, p in self._people(shard, after):
            if source in p.topics or source == "_all":
                yield row(i, p, source)

    def listed(self, to: Listed, shard: int, after: str | None) -> Iterator[str]:
        return (i for i, p in self._people(shard, after) if is_listed(p, to))

    def find(self, subscriber_ids: Sequence[str]) -> Mapping[str, Row]:
        return {i: row(i, self._present(i), "_all") for i in subscriber_ids}

    def habits(self, subscriber_ids: Sequence[str]) -> Mapping[str, Habit]:
        return {i: habit(i, one) for i in subscriber_ids if (one := self._present(i)).read}

    def _present(self, subscriber_id: str) -> Someone:
        if not self._restless or steady(subscriber_id):
            return person_of(subscriber_id)
        self._readings += 1
        return PATTERNS[self._readings % len(PATTERNS)]

    def _people(self, shard: int, after: str | None) -> Iterator[tuple[str, Someone]]:
        for n in range(MILLION // SHARDS):
            subscriber_id = id_of(shard, n)
            if after is None or subscriber_id > after:
                yield subscriber_id, self._present(subscriber_id)


def steady(subscriber_id: str) -> bool:
    return int(subscriber_id[:10], 16) % 10 != 3


def id_of(shard: int, n: int) -> str:
    return f"{shard << 2:02x}{n:08x}" + "0" * 22


PATTERNS = [
    replace(
        Someone(frozenset(t for t in TOPICS if draw.random() < 0.3)),
        language=draw.choice(["en", "es"]),
        inside=draw.random() < 0.2,
        source=draw.choice(["page", "page", "import"]),
        states=frozenset(s for s in STATES if draw.random() < 0.1),
        read=draw.choice(["", "lately", "long ago"]),
        frozen=draw.random() < 0.2,
    )
    for draw in [random.Random(7)]
    for _ in range(997)
]


def person_of(subscriber_id: str) -> Someone:
    return PATTERNS[int(subscriber_id[:10], 16) % len(PATTERNS)]


@pytest.mark.soak
@pytest.mark.parametrize("expression", [DEEP, ENGAGED], ids=["deep", "engaged"])
@pytest.mark.parametrize("restless", [False, True], ids=["still", "changing"])
def test_a_million_rows_take_no_more_memory_than_a_shard(expression: dict[str, Any], restless: bool) -> None:
    """Python holds less than 1 MiB at any moment; of those who stay, the set is exact. Nobody comes twice."""
    matching = by_sets(expression, {str(n): one for n, one in enumerate(PATTERNS)})
    audience, reading = compiled(expression), Synthetic(restless=restless)
    wrong, count = 0, 0
    tracemalloc.start()
    for shard in range(SHARDS):
        last = ""
        for match in members(audience, reading, shard=shard, after=None):
            pattern = str(int(match.subscriber_id[:10], 16) % len(PATTERNS))
            stays = not restless or steady(match.subscriber_id)
            wrong += match.subscriber_id <= last or (stays and pattern not in matching)
            last = match.subscriber_id
            count += stays
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    everybody = (id_of(shard, n) for shard in range(SHARDS) for n in range(MILLION // SHARDS))
    expected = sum(
        str(int(i[:10], 16) % len(PATTERNS)) in matching for i in everybody if not restless or steady(i)
    )
    print(f"{count:,} of {MILLION:,}; peak {peak:.2f} MiB", file=sys.stderr)
    assert not wrong
    assert count == expected
    assert peak < 1
