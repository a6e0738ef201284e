"""Where somebody who needs help is."""

from dataclasses import replace

import pytest

from chalicelib.alerts.answers.model import NOWHERE, Where
from chalicelib.alerts.answers.places import on_record, told
from chalicelib.alerts.cap.model import Area, Circle, Point
from chalicelib.subscribers.model import Person, Place
from tests.alerts.sample import INFO, MESSAGE, alert

POLYGON = Area(
    "Elm", polygons=((Point(42.3, -71.1), Point(42.4, -71.1), Point(42.4, -71.0), Point(42.3, -71.1)),)
)
CIRCLE = Area("Elm", circles=(Circle(Point(42.36, -71.06), 2.0),))
INSIDE, OUTSIDE = Place(42.361, -71.06), Place(40.0, -71.06)


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [
        ("", "", NOWHERE),
        ("12 Elm", "", Where("12 Elm", source="typed")),
        ("", "42.36,-71.06", Where("", 42.36, -71.06, "device")),
        ("Roof", "-1,180", Where("Roof", -1.0, 180.0, "device")),
        ("Roof", "91,0", None),
        ("Roof", "1,181", None),
        ("Roof", "nan,0", None),
        ("Roof", "1;2", None),
    ],
)
def test_a_form_tells_a_place(text: str, position: str, found: Where | None) -> None:
    assert told(text, position) == found


@pytest.mark.parametrize("area", [POLYGON, CIRCLE])
def test_of_a_persons_places_the_one_in_the_area_is_taken(area: Area) -> None:
    flood = alert(message=replace(MESSAGE, infos=(replace(INFO, areas=(area,)),)))
    person = Person("a" * 32, "", "en", "UTC", {}, {}, {}, 1, "", {"home": OUTSIDE, "work": INSIDE})
    assert on_record(person, flood) == Where("", 42.361, -71.06, "work")
    assert on_record(replace(person, places={"home": OUTSIDE}), flood) == NOWHERE
