"""Areas: what is refused and where, and which points they hold."""

import math
import subprocess
import sys
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.geometry import MAX_POINTS, area_errors, contains, distance_km, point_in, reach_km
from tests.core import rays
from tests.core.rays import star, wrapped

SQUARE = {"polygon": [[42.0, -71.0], [42.0, -70.0], [43.0, -70.0], [43.0, -71.0]]}
RING = [[-71.0, 42.0], [-70.0, 42.0], [-70.0, 43.0], [-71.0, 43.0], [-71.0, 42.0]]
HOLE = [[-70.6, 42.4], [-70.6, 42.6], [-70.4, 42.6], [-70.4, 42.4], [-70.6, 42.4]]
FAR = [[[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 50.0]]]
CIRCLE = {"circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 5}}

FIJI = {"polygon": [[-18, 179], [-18, -178.5], [-16, -178.5], [-16, 179]]}
FIJI_RING = {
    "type": "Polygon",
    "coordinates": [
        [[179, -18], [-178.5, -18], [-178.5, -16], [179, -16], [179, -18]],
        [[-179.5, -17.5], [179.5, -17.5], [179.5, -16.5], [-179.5, -16.5], [-179.5, -17.5]],
    ],
}
BELT = {"polygon": [[-1, -180], [-1, 0], [-1, 180], [1, 180], [1, 0], [1, -180]]}


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
    Held("over a pole", {"circle": {"latitude": 89.9, "longitude": 10, "radius_km": 50}}, (89.8, -170), True),
    Held(
        "beside a pole", {"circle": {"latitude": 89.9, "longitude": 10, "radius_km": 50}}, (89, -170), False
    ),
    Held("over the 180th meridian, east of it", FIJI, (-17, -179.5), True),
    Held("over the 180th meridian, west of it", FIJI, (-17, 179.5), True),
    Held("on it, as people in the east call it", FIJI, (-17, 180), True),
    Held("on it, as people in the west call it", FIJI, (-17, -180), True),
    Held("the rest of the earth", FIJI, (-17, 0), False),
    Held("in a hole over the 180th meridian", FIJI_RING, (-17, 180), False),
    Held("beside that hole", FIJI_RING, (-17, -178.8), True),
    Held(
        "up to it, as people call it on the other side",
        {"polygon": [[0, 179], [1, 179], [1, 180], [0, 180]]},
        (0.5, -180),
        True,
    ),
    Held("a belt around the earth", BELT, (0, 90), True),
    Held("north of the belt", BELT, (2, 90), False),
    Held("the first of a union", {"union": [SQUARE, CIRCLE, FIJI]}, (42.5, -70.5), True),
    Held("the circle of a union", {"union": [SQUARE, CIRCLE, FIJI]}, (42.36, -71.06), True),
    Held("the last of a union", {"union": [SQUARE, CIRCLE, FIJI]}, (-17, -179.5), True),
    Held("none of a union", {"union": [SQUARE, CIRCLE, FIJI]}, (10, 10), False),
    Held("where two of a union overlap", {"union": [SQUARE, SQUARE]}, (42.5, -70.5), True),
]


@pytest.mark.parametrize("example", HELD, ids=lambda e: e.name)
def test_an_area_holds(example: Held) -> None:
    assert area_errors(example.area, pointer="") == []
    assert contains(example.area)(*example.point) is example.inside


class Refused(NamedTuple):
    name: str
    area: Any
    pointer: str


def geojson(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


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
    Refused("around a pole", {"polygon": [[80, -120], [80, 0], [80, 120]]}, "/a/polygon"),
    Refused(
        "along a pole",
        geojson([[-180, -90], [180, -90], [180, -60], [0, -70], [-180, -60], [-180, -90]]),
        "/a/coordinates",
    ),
    Refused(
        "more than around the earth",
        {"polygon": [[0, 0], [0, 170], [0, -20], [1, 150], [1, 0]]},
        "/a/polygon",
    ),
    Refused(
        "crossing itself beyond 180", {"polygon": [[0, 179], [1, -179], [1, 179], [0, -179]]}, "/a/polygon"
    ),
    Refused("a union of nothing", {"union": []}, "/a/union"),
    Refused("a union of unions", {"union": [{"union": [SQUARE]}]}, "/a/union/0/union"),
    Refused("a wrong part", {"union": [SQUARE, circle(latitude=999)]}, "/a/union/1/circle"),
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
        | st.dictionaries(st.sampled_from(["circle", "polygon", "type", "coordinates", "union"]), inner)
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


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.floats(-60, 60), st.sampled_from([0, 90, 178, 180, -179.5]))
def test_an_area_holds_what_rays_say(seed: int, latitude: float, longitude: float) -> None:
    """Any polygon with a hole, anywhere but at the poles, also over the 180th meridian."""
    random = Random(seed)
    outer = star(random, (latitude, longitude), random.randint(4, 30), least=2, most=6)
    hole = star(random, (latitude, longitude), random.randint(4, 10), least=0.1, most=0.9)
    area = rays.geojson([outer, hole])
    assert area_errors(area, pointer="") == []
    inside = contains(area)
    for _ in range(40):
        y, x = latitude + random.uniform(-7, 7), wrapped(longitude + random.uniform(-7, 7))
        assert inside(y, x) == rays.inside([outer, hole], y, x)
        assert reach_km(area, latitude, longitude) * 1.001 >= distance_km(
            latitude, longitude, y, x
        ) or not inside(y, x)


def test_a_point_in_an_area_over_the_180th_meridian_lies_in_it() -> None:
    for area in (FIJI, FIJI_RING, {"union": [FIJI_RING, CIRCLE]}):
        assert contains(area)(*point_in(area))


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
