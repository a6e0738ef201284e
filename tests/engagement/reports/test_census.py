"""The census against the people whom it counts."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core import ids
from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from chalicelib.engagement.reports import keep
from chalicelib.engagement.reports.census import Census, census_of
from chalicelib.engagement.reports.count import silence, take
from chalicelib.subscribers import areas, topics
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Place, Wishes
from chalicelib.subscribers.suppressions import suppress
from infra.platform.platform import Platform
from tests.subscribers.conftest import NOW, Clock, person, write

SQUARE = [[-71.07, 42.35], [-71.05, 42.35], [-71.05, 42.37], [-71.07, 42.37], [-71.07, 42.35]]
THERE, ELSEWHERE = Place(42.36, -71.06), Place(40.0, -70.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wiring(platform: Platform, clock: Clock) -> Wiring:
    assert platform is not None
    return Wiring(settings=settings(), clock=clock)


def people(wiring: Wiring, number: int) -> None:
    """A third has a place in the square, a quarter speaks Spanish, a fifth has no topic."""
    for one in range(number):
        made = person(id=ids.random_id(), email=f"p{one}@city.example", roads=("email",))
        if one % 5 == 0:
            made = replace(made, topics={})
        places = {"home": THERE if one % 3 == 0 else ELSEWHERE}
        wishes = Wishes(paused_until="2099-01-01") if one == 1 else made.wishes
        language = "es" if one % 4 == 0 else "en"
        write(replace(made, language=language, places=places, wishes=wishes), wiring)


def test_it_counts_everybody_once_however_often_it_is_cut_short(wiring: Wiring, clock: Clock) -> None:
    areas.put(
        "a-point", kind="named", name={"en": "P"}, geometry={"type": "Point", "coordinates": [-71.06, 42.36]}
    )
    areas.put(
        "old-town",
        kind="named",
        name={"en": "Old Town"},
        geometry={"type": "Polygon", "coordinates": [SQUARE]},
    )
    topics.create(topics.Topic("roads", {"en": "Roads"}, {}, "works", "City", topics.OPEN), now=NOW)
    people(wiring, 30)
    suppress(
        "email",
        "p2@city.example",
        reason="bounce",
        scope="*",
        source="t",
        by="system",
        now=NOW,
        wiring=wiring,
    )
    steps = iter([100.0] * 20 + [0.0] + [100.0] * 30 + [0.0])
    for _ in range(2):
        take(left=lambda: next(steps), wiring=wiring)
        assert keep.census_until(NOW.date()) is None
    for _ in range(2):
        take(left=lambda: 900.0, wiring=wiring)
    found = keep.census_until(NOW.date())
    assert found is not None
    day, counted = found
    assert day == "2026-11-22"
    total = counted.total()
    assert (total["people"], total["on#email"], total["unreachable"], total["paused"]) == (30, 23, 7, 1)
    assert {name: one["people"] for name, one in counted.by(0).items()} == {"en": 22, "es": 8}
    assert {name: one["people"] for name, one in counted.by(1).items()} == {"old-town": 10, "none": 20}
    assert counted.topics == {"roads": 24}
    assert counted.shut == {"email": {"bounce": 1}}
    assert counted.silent == {}
    clock.later(days=1)
    take(left=lambda: 900.0, wiring=wiring)
    later = keep.census_until(NOW.date() + timedelta(days=1))
    assert later is not None
    assert (later[0], later[1].document()) == ("2026-11-23", counted.document())


def test_a_census_reads_again_as_it_was() -> None:
    found = Census(3, {("en", "none"): Counter({"people": 2})}, Counter({"roads": 1}))
    assert census_of(found.document()) == found


@pytest.mark.parametrize(
    ("habit", "told"),
    [
        pytest.param(Habit("a", since=1, sent={"email": 150}), {"known": 1, "silent": 1}, id="silent"),
        pytest.param(
            Habit("a", since=1, sent={"email": 150}, clicked={"sms": 101}), {"known": 1}, id="clicked since"
        ),
        pytest.param(
            Habit("a", since=1, sent={"email": 150}, opened={"email": 99}),
            {"known": 1, "silent": 1},
            id="long ago",
        ),
        pytest.param(
            Habit("a", since=1, sent={"email": 150}, hidden={"email": 101}), {}, id="opens cannot be seen"
        ),
        pytest.param(
            Habit("a", since=1, sent={"email": 150}, hidden={"email": 150}, clicked={"email": 101}),
            {"known": 1},
            id="but clicks",
        ),
        pytest.param(Habit("a", since=101, sent={"email": 150}), {}, id="not known for so long"),
        pytest.param(Habit("a", since=1, sent={"email": 100}), {}, id="sent nothing since"),
        pytest.param(Habit("a", since=1), {}, id="sent nothing at all"),
    ],
)
def test_who_is_silent(habit: Habit, told: dict[str, int]) -> None:
    assert silence(habit, since=100) == told
