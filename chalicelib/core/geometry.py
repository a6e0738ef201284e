"""Areas on the map: circles and polygons as JSON, checked, and made into a test of points (WGS 84, degrees).

    {"circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 2}}
    {"polygon": [[42.36, -71.06], [42.37, -71.06], [42.37, -71.05]]}      latitude first, as in CAP
    {"type": "Polygon", "coordinates": [[[-71.06, 42.36], …]]}            GeoJSON: longitude first, closed
    {"type": "MultiPolygon", "coordinates": […]}
    {"union": [AREA, …]}                                                  what lies in one of them

A border belongs to its area: who lives on it is told. A polygon may cross the 180th meridian (`core.shapes`).
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from chalicelib.core.errors import FieldError
from chalicelib.core.shapes import Ring, Unsound, shape_of, united

MAX_POINTS = 1_000
MAX_PARTS = 200
"""Of a union."""

MAX_RADIUS_KM = 1_000.0
EARTH_RADIUS_KM = 6371.0088
"""The mean radius (IUGG)."""

FORMS = ("circle", "polygon", "type", "union")
GEOJSON = {"Polygon": 1, "MultiPolygon": 2}
"""GeoJSON's types, and how deep their rings lie in `coordinates`."""

Contains = Callable[[float, float], bool]
"""Whether an area holds a latitude and longitude."""


def area_errors(area: Any, *, pointer: str) -> list[FieldError]:
    """What is wrong with an area, each place by its pointer; nothing for one that `contains` takes."""
    if not isinstance(area, dict) or len(area.keys() & set(FORMS)) != 1:
        return [FieldError(pointer, f"Give an object with one of {', '.join(FORMS)}.")]
    allowed = {"type", "coordinates"} if "type" in area else set(FORMS)
    found = [
        FieldError(f"{pointer}/{one}", "An area has no such field.") for one in area if one not in allowed
    ]
    if "union" in area:
        return found + list(_union_errors(area["union"], f"{pointer}/union"))
    if "circle" in area:
        return found + list(_circle_errors(area["circle"], f"{pointer}/circle"))
    if "polygon" in area:
        return found + _polygon_errors(area, f"{pointer}/polygon")
    if not isinstance(area["type"], str) or area["type"] not in GEOJSON:
        return [*found, FieldError(f"{pointer}/type", f"Taken are {', '.join(GEOJSON)}.")]
    return found + _polygon_errors(area, f"{pointer}/coordinates")


def contains(area: Mapping[str, Any]) -> Contains:
    """The test of points of an area without `area_errors`; made once, it takes about 10 µs a point."""
    circles = [_in_circle(one["circle"]) for one in parts(area) if "circle" in one]
    shapes = [shape(one) for one in parts(area) if "circle" not in one]
    tests = [*circles, *([_in_shape(united(shapes))] if shapes else [])]
    return tests[0] if len(tests) == 1 else partial(_in_one, tests)


def parts(area: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The areas of a union; of any other area, itself."""
    return list(area["union"]) if "union" in area else [area]


def shape(area: Mapping[str, Any]) -> Any:
    """The shape (longitude first) of an area of polygons. Raises Unsound."""
    return shape_of(_polygons(area))


def point_in(area: Mapping[str, Any]) -> tuple[float, float]:
    """Latitude and longitude of a point that lies in an area without `area_errors`, or of a GeoJSON Point."""
    if area.get("type") == "Point":
        longitude, latitude = area["coordinates"]
        return float(latitude), float(longitude)
    first = parts(area)[0]
    if "circle" in first:
        return float(first["circle"]["latitude"]), float(first["circle"]["longitude"])
    point = shape(first).representative_point()
    return float(point.y), float(point.x)


def reach_km(area: Mapping[str, Any], latitude: float, longitude: float) -> float:
    """How far from a position the area's furthest corner lies, or the far side of a circle, in kilometres."""
    return max(reach for one in parts(area) for reach in _reaches(one, latitude, longitude))


def position_error(latitude: Any, longitude: Any) -> str | None:
    """What is wrong with a position, or None."""
    if not _within(latitude, 90):
        return "A latitude is a number of degrees from -90 to 90."
    if not _within(longitude, 180):
        return "A longitude is a number of degrees from -180 to 180."
    return None


def distance_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """The great-circle distance of two positions, in kilometres."""
    here, there = math.radians(latitude), math.radians(to_latitude)
    across = math.radians(to_longitude - longitude)
    half = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def _in_one(tests: list[Contains], latitude: float, longitude: float) -> bool:
    return any(inside(latitude, longitude) for inside in tests)


def _in_shape(shape: Any) -> Contains:
    import shapely

    west, south, east, north = shape.bounds
    shapely.prepare(shape)

    def holds(latitude: float, longitude: float) -> bool:
        near = south <= latitude <= north and west <= longitude <= east
        return near and bool(shapely.intersects_xy(shape, longitude, latitude))

    def inside(latitude: float, longitude: float) -> bool:
        # One meridian has two names.
        return holds(latitude, longitude) or (abs(longitude) == 180 and holds(latitude, -longitude))

    return inside


def _in_circle(circle: Mapping[str, Any]) -> Contains:
    latitude, longitude, radius_km = (float(circle[name]) for name in ("latitude", "longitude", "radius_km"))
    reach = math.degrees(radius_km / EARTH_RADIUS_KM) + 1e-9

    def inside(at_latitude: float, at_longitude: float) -> bool:
        if abs(at_latitude - latitude) > reach:
            return False
        return distance_km(latitude, longitude, at_latitude, at_longitude) <= radius_km

    return inside


def _reaches(area: Mapping[str, Any], latitude: float, longitude: float) -> Iterator[float]:
    if "circle" in area:
        circle = area["circle"]
        yield distance_km(latitude, longitude, circle["latitude"], circle["longitude"]) + circle["radius_km"]
        return
    for outer, *_ in _polygons(area):
        yield from (distance_km(latitude, longitude, y, x) for x, y in outer)


def _union_errors(union: Any, pointer: str) -> Iterator[FieldError]:
    if not isinstance(union, list) or not 0 < len(union) <= MAX_PARTS:
        yield FieldError(pointer, f"Give a list of 1 to {MAX_PARTS} areas.")
        return
    for number, one in enumerate(union):
        if isinstance(one, dict) and "union" in one:
            yield FieldError(f"{pointer}/{number}/union", "A union holds no other union.")
        else:
            yield from area_errors(one, pointer=f"{pointer}/{number}")


def _circle_errors(circle: Any, pointer: str) -> Iterator[FieldError]:
    names = {"latitude", "longitude", "radius_km"}
    if not isinstance(circle, dict) or circle.keys() != names:
        yield FieldError(pointer, "Give latitude, longitude and radius_km, and nothing else.")
        return
    if why := position_error(circle["latitude"], circle["longitude"]):
        yield FieldError(pointer, why)
    radius = circle["radius_km"]
    if not _within(radius, MAX_RADIUS_KM) or radius <= 0:
        yield FieldError(f"{pointer}/radius_km", f"Give more than 0 and at most {MAX_RADIUS_KM:,.0f} km.")


def _polygon_errors(area: Mapping[str, Any], pointer: str) -> list[FieldError]:
    """The form first, then what only the whole shape shows."""
    rings = _rings_of(area, pointer)
    if rings is None:
        return [FieldError(pointer, "Give rings of positions, as GeoJSON does (RFC 7946).")]
    found = [
        error
        for place, ring in rings
        for error in _ring_errors(ring, place, latitude_first="polygon" in area)
    ]
    if not found and sum(len(ring) for _, ring in rings) > MAX_POINTS:
        found.append(FieldError(pointer, f"An area may have {MAX_POINTS:,} points; simplify it."))
    return found or _shape_errors(_polygons(area), pointer)


def _rings_of(area: Mapping[str, Any], pointer: str) -> list[tuple[str, Any]] | None:
    """Pointer and content of each ring; None where there are no lists of the depth that the type asks for."""
    if "polygon" in area:
        return [(pointer, area["polygon"])]
    level: list[tuple[str, Any]] = [(pointer, area.get("coordinates"))]
    for _ in range(GEOJSON[area["type"]]):
        if not all(isinstance(inner, list) and 0 < len(inner) <= MAX_POINTS for _, inner in level):
            return None
        level = [(f"{place}/{n}", one) for place, inner in level for n, one in enumerate(inner)]
    return level


def _ring_errors(ring: Any, pointer: str, *, latitude_first: bool) -> Iterator[FieldError]:
    least = 3 if latitude_first else 4
    if not isinstance(ring, list) or not least <= len(ring) <= MAX_POINTS:
        yield FieldError(pointer, f"Give a list of {least} to {MAX_POINTS:,} positions.")
        return
    for number, position in enumerate(ring):
        if not isinstance(position, list) or len(position) != 2:
            yield FieldError(f"{pointer}/{number}", "A position is a list of two numbers.")
            return
        latitude, longitude = position if latitude_first else reversed(position)
        if why := position_error(latitude, longitude):
            yield FieldError(f"{pointer}/{number}", why)
            return
    if not latitude_first and ring[0] != ring[-1]:
        yield FieldError(pointer, "A ring ends where it begins.")


def _shape_errors(polygons: list[list[Ring]], pointer: str) -> list[FieldError]:
    try:
        shape_of(polygons)
    except Unsound as error:
        return [FieldError(pointer, str(error))]
    return []


def _polygons(area: Mapping[str, Any]) -> list[list[Ring]]:
    """Polygons of rings, the outer one first."""
    if "polygon" in area:
        return [[[(float(longitude), float(latitude)) for latitude, longitude in area["polygon"]]]]
    coordinates = area["coordinates"]
    polygons = [coordinates] if area["type"] == "Polygon" else coordinates
    return [[[(float(x), float(y)) for x, y in ring] for ring in rings] for rings in polygons]


def _within(value: Any, most: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and -most <= value <= most
