"""Who gets an alert, and in which order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.audience import bands, expression, without_a_place
from chalicelib.core.errors import InvalidFields
from chalicelib.core.geometry import distance_km
from chalicelib.subscribers.conditions import PERSONAL
from chalicelib.subscribers.model import Row
from tests.alerts.sample import CIRCLE

OPTED_IN = {"life_safety": True}
TOPICS = {"any": [OPTED_IN, {"topic": "flood"}, {"topic": "fire"}]}
UNPLACED = {"placed": False}


def test_people_in_the_area_get_it_who_opted_in_or_have_a_topic() -> None:
    here = {"area": CIRCLE}
    assert expression(CIRCLE, topics=(), without_place=False) == {"all": [OPTED_IN, here]}
    assert expression(CIRCLE, topics=("flood", "fire"), without_place=True) == {
        "all": [TOPICS, {"any": [here, UNPLACED]}]
    }
    assert without_a_place(("flood", "fire")) == {"all": [TOPICS, UNPLACED]}


@pytest.mark.parametrize("area", [None, {}])
@pytest.mark.parametrize("choice", [None, 1, "yes"])
def test_no_area_and_no_choice_fail_closed(area: Any, choice: Any) -> None:
    with pytest.raises(InvalidFields) as refused:
        expression(area, topics=("flood",), without_place=choice)
    assert [error.pointer for error in refused.value.errors] == ["/areas", "/without_place"]
    with pytest.raises(InvalidFields):
        expression(area, topics=(), without_place=True)


def edges(made: Any) -> list[tuple[float, float | None]]:
    return [(one["near"]["from_km"], one["near"].get("to_km")) for one in made]


def test_there_are_as_many_bands_as_the_area_fills() -> None:
    assert edges(bands(CIRCLE)) == [(0, 1), (1, None)]
    wide = {"circle": {**CIRCLE["circle"], "radius_km": 30.5}}
    assert edges(bands(wide)) == [(0, 1), (1, 3), (3, 10), (10, 30), (30, None)]
    small = {"circle": {**CIRCLE["circle"], "radius_km": 0.8}}
    assert edges(bands(small)) == [(0, None)]
    assert edges(bands(small, (42.45, -71.06)))[-1] == (10, None)


def test_distances_are_from_where_the_danger_is_or_from_within_the_area() -> None:
    for band in bands(CIRCLE, (42.37, -71.0)):
        assert (band["near"]["latitude"], band["near"]["longitude"]) == (42.37, -71.0)
    square = {"polygon": [[42.0, -71.0], [42.0, -70.0], [43.0, -70.0], [43.0, -71.0]]}
    near = bands(square)[0]["near"]
    assert distance_km(near["latitude"], near["longitude"], 42.5, -70.5) < 60


@given(st.floats(0.1, 1000), st.floats(-90, 90), st.floats(-180, 180))
def test_bands_follow_each_other_from_nothing_to_no_end(
    radius: float, latitude: float, longitude: float
) -> None:
    made = edges(bands({"circle": {**CIRCLE["circle"], "radius_km": radius}}, (latitude, longitude)))
    assert made[0][0] == 0
    assert made[-1][1] is None
    assert [end for _, end in made[:-1]] == [start for start, _ in made[1:]]


@given(st.floats(0.1, 500), st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=3))
def test_everybody_is_in_one_band(radius: float, places: list[tuple[float, float]]) -> None:
    told = tuple(f"place{n}:{latitude},{longitude}" for n, (latitude, longitude) in enumerate(places))
    person = Row("a" * 32, "a@b.c", None, ("email",), "immediate", "en", "UTC", "", (), places=told)
    made = bands({"circle": {**CIRCLE["circle"], "radius_km": radius}})
    assert sum(PERSONAL["near"](one["near"])(person) for one in made) == 1
