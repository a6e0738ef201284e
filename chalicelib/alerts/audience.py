"""Who gets an alert, as an expression of people (`delivery.audience`), and in which order. Pure.

People get it who have a place in its area, and who opted in to life-safety alerts or subscribe to one of its
topics. Of those of them who told no place, nobody knows where they are: to write to them or not is for staff
to say each time, never a default.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.geometry import point_in, reach_km
from chalicelib.delivery.audience import Expression

EDGES_KM = (1, 3, 10, 30, 100, 300)
"""Where one band of distances ends and the next begins: each holds about ten times as much ground."""

UNPLACED: Expression = {"placed": False}


def expression(
    area: Mapping[str, Any] | None, *, topics: Sequence[str], without_place: bool | None
) -> Expression:
    """Everybody who gets an alert for an area (`alerts.areas.resolved`).

    Raises InvalidFields where the area is missing (`/areas`), or nobody said whether people without a place
    get it (`/without_place`).
    """
    wrong = []
    if not area:
        wrong.append(FieldError("/areas", "Give an area: no alert goes to nowhere."))
    if not isinstance(without_place, bool):
        why = "Say whether people who told no place get it too: true or false."
        wrong.append(FieldError("/without_place", why))
    if wrong:
        raise InvalidFields(*wrong)
    here: Expression = {"area": area}
    return {"all": [interested(topics), {"any": [here, UNPLACED]} if without_place else here]}


def without_a_place(topics: Sequence[str]) -> Expression:
    """Those whom `without_place` is about, for their count."""
    return {"all": [interested(topics), UNPLACED]}


def interested(topics: Sequence[str]) -> Expression:
    """Who opted in to life-safety alerts, or subscribes to one of the topics."""
    opted_in: Expression = {"life_safety": True}
    return {"any": [opted_in, *({"topic": one} for one in topics)]} if topics else opted_in


def bands(area: Mapping[str, Any], origin: tuple[float, float] | None = None) -> list[Expression]:
    """Filters by the distance of people's nearest place from the danger, the nearest first.

    `origin` is where the danger is (latitude, longitude); unknown, a point in the area. There are as many
    bands as the area's extent fills; the last has no end and holds those without a place too, so that
    everybody is in exactly one.
    """
    latitude, longitude = origin or point_in(area)
    reach = reach_km(area, latitude, longitude)
    edges = [0, *(edge for edge in EDGES_KM if edge < reach)]
    centre = {"latitude": latitude, "longitude": longitude}
    inner = [{"near": {**centre, "from_km": here, "to_km": there}} for here, there in pairwise(edges)]
    return [*inner, {"near": {**centre, "from_km": edges[-1]}}]
