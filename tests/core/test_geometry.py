"""Areas: what is refused and where, and which points they hold."""

import math
import subprocess
import sys
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.geometry import MAX_POINTS, area_errors, contains, distance_km

SQUARE = {"polygon": [[42.0, -71.0], [42.0, -70.0], [43.0, -70.0], [43.0, -71.0]]}
RING = [[-71.0, 42.0], [-70.0, 42.0], [-70.0, 43.0], [-71.0, 43.0], [-71.0, 42.0]]
HOLE = [[-70.6, 42.4], [-70.6, 42.6], [-70.4, 42.6], [-70.4, 42.4], [-70.6, 42.4]]
FAR = [[[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 50.0]]]
CIRCLE = {"circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 5}}


class Held(NamedTuple):
    name: str
    area: dict[str, Any]
    point: tuple[float, float]
    inside: bool


HELD = [
    Held("a square", SQUARE, (42.5, -70.5), True),
    Held("its corner", SQUARE, (42.0, -71.0), True),
    Held("its border", SQUARE, (42.5, -71.0), True),
    Held("beside it", SQUARE, (42.5, -71.01), False),
    Held("latitude and longitude are not mistaken for each other", SQUARE, (-70.5, 42.5), False),
    Held("a closed list", {"polygon": [*SQUARE["polygon"], SQUARE["polygon"][0]]}, (42.5, -70.5), True),
    Held("GeoJSON", {"type": "Polygon", "coordinates": [RING]}, (42.5, -70.9), True),
    Held("in the hole", {"type": "Polygon", "coordinates": [RING, HOLE]}, (42.5, -70.5), False),
    Held("the second of two", {"type": "MultiPolygon", "coordinates": [[RING], FAR]}, (50.2, 10.9), True),
    Held("between the two", {"type": "MultiPolygon", "coordinates": [[RING], FAR]}, (45.0, -40.0), False),
    Held("a circle's centre", CIRCLE, (42.36, -71.06), True),
    Held("4.9 km north", CIRCLE, (42.36 + 4.9 / 111.195, -71.06), True),
    Held("5.1 km north", CIRCLE, (42.36 + 5.1 / 111.195, -71.06), False),
    Held(
        "over the date line",
        {"circle": {"latitude": 0, "longitude": 179.99, "radius_km": 5}},
        (0.0, -179.99),
        True,
    ),
]


@pytest.mark.parametrize("example", HELD, ids=lambda e: e.name)
def test_an_area_holds(example: Held) -> None:
    assert area_errors(example.area, pointer="") == []
    assert contains(example.area)(*example.point) is example.inside


class Refused(NamedTuple):
    name: str
    area: Any
    pointer: str


def circle(**changes: Any) -> dict[str, Any]:
    return {"circle": {**CIRCLE["circle"], **changes}}


REFUSED = [
    Refused("nothing", {}, "/a"),
    Refused("a text", "42,-71", "/a"),
    Refused("two forms", {**SQUARE, **CIRCLE}, "/a"),
    Refused("another field", {**SQUARE, "name": "x"}, "/a/name"),
    Refused("a circle without radius", {"circle": {"latitude": 1, "longitude": 1}}, "/a/circle"),
    Refused("a radius of nothing", circle(radius_km=0), "/a/circle/radius_km"),
    Refused("a radius of half the earth", circle(radius_km=20_000), "/a/circle/radius_km"),
    Refused("latitude 999", circle(latitude=999), "/a/circle"),
    Refused("latitude true", circle(latitude=True), "/a/circle"),
    Refused("latitude NaN", circle(latitude=math.nan), "/a/circle"),
    Refused("a number without end", circle(longitude=10**400), "/a/circle"),
    Refused("two points", {"polygon": [[0, 0], [1, 1]]}, "/a/polygon"),
    Refused("no list", {"polygon": 3}, "/a/polygon"),
    Refused("a point of three", {"polygon": [[0, 0], [1, 1, 1], [1, 0]]}, "/a/polygon/1"),
    Refused("a point off the earth", {"polygon": [[0, 0], [91, 0], [1, 1]]}, "/a/polygon/1"),
    Refused("crossing itself", {"polygon": [[0, 0], [1, 1], [0, 1], [1, 0]]}, "/a/polygon"),
    Refused("on one line", {"polygon": [[0, 0], [1, 1], [2, 2]]}, "/a/polygon"),
    Refused("one point thrice", {"polygon": [[1, 1], [1, 1], [1, 1]]}, "/a/polygon"),
    Refused("around the earth", {"polygon": [[0, -170], [1, -170], [1, 170], [0, 170]]}, "/a/polygon"),
    Refused("too many points", {"polygon": [[0, 0]] * (MAX_POINTS + 1)}, "/a/polygon"),
    Refused("another type", {"type": "Point", "coordinates": [0, 0]}, "/a/type"),
    Refused("a type of another kind", {"type": ["Polygon"], "coordinates": [RING]}, "/a/type"),
    Refused("no coordinates", {"type": "Polygon"}, "/a/coordinates"),
    Refused("no rings", {"type": "Polygon", "coordinates": []}, "/a/coordinates"),
    Refused("not deep enough", {"type": "MultiPolygon", "coordinates": [RING]}, "/a/coordinates/0/0"),
    Refused("an open ring", {"type": "Polygon", "coordinates": [RING[:-1]]}, "/a/coordinates/0"),
    Refused(
        "a hole outside",
        {"type": "Polygon", "coordinates": [RING, FAR[0]]},
        "/a/coordinates",
    ),
]


@pytest.mark.parametrize("example", REFUSED, ids=lambda e: e.name)
def test_an_area_is_refused_by_its_place(example: Refused) -> None:
    assert [error.pointer for error in area_errors(example.area, pointer="/a")][:1] == [example.pointer]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["circle", "polygon", "type", "coordinates", "radius_km"]), inner)
    ),
)


@settings(deadline=None)
@given(JSON)
def test_whatever_comes_is_judged(area: Any) -> None:
    if not area_errors(area, pointer=""):
        contains(area)(0.0, 0.0)


@settings(deadline=None)
@given(st.floats(-89, 89), st.floats(-179, 179), st.floats(0.1, 1000), st.floats(0, 6.28), st.floats(0, 2))
def test_a_circle_is_what_lies_within_its_radius(
    latitude: float, longitude: float, radius: float, bearing: float, part: float
) -> None:
    inside = contains({"circle": {"latitude": latitude, "longitude": longitude, "radius_km": radius}})
    step = part * radius / 111.195
    point = (latitude + step * math.cos(bearing), longitude + step * math.sin(bearing))
    if -90 <= point[0] <= 90:
        assert inside(*point) == (distance_km(latitude, longitude, *point) <= radius)


def test_shapely_is_loaded_by_the_first_polygon_only() -> None:
    script = (
        "import sys, app\n"
        "from chalicelib.core.geometry import area_errors, contains\n"
        f"contains({CIRCLE!r})(1.0, 1.0)\n"
        "assert 'shapely' not in sys.modules and 'numpy' not in sys.modules\n"
        f"area_errors({SQUARE!r}, pointer='')\n"
        "assert 'shapely' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
