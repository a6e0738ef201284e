"""Points in polygons by casting rays, in plain Python, to check areas against; and random polygons."""

import math
from random import Random
from typing import Any

Ring = list[tuple[float, float]]
"""Latitude, longitude."""


def inside(rings: list[Ring], latitude: float, longitude: float) -> bool:
    """Whether a point lies in a polygon: its ray crosses the rings an odd number of times.

    Steps of a ring go the short way around the earth, and the point is looked for at each turn.
    """
    unrolled = [_unrolled(ring, rings[0][0][1]) for ring in rings]
    return any(
        sum(_crossings(ring, latitude, longitude + turn) for ring in unrolled) % 2 == 1
        for turn in (-360, 0, 360)
    )


def star(random: Random, centre: tuple[float, float], corners: int, *, least: float, most: float) -> Ring:
    """A ring whose corners lie from `least` to `most` degrees from its centre; it never crosses itself."""
    turns = sorted(random.uniform(0, 2 * math.pi) for _ in range(corners - 3))
    turns = sorted({*turns, 0.1, 0.1 + 2 * math.pi / 3, 0.1 + 4 * math.pi / 3})
    ring = []
    for turn in turns:
        far = random.uniform(least, most)
        ring.append((centre[0] + far * math.sin(turn), wrapped(centre[1] + far * math.cos(turn))))
    return ring


def wrapped(longitude: float) -> float:
    """The longitude from 180 degrees west to 180 east."""
    return (longitude + 180) % 360 - 180


def geojson(rings: list[Ring]) -> dict[str, Any]:
    """The polygon of an outer ring and its holes."""
    return {
        "type": "Polygon",
        "coordinates": [[[x, y] for y, x in [*ring, ring[0]]] for ring in rings],
    }


def _unrolled(ring: Ring, start: float) -> Ring:
    """The ring without jumps; its first corner lies less than half a turn from a longitude."""
    made: Ring = []
    for latitude, longitude in ring:
        before = made[-1][1] if made else start
        made.append((latitude, longitude + 360 * round((before - longitude) / 360)))
    return made


def _crossings(ring: Ring, y: float, x: float) -> int:
    return sum(
        (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay)
        for (ay, ax), (by, bx) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
