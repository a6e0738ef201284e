"""The elements of CAP 1.2 in the order of its schema: one table, by which messages are read and written.

The order, what is required and what may stand more than once are the XSD's of 1 July 2010. A form turns an
element's text into a value and back; it judges no more than that. What CAP says beyond the XSD is in `rules`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chalicelib.alerts.cap import model
from chalicelib.alerts.cap.model import (
    Area,
    Circle,
    Info,
    Message,
    Named,
    Point,
    Polygon,
    Reference,
    Resource,
)
from chalicelib.alerts.cap.times import instant

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
OLDER = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
}
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"

NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,20})?")
PAIR = re.compile(rf"({NUMBER.pattern}),({NUMBER.pattern})", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)
ADDRESS = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\[\]]+""")
WORD = re.compile(r'"([^"]*)"|([^\s"]+)')


@dataclass(frozen=True)
class Form:
    """How an element's text is read, and a value written. `read` raises ValueError with a sentence."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


@dataclass(frozen=True)
class Element:
    """An element: its name in CAP, its attribute in `model`, its form or what it consists of."""

    name: str
    attribute: str
    form: "Form | Group"
    required: bool = False
    many: bool = False
    empty: bool = False
    """Whether nothing is a value of it, too."""


@dataclass(frozen=True)
class Group:
    """An element that consists of others, in their order."""

    of: type
    elements: tuple[Element, ...]


def _one_of(values: Sequence[str]) -> Form:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(f"CAP has {', '.join(values)}.")
        return text

    return Form(read)


def _time(text: str) -> str:
    instant(text)
    return text


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError("Give a language tag such as en-US (RFC 3066).")
    return text


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError("Give a full address, such as https://harbor.example/flood.")
    return text


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise ValueError("Give a decimal number.")
    return float(text)


def _size(text: str) -> int:
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise ValueError("Give the number of bytes.")
    return int(text)


def _plain(number: float) -> str:
    """A decimal number without an exponent, as xs:decimal has it."""
    return format(Decimal(repr(float(number))), "f")


def _pair(text: str) -> Point:
    found = PAIR.fullmatch(text)
    if found is None:
        raise ValueError("Give positions as latitude,longitude in degrees.")
    return Point(float(found[1]), float(found[3]))


def _polygon(text: str) -> Polygon:
    return tuple(map(_pair, text.split()))


def _ring(polygon: Polygon) -> str:
    return " ".join(f"{_plain(point.latitude)},{_plain(point.longitude)}" for point in polygon)


def _circle(text: str) -> Circle:
    parts = text.split()
    if len(parts) != 2:
        raise ValueError("Give a circle as latitude,longitude radius in degrees and kilometres.")
    return Circle(_pair(parts[0]), _number(parts[1]))


def _disc(circle: Circle) -> str:
    return f"{_ring((circle.centre,))} {_plain(circle.radius_km)}"


def _words(text: str) -> tuple[str, ...]:
    if WORD.sub("", text).strip():
        raise ValueError("A double quote is not closed.")
    return tuple(found[1] or found[2] for found in WORD.finditer(text) if found[1] or found[2])


def _quoted(words: Sequence[str]) -> str:
    return " ".join(f'"{word}"' if re.search(r"\s", word) else word for word in words)


def _references(text: str) -> tuple[Reference, ...]:
    triples = [one.split(",") for one in text.split()]
    if any(len(triple) != 3 or not all(triple) for triple in triples):
        raise ValueError("Give sender,identifier,sent of each message, separated by spaces.")
    return tuple(Reference(*triple) for triple in triples)


def _triples(references: Sequence[Reference]) -> str:
    return " ".join(",".join(one) for one in references)


TEXT = Form(str)
TIME = Form(_time)
LANGUAGE_TAG = Form(_language)
URI = Form(_address)
DECIMAL = Form(_number, _plain)
WORDS = Form(_words, _quoted)

NAMED = Group(
    Named,
    (
        Element("valueName", "name", TEXT, required=True),
        Element("value", "value", TEXT, required=True, empty=True),
    ),
)

AREA = Group(
    Area,
    (
        Element("areaDesc", "description", TEXT, required=True),
        Element("polygon", "polygons", Form(_polygon, _ring), many=True),
        Element("circle", "circles", Form(_circle, _disc), many=True),
        Element("geocode", "geocodes", NAMED, many=True),
        Element("altitude", "altitude", DECIMAL),
        Element("ceiling", "ceiling", DECIMAL),
    ),
)

RESOURCE = Group(
    Resource,
    (
        Element("resourceDesc", "description", TEXT, required=True),
        Element("mimeType", "mime_type", TEXT, required=True),
        Element("size", "size", Form(_size)),
        Element("uri", "uri", URI),
        Element("derefUri", "content", TEXT),
        Element("digest", "digest", TEXT),
    ),
)

INFO = Group(
    Info,
    (
        Element("language", "language", LANGUAGE_TAG),
        Element("category", "categories", _one_of(model.CATEGORIES), required=True, many=True),
        Element("event", "event", TEXT, required=True),
        Element("responseType", "response_types", _one_of(model.RESPONSE_TYPES), many=True),
        Element("urgency", "urgency", _one_of(model.URGENCIES), required=True),
        Element("severity", "severity", _one_of(model.SEVERITIES), required=True),
        Element("certainty", "certainty", _one_of(model.CERTAINTIES), required=True),
        Element("audience", "audience", TEXT),
        Element("eventCode", "event_codes", NAMED, many=True),
        Element("effective", "effective", TIME),
        Element("onset", "onset", TIME),
        Element("expires", "expires", TIME),
        Element("senderName", "sender_name", TEXT),
        Element("headline", "headline", TEXT),
        Element("description", "description", TEXT),
        Element("instruction", "instruction", TEXT),
        Element("web", "web", URI),
        Element("contact", "contact", TEXT),
        Element("parameter", "parameters", NAMED, many=True),
        Element("resource", "resources", RESOURCE, many=True),
        Element("area", "areas", AREA, many=True),
    ),
)

MESSAGE = Group(
    Message,
    (
        Element("identifier", "identifier", TEXT, required=True),
        Element("sender", "sender", TEXT, required=True),
        Element("sent", "sent", TIME, required=True),
        Element("status", "status", _one_of(model.STATUSES), required=True),
        Element("msgType", "message_type", _one_of(model.MESSAGE_TYPES), required=True),
        Element("source", "source", TEXT),
        Element("scope", "scope", _one_of(model.SCOPES), required=True),
        Element("restriction", "restriction", TEXT),
        Element("addresses", "addresses", WORDS),
        Element("code", "codes", TEXT, many=True),
        Element("note", "note", TEXT),
        Element("references", "references", Form(_references, _triples)),
        Element("incidents", "incidents", WORDS),
        Element("info", "infos", INFO, many=True),
    ),
)
