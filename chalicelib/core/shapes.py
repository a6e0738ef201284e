"""Polygons as shapes of the plane: judged, cut at the 180th meridian, and cut so that no hole is left.

A step of a ring over more than 180 degrees of longitude means the short way, over the 180th meridian. Such a
polygon is cut there (RFC 7946, 3.1.9), so that each piece is a shape of the plane. `shapely` is loaded by the
first polygon, never before.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

Ring = Sequence[tuple[float, float]]
"""Positions as x, y: longitude, latitude."""

POLE = "The area goes around a pole, which no polygon can say; give a circle."
TOO_WIDE = "The area goes around the earth; give it in parts."
EMPTY = "The area is empty."


class Unsound(ValueError):
    """Rings that bound no area; the text says why."""


def shape_of(polygons: Sequence[Sequence[Ring]]) -> Any:
    """The one shape of polygons, each of an outer ring and its holes, within 180 degrees east and west.

    Raises Unsound for what crosses or touches itself, is empty, or goes around a pole.
    """
    from shapely import MultiPolygon

    pieces = [piece for rings in polygons for piece in _cut_at_180(_planar(rings))]
    whole = pieces[0] if len(pieces) == 1 else MultiPolygon(pieces)
    _require_sound(whole)
    return whole


def united(shapes: Sequence[Any]) -> Any:
    """What lies in one of the shapes at least."""
    import shapely

    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def without_holes(shape: Any) -> Iterator[list[tuple[float, float]]]:
    """Closed rings that together hold what a shape holds: each polygon is cut through its holes."""
    for polygon in _polygons_in(shape):
        if not polygon.interiors:
            yield list(polygon.exterior.coords)
            continue
        west, _, east, _ = polygon.interiors[0].bounds
        for half in _halves(polygon, (west + east) / 2):
            yield from without_holes(half)


def _planar(rings: Sequence[Ring]) -> Any:
    """A polygon whose rings run on over 180 degrees where they cross it, its holes where it is."""
    from shapely import Polygon

    outer, *holes = (_run_on(ring) for ring in rings)
    west, east = min(x for x, _ in outer), max(x for x, _ in outer)
    if east - west > 360:
        raise Unsound(TOO_WIDE)
    made = Polygon(outer, [_moved_between(hole, west, east) for hole in holes])
    _require_sound(made)
    return made


def _run_on(ring: Ring) -> list[tuple[float, float]]:
    """The ring with longitudes that never jump. Raises Unsound where it comes back a turn further."""
    closed = ring if ring[0] == ring[-1] else [*ring, ring[0]]
    turn, made = 0, [closed[0]]
    for (before, _), (x, y) in pairwise(closed):
        turn += (x - before < -180) - (x - before > 180)
        made.append((x + 360 * turn, y))
    if turn:
        raise Unsound(POLE)
    return made


def _moved_between(hole: Ring, west: float, east: float) -> Ring:
    """The hole, a turn further east or west where only there it lies within its polygon's longitudes."""
    from_, to = min(x for x, _ in hole), max(x for x, _ in hole)
    for turn in (0, 360, -360):
        if west <= from_ + turn and to + turn <= east:
            return [(x + turn, y) for x, y in hole]
    return hole


def _cut_at_180(polygon: Any) -> Iterator[Any]:
    """The polygon's pieces, each brought back between 180 degrees west and east."""
    from shapely import box
    from shapely.affinity import translate

    west, _, east, _ = polygon.bounds
    if west >= -180 and east <= 180:
        yield polygon
        return
    for turn in (-360, 0, 360):
        window = box(-180 + turn, -90, 180 + turn, 90)
        for piece in _polygons_in(polygon.intersection(window)):
            yield translate(piece, xoff=-turn) if turn else piece


def _halves(polygon: Any, x: float) -> Iterator[Any]:
    from shapely import box

    west, south, east, north = polygon.bounds
    for part in (box(west, south, x, north), box(x, south, east, north)):
        yield from _polygons_in(polygon.intersection(part))


def _polygons_in(shape: Any) -> Iterator[Any]:
    """The polygons of what a cut left; where it only touched, points and lines are left too."""
    for part in getattr(shape, "geoms", (shape,)):
        if part.geom_type == "Polygon" and part.area > 0:
            yield part


def _require_sound(shape: Any) -> None:
    import shapely

    if not shape.is_valid:
        why = str(shapely.is_valid_reason(shape)).partition("[")[0].lower()
        raise Unsound(f"The area is not sound ({why}): its borders may not cross or touch.")
    if shape.area <= 0:
        raise Unsound(EMPTY)
