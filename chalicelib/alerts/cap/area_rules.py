"""CAP's rules of areas (3.2.4). Pure; whether a polygon crosses itself is for `core.geometry` to say."""

from collections.abc import Iterator

from chalicelib.alerts.cap.model import Area, Message, Polygon
from chalicelib.core.errors import FieldError
from chalicelib.core.geometry import area_errors, position_error

Errors = Iterator[FieldError]


def area_rules(message: Message) -> Errors:
    """What is wrong with the areas of a message."""
    for number, info in enumerate(message.infos):
        for place, area in enumerate(info.areas):
            at = f"/info/{number}/area/{place}"
            yield from _polygons(area, at)
            yield from _circles(area, at)
            yield from _heights(area, at)


def _polygons(area: Area, at: str) -> Errors:
    """A polygon is a closed ring of four points at least, on WGS 84, that does not cross itself."""
    for number, polygon in enumerate(area.polygons):
        yield from _polygon(polygon, f"{at}/polygon/{number}")


def _polygon(polygon: Polygon, at: str) -> Errors:
    if len(polygon) < 4:
        yield FieldError(at, "A polygon has four points at least, the last one being the first (3.2.4).")
    elif polygon[0] != polygon[-1]:
        yield FieldError(at, "A polygon ends where it begins (3.2.4).")
    else:
        ring = [[point.latitude, point.longitude] for point in polygon]
        for error in area_errors({"polygon": ring}, pointer=""):
            yield FieldError(at + error.pointer.removeprefix("/polygon"), error.message)


def _circles(area: Area, at: str) -> Errors:
    """A circle has its centre on WGS 84 and a radius in kilometres, which may be 0: a point (3.2.4)."""
    for number, circle in enumerate(area.circles):
        if why := position_error(*circle.centre):
            yield FieldError(f"{at}/circle/{number}", f"{why} (3.2.4)")
        elif circle.radius_km < 0:
            yield FieldError(f"{at}/circle/{number}", "A radius is 0 km or more (3.2.4).")


def _heights(area: Area, at: str) -> Errors:
    """A ceiling stands with an altitude, and not below it (3.2.4)."""
    if area.ceiling is not None and area.altitude is None:
        yield FieldError(f"{at}/ceiling", "A ceiling stands with an altitude (3.2.4).")
    elif area.ceiling is not None and area.altitude is not None and area.ceiling < area.altitude:
        yield FieldError(f"{at}/ceiling", "It lies below the altitude (3.2.4).")
