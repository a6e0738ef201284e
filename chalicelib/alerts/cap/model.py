"""A CAP message as plain immutable data: every element of CAP 1.2, section 3.2, under its Python name.

Times are text as CAP has it (`2026-11-22T18:00:00-05:00`). What is empty is absent from the message.
"""

from dataclasses import dataclass
from typing import NamedTuple

ACTUAL, EXERCISE, SYSTEM, TEST, DRAFT = "Actual", "Exercise", "System", "Test", "Draft"
STATUSES = (ACTUAL, EXERCISE, SYSTEM, TEST, DRAFT)

ALERT, UPDATE, CANCEL, ACK, ERROR = "Alert", "Update", "Cancel", "Ack", "Error"
MESSAGE_TYPES = (ALERT, UPDATE, CANCEL, ACK, ERROR)

PUBLIC, RESTRICTED, PRIVATE = "Public", "Restricted", "Private"
SCOPES = (PUBLIC, RESTRICTED, PRIVATE)

CATEGORIES = (
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
)
RESPONSE_TYPES = (
    "Shelter",
    "Evacuate",
    "Prepare",
    "Execute",
    "Avoid",
    "Monitor",
    "Assess",
    "AllClear",
    "None",
)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

DEFAULT_LANGUAGE = "en-US"
"""Of an info block that names none (3.2.2)."""


class Named(NamedTuple):
    """A value of a list that the sender names: `eventCode`, `parameter`, `geocode`."""

    name: str
    value: str


class Point(NamedTuple):
    """WGS 84, degrees: latitude first, as CAP writes it."""

    latitude: float
    longitude: float


Polygon = tuple[Point, ...]
"""A closed ring: four points at least, the last one being the first (3.2.4)."""


class Circle(NamedTuple):
    """A centre, and a radius in kilometres."""

    centre: Point
    radius_km: float


class Reference(NamedTuple):
    """An earlier message: `sender,identifier,sent`."""

    sender: str
    identifier: str
    sent: str


@dataclass(frozen=True)
class Area:
    """A part of the area of an info block (3.2.4). Altitudes are feet above mean sea level."""

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True)
class Resource:
    """A file that goes with an info block (3.2.3); `content` is its `derefUri`: the file, in base64."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    content: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Info:
    """What is told in one language (3.2.2)."""

    event: str
    categories: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    language: str = DEFAULT_LANGUAGE
    response_types: tuple[str, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: str = ""
    onset: str = ""
    expires: str = ""
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Message:
    """One CAP message (3.2.1). `addresses` are those of a private one, `incidents` related events."""

    identifier: str
    sender: str
    sent: str
    status: str
    message_type: str
    scope: str = PUBLIC
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """How a later message names this one."""
        return Reference(self.sender, self.identifier, self.sent)
