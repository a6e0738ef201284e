"""Where somebody who needs help is: as their form tells it, or as their record has it. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.alerts.answers.model import DEVICE, NOWHERE, TYPED, Where
from chalicelib.alerts.model import Alert
from chalicelib.core import geometry
from chalicelib.subscribers.model import Person

POSITION = re.compile(r"-?\d{1,2}(?:\.\d{1,7})?,-?\d{1,3}(?:\.\d{1,7})?")


def told(text: str, position: str) -> Where | None:
    """Where a form says that somebody is; None where `position` (`42.36,-71.06`) is none."""
    if not position:
        return Where(text, source=TYPED) if text else NOWHERE
    if not POSITION.fullmatch(position):
        return None
    latitude, longitude = map(float, position.split(","))
    if geometry.position_error(latitude, longitude):
        return None
    return Where(text, latitude, longitude, DEVICE)


def on_record(person: Person, alert: Alert) -> Where:
    """The place of a person that lies in an alert's area; nowhere, where none does."""
    for name, place in sorted(person.places.items()):
        if any(geometry.contains(shape)(place.latitude, place.longitude) for shape in _shapes(alert)):
            return Where("", place.latitude, place.longitude, name)
    return NOWHERE


def _shapes(alert: Alert) -> Iterator[Mapping[str, Any]]:
    """What an alert's message draws on the map, as `core.geometry` takes it."""
    for area in {area for info in alert.message.infos for area in info.areas}:
        for polygon in area.polygons:
            yield {"polygon": [list(point) for point in polygon]}
        for (latitude, longitude), radius_km in area.circles:
            yield {"circle": {"latitude": latitude, "longitude": longitude, "radius_km": radius_km}}
