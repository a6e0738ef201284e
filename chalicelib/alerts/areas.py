"""The areas of an alert: as JSON has them, as CAP writes them, and as one shape that people are in or not.

    {"description": "Elm Street" | {"en": …, "es": …}, one of "polygon", "circle", "union", GeoJSON's "type"}
    {"description": …, "geocodes": {"SAME": ["025025"], "UGC": ["MAC025"]}}     by codes
    {"area": "old-town"}                                                        saved under an id
    "altitude", "ceiling"                                                       feet above mean sea level

The area of an alert is the union of all of them. Codes beside borders say the same place once more, less
closely, for systems that have no map (CAP 1.2, 3.2.4: a geocode "SHOULD be used in concert with an equivalent
description" by polygon or circle): a tornado's polygon comes with the codes of the counties that it touches.
So borders decide where there are any, as with IPAWS, and the codes beside them are passed over. Where codes
stand alone, each must be known: no part of an area is left out in silence.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import WithJsonSchema

from chalicelib.alerts.cap.model import Area, Circle, Info, Named, Point
from chalicelib.core import i18n
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.fields import SLUG
from chalicelib.core.geometry import FORMS, area_errors, parts, shape
from chalicelib.core.shapes import without_holes
from chalicelib.subscribers import areas as saved
from chalicelib.subscribers import geocodes
from chalicelib.subscribers.geocodes import Geocode

Json = Mapping[str, Any]

MAX_AREAS = 100
MAX_GEOCODES = 200
"""Of an alert."""

MAX_BYTES = 100_000
"""Of the resolved area: it stands in the plan, and each worker reads it."""

MAX_NAMED = 20
"""Unknown codes that a refusal names."""

MAX_TEXT = 500
SCHEMA = WithJsonSchema(
    {
        "type": "array",
        "description": (
            "Where it is: the union of these areas. Each has its borders (`polygon`, `circle`, GeoJSON, or a "
            "`union` of such), or the id of a saved `area`, or `geocodes`; and what people call it."
        ),
        "minItems": 1,
        "maxItems": MAX_AREAS,
        "items": {"type": "object", "minProperties": 1},
        "examples": [
            [
                {
                    "description": "Elm Street",
                    "circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 2},
                }
            ]
        ],
    }
)
"""How a request's areas are described: `Annotated[list[dict[str, JsonValue]], SCHEMA]`."""

SHAPES = (*FORMS, "coordinates")
FIELDS = (*SHAPES, "description", "area", "geocodes", "altitude", "ceiling")


@dataclass(frozen=True)
class Known:
    """What the deployment knows of the areas and codes that an alert names.

    `areas` and `shapes` (GeoJSON) by id; `codes`: the geometries of those that carry a code, by their ids.
    """

    areas: Mapping[str, saved.Area] = field(default_factory=dict)
    shapes: Mapping[str, Json] = field(default_factory=dict)
    codes: Mapping[Geocode, Mapping[str, Json]] = field(default_factory=dict)


def errors(areas: Any, *, pointer: str = "/areas") -> list[FieldError]:
    """What is wrong with the areas that somebody gave, each place by its pointer."""
    if not isinstance(areas, list | tuple) or not 0 < len(areas) <= MAX_AREAS:
        return [FieldError(pointer, f"Give a list of 1 to {MAX_AREAS} areas: no alert goes to nowhere.")]
    found = [error for n, one in enumerate(areas) for error in _errors(one, f"{pointer}/{n}")]
    if not found and sum(len(_codes(one)) for one in areas) > MAX_GEOCODES:
        found.append(FieldError(pointer, f"An alert may name {MAX_GEOCODES} codes."))
    return found


def read(areas: Sequence[Json]) -> Known:
    """Reads what the deployment knows of the areas and codes that areas name.

    Of codes beyond the most that an alert may name it knows nothing.
    """
    codes = dict.fromkeys(code for one in areas for code in _codes(one) if code.sound)
    named = {one["area"] for one in areas if "area" in one}
    return Known(
        areas=saved.get_all(named),
        shapes=saved.shapes(named),
        codes=saved.by_geocodes(list(codes)[:MAX_GEOCODES]),
    )


def resolved(areas: Sequence[Json], known: Known, *, pointer: str = "/areas") -> Json:
    """The one area (`core.geometry`) that all the areas are together.

    Raises InvalidFields where there is none, or where any part of it is unknown, unsound or too large: an
    alert whose area is not whole goes to nobody.
    """
    found: list[Json] = []
    wrong: list[FieldError] = (
        [] if areas else [FieldError(pointer, "Give an area: no alert goes to nowhere.")]
    )
    for number, one in enumerate(areas):
        place = f"{pointer}/{number}"
        shapes, unknown = _resolved(one, known, place)
        wrong += unknown or [error for part in shapes for error in area_errors(part, pointer=place)]
        found += [part for whole in shapes for part in parts(whole)]
    if wrong:
        raise InvalidFields(*wrong)
    made = (
        found[0]
        if len(found) == 1
        else {"union": [one for n, one in enumerate(found) if one not in found[:n]]}
    )
    size = len(json.dumps(made, separators=(",", ":")))
    if size > MAX_BYTES:
        raise InvalidFields(
            FieldError(pointer, f"All borders take {size:,} bytes; {MAX_BYTES:,} is the most.")
        )
    return made


def passed_over(areas: Iterable[Json]) -> list[Geocode]:
    """The codes that stand beside borders, and so decide nothing."""
    return [code for one in areas if _borders(one) or "area" in one for code in _codes(one)]


def to_cap(areas: Iterable[Json], known: Known, *, language: str) -> tuple[Area, ...]:
    """The areas as CAP says them in a language; `resolved` took them.

    CAP has no holes and no lines over the 180th meridian: such a polygon becomes several that hold the same
    points. A saved area brings its name and the codes that it carries.
    """
    return tuple(_to_cap(one, known, language) for one in areas)


def from_cap(infos: Sequence[Info]) -> list[dict[str, Any]]:
    """The areas of a CAP message as JSON: one for the same area in all of its languages."""
    found: dict[Any, dict[str, Any]] = {}
    for info in infos:
        met: list[Any] = []
        for area in info.areas:
            same = (area.polygons, area.circles, area.geocodes, area.altitude, area.ceiling)
            key = (same, met.count(same))
            met.append(same)
            found.setdefault(key, {"description": {}, **_in_json(area)})
            found[key]["description"].setdefault(info.language, area.description)
    return list(found.values())


def _errors(area: Any, pointer: str) -> Iterator[FieldError]:
    if not isinstance(area, dict):
        yield FieldError(pointer, "An area is an object.")
        return
    yield from (
        FieldError(f"{pointer}/{one}", "An area has no such field.") for one in area.keys() - {*FIELDS}
    )
    yield from _place_errors(area, pointer)
    if "area" not in area or "description" in area:
        yield from _description_errors(area.get("description"), f"{pointer}/description")
    for name in ("altitude", "ceiling"):
        if not isinstance(area.get(name, 0), int | float) or isinstance(area.get(name), bool):
            yield FieldError(f"{pointer}/{name}", "Give feet above mean sea level.")


def _place_errors(area: Json, pointer: str) -> Iterator[FieldError]:
    if not any(name in area for name in (*FORMS, "area", "geocodes")):
        yield FieldError(pointer, f"Give one of {', '.join(FORMS)}, area, or geocodes.")
    if "area" in area and _borders(area):
        yield FieldError(f"{pointer}/area", "Give borders or the id of an area, not both.")
    elif "area" in area and not re.fullmatch(SLUG, str(area["area"])):
        yield FieldError(f"{pointer}/area", "Give the id of a saved area.")
    elif borders := _borders(area):
        yield from area_errors(borders, pointer=pointer)
    if "geocodes" in area:
        yield from geocodes.errors(area["geocodes"], pointer=f"{pointer}/geocodes", most=MAX_GEOCODES)


def _description_errors(description: Any, pointer: str) -> Iterator[FieldError]:
    texts = description.values() if isinstance(description, dict) else [description]
    if not texts or not all(isinstance(one, str) and 0 < len(one.strip()) <= MAX_TEXT for one in texts):
        yield FieldError(pointer, f"Say where it is, in up to {MAX_TEXT} characters, or by language.")


def _resolved(area: Json, known: Known, pointer: str) -> tuple[list[Json], list[FieldError]]:
    """The shapes of one area, or what is not known of it."""
    if borders := _borders(area):
        return [borders], []
    if "area" in area:
        geometry = known.shapes.get(area["area"])
        if geometry is None or geometry["type"] == "Point":
            why = (
                "No area has this id."
                if geometry is None
                else "It is a point, and holds nobody; give a circle."
            )
            return [], [FieldError(f"{pointer}/area", why)]
        return [geometry], []
    codes = _codes(area)
    unknown = [code for code in codes if not known.codes.get(code)]
    if unknown or not codes:
        return [], [_unknown(unknown, pointer)]
    return [one for code in codes for one in known.codes[code].values()], []


def _unknown(codes: Sequence[Geocode], pointer: str) -> FieldError:
    if not codes:
        return FieldError(pointer, "Nothing says where this is; give borders, a saved area, or codes.")
    named = ", ".join(" ".join(code)[:MAX_TEXT] for code in codes[:MAX_NAMED])
    if len(codes) > MAX_NAMED:
        named += f" and {len(codes) - MAX_NAMED} more"
    return FieldError(
        f"{pointer}/geocodes",
        f"No area of this deployment carries {named}. Draw the area, or save one that carries each code.",
    )


def _borders(area: Json) -> Json:
    return {name: area[name] for name in SHAPES if name in area}


def _codes(area: Json) -> list[Geocode]:
    return geocodes.listed(area.get("geocodes", {}))


def _to_cap(area: Json, known: Known, language: str) -> Area:
    named = known.areas.get(area.get("area", ""))
    borders = known.shapes[area["area"]] if named else _borders(area)
    whole = parts(borders) if borders else []
    carried = [named.geocodes] if named else []
    codes = [
        Named(system, value)
        for one in [*carried, area.get("geocodes", {})]
        for system, values in one.items()
        for value in values
    ]
    return Area(
        description=_worded(area.get("description") or (named.name if named else ""), language),
        polygons=tuple(ring for one in whole if "circle" not in one for ring in _rings(one)),
        circles=tuple(_circle(one["circle"]) for one in whole if "circle" in one),
        geocodes=tuple(dict.fromkeys(codes)),
        altitude=area.get("altitude"),
        ceiling=area.get("ceiling"),
    )


def _rings(area: Json) -> Iterator[tuple[Point, ...]]:
    for ring in without_holes(shape(area)):
        yield tuple(Point(latitude, longitude) for longitude, latitude in ring)


def _circle(circle: Json) -> Circle:
    centre = Point(float(circle["latitude"]), float(circle["longitude"]))
    return Circle(centre, float(circle["radius_km"]))


def _worded(text: str | Mapping[str, str], language: str) -> str:
    return text if isinstance(text, str) else text[i18n.pick(language, list(text))]


def _in_json(area: Area) -> dict[str, Any]:
    shapes: list[dict[str, Any]] = [
        {"polygon": [[point.latitude, point.longitude] for point in ring]} for ring in area.polygons
    ]
    for (latitude, longitude), radius_km in area.circles:
        circle = {"latitude": latitude, "longitude": longitude, "radius_km": radius_km}
        shapes.append({"circle": circle})
    made = shapes[0] if len(shapes) == 1 else {"union": shapes} if shapes else {}
    codes: dict[str, list[str]] = {}
    for system, value in area.geocodes:
        codes.setdefault(system, []).append(value)
    heights = {"altitude": area.altitude, "ceiling": area.ceiling}
    heard = {name: feet for name, feet in heights.items() if feet is not None}
    return {**made, **({"geocodes": codes} if codes else {}), **heard}
