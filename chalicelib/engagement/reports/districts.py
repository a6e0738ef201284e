"""Districts: the deployment's named areas, and in which of them a person is."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from chalicelib.core import i18n
from chalicelib.core.geometry import Contains, contains
from chalicelib.engagement.reports.breakdown import NOWHERE
from chalicelib.subscribers import areas

MOST = 60
"""Areas that are told apart, the first by their ids."""

KEPT = 50_000
"""Places whose district is remembered: many people gave the same one."""


class Districts:
    """A person's district is the first area, by id, that holds one of their places; many people have none."""

    def __init__(self, borders: Sequence[tuple[str, Contains]], names: Mapping[str, str]) -> None:
        self.names = names
        self._borders = borders
        self._of = lru_cache(maxsize=KEPT)(self._find)

    def of(self, places: Sequence[str]) -> str:
        """The district of the places as a row holds them (`home:42.3601,-71.0589`)."""
        found = [one for place in places if (one := self._of(place.partition(":")[2])) is not None]
        return self._borders[min(found)][0] if found else NOWHERE

    def _find(self, position: str) -> int | None:
        latitude, longitude = map(float, position.split(","))
        held = (place for place, (_, holds) in enumerate(self._borders) if holds(latitude, longitude))
        return next(held, None)


def districts(*, language: str) -> Districts:
    """The districts as they are now, named in a language as near as there is; single points hold nobody."""
    found = sorted(areas.offered(), key=lambda area: area.id)[:MOST]
    shapes: dict[str, dict[str, Any]] = {}
    for start in range(0, len(found), areas.MAX_READ):
        shapes |= areas.shapes([area.id for area in found[start : start + areas.MAX_READ]])
    held = {name: shape for name, shape in shapes.items() if shape.get("type") != "Point"}
    borders = [(area.id, contains(held[area.id])) for area in found if area.id in held]
    return Districts(borders, names_of(found, language=language))


def names_of(found: Sequence[areas.Area], *, language: str) -> dict[str, str]:
    """The names of areas by their ids."""
    return {area.id: area.name[i18n.pick(language, tuple(area.name))] for area in found}
