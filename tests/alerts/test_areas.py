"""The areas of an alert: what is refused, what they are together, and that CAP says the same."""

from dataclasses import replace
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts import areas
from chalicelib.alerts.areas import Known, from_cap, passed_over, resolved, to_cap
from chalicelib.alerts.cap.model import Area, Circle, Named, Point
from chalicelib.core.errors import InvalidFields
from chalicelib.core.geometry import MAX_POINTS, contains
from chalicelib.subscribers import areas as saved
from chalicelib.subscribers.geocodes import geocode
from chalicelib.subscribers.model import Place
from tests.alerts.sample import CIRCLE, INFO
from tests.core import rays
from tests.core.rays import star, wrapped

SQUARE = {"polygon": [[42.0, -71.0], [42.0, -70.0], [43.0, -70.0], [43.0, -71.0]]}
RING = [[-71.0, 42.0], [-70.0, 42.0], [-70.0, 43.0], [-71.0, 43.0], [-71.0, 42.0]]
COUNTY = {"type": "Polygon", "coordinates": [RING]}
POINT = {"type": "Point", "coordinates": [-71.06, 42.36]}
WORDS = {"description": "Elm Street"}
BOTH = {"en": "Old Town", "es": "Casco antiguo"}

KNOWN = Known(
    areas={"old-town": saved.Area("old-town", "named", BOTH, Place(42.5, -70.5), {"SAME": ["025025"]})},
    shapes={"old-town": COUNTY, "hall": POINT},
    codes={geocode("SAME", "025025"): {"suffolk": COUNTY, "islands": CIRCLE}},
)


class Refused(NamedTuple):
    name: str
    areas: Any
    pointer: str


REFUSED = [
    Refused("nothing", None, "/areas"),
    Refused("no area", [], "/areas"),
    Refused("too many", [{**WORDS, **CIRCLE}] * (areas.MAX_AREAS + 1), "/areas"),
    Refused("a text", ["Elm Street"], "/areas/0"),
    Refused("words alone", [WORDS], "/areas/0"),
    Refused("another field", [{**WORDS, **CIRCLE, "radius": 3}], "/areas/0/radius"),
    Refused("no words", [CIRCLE], "/areas/0/description"),
    Refused("empty words", [{**CIRCLE, "description": {"en": " "}}], "/areas/0/description"),
    Refused("words in no language", [{**CIRCLE, "description": {}}], "/areas/0/description"),
    Refused("latitude 999", [{**WORDS, "polygon": [[0, 0], [999, 0], [1, 1]]}], "/areas/0/polygon/1"),
    Refused("crossing itself", [{**WORDS, "polygon": [[0, 0], [1, 1], [0, 1], [1, 0]]}], "/areas/0/polygon"),
    Refused("an id and borders", [{**WORDS, **CIRCLE, "area": "old-town"}], "/areas/0/area"),
    Refused("an id that is none", [{"area": 3.5}], "/areas/0/area"),
    Refused("an empty id", [{"area": ""}], "/areas/0/area"),
    Refused("codes that are none", [{**WORDS, "geocodes": {"SAME": ["25"]}}], "/areas/0/geocodes/SAME/0"),
    Refused("a height in words", [{**WORDS, **CIRCLE, "ceiling": "high"}], "/areas/0/ceiling"),
]


@pytest.mark.parametrize("example", REFUSED, ids=lambda e: e.name)
def test_what_is_no_area_is_refused_by_its_place(example: Refused) -> None:
    assert [error.pointer for error in areas.errors(example.areas)] == [example.pointer]


def test_what_is_well_formed_is_taken() -> None:
    codes = {"SAME": ["025025"], "UGC": ["MAC025"]}
    given: list[dict[str, Any]] = [
        {**WORDS, **SQUARE, "geocodes": codes, "ceiling": 1000.5},
        {"area": "old-town"},
    ]
    assert areas.errors([*given, {"description": BOTH, "union": [SQUARE, CIRCLE]}]) == []


UNRESOLVED = [
    Refused("no area", [], "/areas"),
    Refused("words alone", [WORDS], "/areas/0"),
    Refused("an area that is gone", [CIRCLE, {"area": "gone"}], "/areas/1/area"),
    Refused("a point", [{"area": "hall"}], "/areas/0/area"),
    Refused("an unknown code", [{"geocodes": {"SAME": ["025025", "025000"]}}], "/areas/0/geocodes"),
    Refused("a system", [{"geocodes": {"SAME": ["025025"], "UGC": ["MAZ015"]}}], "/areas/0/geocodes"),
    Refused("a polygon of CAP that crosses itself", [{"polygon": [[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]}],
            "/areas/0/polygon"),
]  # fmt: skip


@pytest.mark.parametrize("example", UNRESOLVED, ids=lambda e: e.name)
def test_an_area_that_is_not_known_whole_is_refused(example: Refused) -> None:
    with pytest.raises(InvalidFields) as refused:
        resolved(example.areas, KNOWN)
    assert [error.pointer for error in refused.value.errors] == [example.pointer]


def test_each_unknown_code_is_named() -> None:
    with pytest.raises(InvalidFields) as refused:
        resolved([{"geocodes": {"SAME": ["025025", "025000", "000000"]}}], KNOWN)
    (error,) = refused.value.errors
    assert "SAME 025000, SAME 000000." in error.message
    assert "025025" not in error.message


def test_an_area_is_the_union_of_all() -> None:
    north = {"polygon": [[50, 0], [51, 0], [51, 1]]}
    made = resolved([{"geocodes": {"same": ["025025"]}}, {"area": "old-town"}, {**WORDS, **north}], KNOWN)
    assert made == {"union": [COUNTY, CIRCLE, north]}
    assert resolved([CIRCLE, {**WORDS, **CIRCLE}], KNOWN) == {"union": [CIRCLE]}
    assert resolved([CIRCLE], KNOWN) == CIRCLE


def test_borders_decide_where_codes_say_the_same_place_once_more() -> None:
    warned = {**WORDS, **CIRCLE, "geocodes": {"SAME": ["025025"], "UGC": ["MAZ015"]}}
    assert resolved([warned], KNOWN) == CIRCLE
    assert passed_over([warned]) == [geocode("SAME", "025025"), geocode("UGC", "MAZ015")]
    assert passed_over([{**WORDS, "geocodes": {"SAME": ["025025"]}}]) == []


def test_an_area_of_too_many_bytes_is_refused_and_never_simplified() -> None:
    long = [{"polygon": corners(seed)} for seed in range(4)]
    with pytest.raises(InvalidFields) as refused:
        resolved(long, KNOWN)
    assert [error.pointer for error in refused.value.errors] == ["/areas"]


def corners(seed: int) -> list[list[float]]:
    return [[y, x] for y, x in star(Random(seed), (42, -71), MAX_POINTS, least=1, most=2)]


def test_cap_says_an_area_in_each_language_with_the_codes_that_it_carries() -> None:
    given: list[dict[str, Any]] = [
        {"area": "old-town", "geocodes": {"UGC": ["MAC025"]}},
        {"description": BOTH, **CIRCLE},
    ]
    old, circle = to_cap(given, KNOWN, language="es-MX")
    assert old.description == circle.description == "Casco antiguo"
    assert old.geocodes == (Named("SAME", "025025"), Named("UGC", "MAC025"))
    assert old.polygons == (tuple(Point(y, x) for x, y in RING),)
    assert circle.circles == (Circle(Point(42.36, -71.06), 2.0),)


SAID = Area(
    "Elm Street",
    polygons=(
        (Point(1, 1), Point(1, 2), Point(2, 2), Point(1, 1)),
        (Point(5, 5), Point(5, 6), Point(6, 6), Point(5, 5)),
    ),
    circles=(Circle(Point(42.36, -71.06), 2.5),),
    geocodes=(Named("SAME", "025025"), Named("SAME", "025017")),
    altitude=10.0,
    ceiling=200.0,
)


def test_an_area_of_cap_is_the_same_after_json() -> None:
    elsewhere = Area("Oak Street", circles=(Circle(Point(1.0, 1.0), 1.0),))
    alone = Area("All of the county", geocodes=(Named("SAME", "025025"),))
    english = replace(INFO, areas=(SAID, elsewhere, alone))
    spanish = replace(
        english, language="es", areas=(replace(SAID, description="Calle Elm"), elsewhere, alone)
    )
    made = from_cap([english, spanish])
    assert made[0]["description"] == {"en-US": "Elm Street", "es": "Calle Elm"}
    assert areas.errors(made) == []
    assert to_cap(made, KNOWN, language="en-US") == english.areas
    assert to_cap(made, KNOWN, language="es") == spanish.areas


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.floats(-60, 60), st.sampled_from([0, -71, 178, 180]))
def test_cap_without_holes_and_meridians_holds_the_same_points(
    seed: int, latitude: float, longitude: float
) -> None:
    random = Random(seed)
    rings = [star(random, (latitude, longitude), 40, least=2, most=6)]
    for y, x in random.sample([(0.6, 0.0), (-0.3, 0.5), (-0.3, -0.5), (0.1, 0.0)], random.randint(0, 4)):
        rings.append(star(random, (latitude + y, wrapped(longitude + x)), 8, least=0.1, most=0.2))
    area = {**WORDS, **rays.geojson(rings)}
    assert areas.errors([area]) == []
    cap = to_cap([area], Known(), language="en")
    for ring in cap[0].polygons:
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
        assert max(p.longitude for p in ring) - min(p.longitude for p in ring) < 180
    inside = contains(resolved(from_cap([replace(INFO, areas=cap)]), Known()))
    for _ in range(60):
        far = random.choice([1, 7])  # among the holes, and around the whole
        y, x = latitude + random.uniform(-far, far), wrapped(longitude + random.uniform(-far, far))
        assert inside(y, x) == rays.inside(rings, y, x)


def test_the_areas_of_the_deployment_are_read_at_once(platform: Any) -> None:
    saved.put("suffolk", kind="named", name=BOTH, geometry=COUNTY, geocodes={"SAME": ["025025"]})
    saved.put("old-town", kind="named", name=BOTH, geometry=COUNTY)
    given: list[dict[str, Any]] = [{"area": "old-town"}, {**WORDS, "geocodes": {"SAME": ["025025"]}}]
    known = areas.read(given)
    assert resolved(given, known) == {"union": [COUNTY]}
    assert [one.description for one in to_cap(given, known, language="en")] == ["Old Town", "Elm Street"]
    unknown = [{**WORDS, "geocodes": {"SAME": ["025017"]}}]
    with pytest.raises(InvalidFields):
        resolved(unknown, areas.read(unknown))


def test_codes_from_elsewhere_may_be_anything_and_are_unknown_then(platform: Any) -> None:
    odd = [Named("SAME", ""), Named("", "025025"), Named("x" * 3000, "#"), Named("SAME", "9" * 3000)]
    many = [Named("grid", str(n)) for n in range(areas.MAX_GEOCODES * 2)]
    for codes in (odd, many):
        (given,) = from_cap([replace(INFO, areas=(Area("Somewhere", geocodes=tuple(codes)),))])
        with pytest.raises(InvalidFields) as refused:
            resolved([given], areas.read([given]))
        (error,) = refused.value.errors
        assert error.pointer == "/areas/0/geocodes"
        assert len(error.message) < 12_000
    assert "and 380 more" in error.message
