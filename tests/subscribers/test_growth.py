"""What growth counts is what the subscriptions say, whoever changes them and however."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import growth, people, rules
from chalicelib.subscribers.growth import counted, day_of, named, read
from chalicelib.subscribers.unsubscribe import unsubscribe
from tests.subscribers.conftest import NOW, Clock, person, write
from tests.subscribers.imports.conftest import HEADER, imported
from tests.subscribers.persons import persons

TODAY = date(2026, 11, 22)


def net(counts: dict[str, int]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for topic, what, _, number in named(counts):
        total[topic] += number if what == growth.ADDED else -number
    return {topic: number for topic, number in sorted(total.items()) if number}


def standing(wiring: Wiring) -> dict[str, int]:
    """How many rows each topic has."""
    found = wiring.dynamodb.scan(TableName=wiring.settings.table("subscriptions"))["Items"]
    rows = Counter(one["topic_shard"]["S"].rpartition("#")[0] for one in found)
    return dict(sorted(rows.items()))


@given(st.lists(persons, min_size=1, max_size=6))
def test_what_began_less_what_ended_is_what_there_is(states: list[people.Person]) -> None:
    total: Counter[str] = Counter()
    for before, after in zip([None, *states], [*states, None], strict=True):
        total += counted(before, after, source="page")
    assert net(dict(total)) == {}, "all of it ended"
    assert total["_all#added#page"] == 1 == total["_all#ended#page"]
    for topic in {topic for state in states for topic in state.topics}:
        assert total[f"{topic}#added#page"] == total[f"{topic}#ended#page"] > 0


@pytest.mark.usefixtures("city")
def test_each_change_is_counted_once_with_its_way(wiring: Wiring, clock: Clock) -> None:
    ana = write(person(email="ana@city.example", roads=("email",), budget=("email",)), wiring)
    write(person(id="b" * 32, email="bo@city.example", roads=("email",)), wiring)
    unsubscribe(ana.id, "email", ["roads"], source="one-click", wording=None, now=NOW, wiring=wiring)
    unsubscribe(ana.id, "email", ["roads"], source="one-click", wording=None, now=NOW, wiring=wiring)
    people.change(
        ana.id,
        lambda p: rules.subscribed(p, "snow", ["email"], source="page", at="t"),
        source="page",
        wording=None,
        by="subscriber",
        now=clock.later(days=1),
        wiring=wiring,
    )
    found = read(TODAY, date(2026, 12, 31), wiring=wiring)
    assert found[TODAY] == {
        "_all#added#test": 2,
        "roads#added#test": 2,
        "budget#added#test": 1,
        "roads#ended#one-click": 1,
    }
    assert found[date(2026, 11, 23)] == {"snow#added#page": 1}
    assert read(date(2025, 12, 1), date(2026, 11, 21), wiring=wiring) == {}
    people.remove("b" * 32, source="forgotten", by="system", now=NOW, wiring=wiring)
    after = read(TODAY, TODAY, wiring=wiring)[TODAY]
    assert (after["_all#ended#forgotten"], after["roads#ended#forgotten"]) == (1, 1)
    assert net({**after, "snow#added#page": 1}) == standing(wiring)


@pytest.mark.usefixtures("city")
def test_an_import_counts_each_of_its_people_and_once_more_nobody(wiring: Wiring) -> None:
    content = HEADER + "".join(f"p{n}@city.example,,Ana,roads,form,\n" for n in range(120))
    for _ in range(2):
        imported(content, wiring)
        assert net(read(TODAY, TODAY, wiring=wiring)[TODAY]) == {"_all": 120, "roads": 120}
    assert standing(wiring) == {"_all": 120, "roads": 120}


@pytest.mark.parametrize(
    ("at", "day"),
    [
        pytest.param(datetime(2026, 11, 23, 4, 59, tzinfo=UTC), TODAY, id="late in the evening here"),
        pytest.param(datetime(2026, 11, 23, 5, 0, tzinfo=UTC), date(2026, 11, 23), id="midnight here"),
    ],
)
def test_days_are_the_agencys(at: datetime, day: date) -> None:
    assert day_of(at, time_zone="America/New_York") == day


def test_a_source_that_staff_typed_is_cut_and_parts_no_name() -> None:
    found = counted(None, person(email="a@b.example", roads=("email",)), source="a#b" + "c" * 99)
    assert {one[2] for one in named(found)} == {"a b" + "c" * 57}
