"""Areas: GeoJSON in, a name to pick or a postcode to type, and a place that lies in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Conflict, InvalidFields, NotFound
from chalicelib.core.geometry import area_errors, contains, point_in
from chalicelib.subscribers import areas
from chalicelib.subscribers import geocodes as codes
from chalicelib.subscribers.geocodes import geocode
from chalicelib.subscribers.model import Place

SQUARE = [[-71.07, 42.35], [-71.05, 42.35], [-71.05, 42.37], [-71.07, 42.37], [-71.07, 42.35]]
HOLE = [[-71.065, 42.355], [-71.055, 42.355], [-71.055, 42.365], [-71.065, 42.365], [-71.065, 42.355]]
OLD_TOWN = {"type": "Polygon", "coordinates": [SQUARE]}
RING = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
NAME = {"en": "Old Town", "es": "Casco antiguo"}

pytestmark = pytest.mark.usefixtures("platform")


def put(area_id: str, kind: str = areas.NAMED, geometry: Any = OLD_TOWN) -> areas.Area:
    return areas.put(area_id, kind=kind, name=NAME, geometry=geometry)


def test_an_area_is_saved_replaced_listed_and_deleted() -> None:
    put("old-town", geometry={"type": "Point", "coordinates": [-71.06, 42.36]})
    saved = put("old-town")
    put("02110", areas.POSTCODE)
    assert areas.get("old-town") == saved
    assert [one.id for one in areas.offered()] == ["old-town"]
    assert areas.has_postcodes()
    assert areas.shapes(["old-town", "no-such"]) == {"old-town": OLD_TOWN}
    areas.delete("02110")
    assert not areas.has_postcodes()
    with pytest.raises(NotFound):
        areas.delete("02110")
    assert areas.shapes(["02110"]) == {}


def test_whoever_picks_an_area_has_a_place_in_it() -> None:
    put("ring", geometry=RING)
    place = areas.place_of(area_id="ring")
    assert place is not None
    assert contains(RING)(place.latitude, place.longitude)


def test_a_point_is_the_place() -> None:
    put("city-hall", geometry={"type": "Point", "coordinates": [-71.0579, 42.3604]})
    assert areas.place_of(area_id="city-hall") == Place(42.3604, -71.0579)


TYPED = ["02110", " 02110 ", "02110-1234", "02110 1234"]


@pytest.mark.parametrize("typed", TYPED)
def test_a_postcode_is_found_as_people_type_it(typed: str) -> None:
    put("02110", areas.POSTCODE)
    assert areas.place_of(postcode=typed, area_id="no-such") is not None


@pytest.mark.parametrize(("typed", "whole"), [("SW1A 1AA", True), ("sw1a1aa", True), ("SW1A 2BB", False)])
def test_the_longest_postcode_that_is_known_is_meant(typed: str, whole: bool) -> None:
    put("sw1a", areas.POSTCODE)
    exact = put("sw1a1aa", areas.POSTCODE, {"type": "Point", "coordinates": [-0.14, 51.5]})
    assert (areas.place_of(postcode=typed) == exact.place) is whole


@pytest.mark.parametrize("typed", ["99999", "021", "---", "old-town", "0" * 500])
def test_a_postcode_that_is_unknown_is_told_so(typed: str) -> None:
    put("02110", areas.POSTCODE)
    put("old-town")
    with pytest.raises(InvalidFields) as refused:
        areas.place_of(postcode=typed)
    assert refused.value.errors[0].pointer == "/postcode"


def test_nothing_typed_is_no_place_and_what_is_gone_is_told() -> None:
    assert areas.place_of(area_id="", postcode=" ") is None
    with pytest.raises(InvalidFields) as refused:
        areas.place_of(area_id="gone")
    assert refused.value.errors[0].pointer == "/area"


REFUSED = {
    "no type": ({"circle": {}}, "/geometry/type"),
    "a line": ({"type": "LineString", "coordinates": SQUARE}, "/geometry/type"),
    "a point of three": ({"type": "Point", "coordinates": [1, 2, 3]}, "/geometry/coordinates"),
    "a point off the earth": ({"type": "Point", "coordinates": [1, 92]}, "/geometry/coordinates"),
    "a point with more": ({"type": "Point", "coordinates": [1, 2], "bbox": []}, "/geometry/coordinates"),
    "an open ring": ({"type": "Polygon", "coordinates": [SQUARE[:-1]]}, "/geometry/coordinates/0"),
    "nothing": (None, "/geometry"),
}


@pytest.mark.parametrize(("geometry", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_geometry_is_refused_and_saves_nothing(geometry: Any, pointer: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        put("wrong", geometry=geometry)
    assert refused.value.errors[0].pointer == pointer
    assert areas.get_all(["wrong"]) == {}


def test_a_postcodes_id_is_what_it_is_compared_by() -> None:
    with pytest.raises(InvalidFields):
        put("sw1a-1aa", areas.POSTCODE)


degrees = st.floats(-5, 5).map(lambda number: round(number, 4))


@given(st.lists(st.tuples(degrees, degrees), min_size=3, max_size=12))
def test_the_point_of_any_sound_area_lies_in_it(corners: list[tuple[float, float]]) -> None:
    ring = [list(one) for one in [*corners, corners[0]]]
    area = {"type": "Polygon", "coordinates": [ring]}
    if not area_errors(area, pointer=""):
        assert contains(area)(*point_in(area))


def test_an_area_is_found_by_each_code_that_it_carries() -> None:
    codes = {"SAME": ["025025", "025017"], "UGC": ["mac025"]}
    areas.put("suffolk", kind=areas.NAMED, name=NAME, geometry=OLD_TOWN, geocodes=codes)
    areas.put("ring", kind=areas.NAMED, name=NAME, geometry=RING, geocodes={"SAME": ["025017"]})
    wanted = [geocode("SAME", "025025"), geocode("same", " 025017"), geocode("UGC", "MAC025")]
    assert areas.by_geocodes([*wanted, geocode("SAME", "025000")]) == {
        wanted[0]: {"suffolk": OLD_TOWN},
        wanted[1]: {"suffolk": OLD_TOWN, "ring": RING},
        wanted[2]: {"suffolk": OLD_TOWN},
    }
    assert areas.get("suffolk").geocodes == codes


def test_a_code_that_was_taken_from_an_area_names_it_no_longer() -> None:
    areas.put("suffolk", kind=areas.NAMED, name=NAME, geometry=OLD_TOWN, geocodes={"SAME": ["025025"]})
    areas.put("suffolk", kind=areas.NAMED, name=NAME, geometry=RING, geocodes={"SAME": ["025021"]})
    found = areas.by_geocodes([geocode("SAME", "025025"), geocode("SAME", "025021")])
    assert found == {geocode("SAME", "025021"): {"suffolk": RING}}
    areas.delete("suffolk")
    assert areas.by_geocodes(list(found)) == {}


def test_a_postcode_is_a_code_of_itself_unless_it_is_a_point() -> None:
    put("02110", areas.POSTCODE)
    put("02111", areas.POSTCODE, {"type": "Point", "coordinates": [-71.06, 42.35]})
    typed = [geocode("Postcode", "02-110"), geocode("postcode", "02111")]
    assert areas.by_geocodes(typed) == {typed[0]: {"02110": OLD_TOWN}}


def test_more_areas_are_found_at_once_than_one_read_takes() -> None:
    many = {geocode("X", str(n)): f"area-{n}" for n in range(areas.MAX_READ + 1)}
    for code, area_id in many.items():
        areas.put(area_id, kind=areas.NAMED, name=NAME, geometry=OLD_TOWN, geocodes={"X": [code.value]})
    assert areas.by_geocodes(many) == {code: {area_id: OLD_TOWN} for code, area_id in many.items()}


def test_of_two_who_change_an_area_at_once_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    areas.put("suffolk", kind=areas.NAMED, name=NAME, geometry=OLD_TOWN, geocodes={"SAME": ["025025"]})
    move = codes.move

    def meanwhile(*of: Any, **how: Any) -> None:
        monkeypatch.setattr(codes, "move", move)
        areas.put("suffolk", kind=areas.NAMED, name=NAME, geometry=OLD_TOWN, geocodes={"SAME": ["025017"]})
        move(*of, **how)

    monkeypatch.setattr(codes, "move", meanwhile)
    with pytest.raises(Conflict):
        areas.put("suffolk", kind=areas.NAMED, name=NAME, geometry=RING, geocodes={"SAME": ["025021"]})
    assert areas.shapes(["suffolk"]) == {"suffolk": OLD_TOWN}
    assert list(areas.by_geocodes([geocode("SAME", n) for n in ("025017", "025021", "025025")])) == [
        geocode("SAME", "025017")
    ]


def test_a_point_carries_no_code() -> None:
    point = {"type": "Point", "coordinates": [-71.06, 42.36]}
    with pytest.raises(InvalidFields) as refused:
        areas.put("city-hall", kind=areas.NAMED, name=NAME, geometry=point, geocodes={"SAME": ["025025"]})
    assert [error.pointer for error in refused.value.errors] == ["/properties/geocodes"]
