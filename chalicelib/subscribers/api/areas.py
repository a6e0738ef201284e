"""Routes of areas: a deployment's places, one GeoJSON feature each."""

import re
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, WithJsonSchema
from pydantic.functional_validators import BeforeValidator

from chalicelib.core.errors import NotFound
from chalicelib.core.fields import SLUG
from chalicelib.core.http import Call, Listing, Model, PageOf, Routes
from chalicelib.core.settings import settings
from chalicelib.core.staff import ADMINS, VIEWERS
from chalicelib.subscribers import areas
from chalicelib.subscribers.api.topics import Names

routes = Routes("areas", tag="Audiences")
ONE = "/v1/areas/{area_id}"

Kind = Literal["named", "postcode"]


def _by_language(name: Any) -> Any:
    return {settings().default_language: name} if isinstance(name, str) else name


class Properties(Model):
    """What a feature says of itself; what else stands in it is passed over.

    `name` is a text, or texts by language tag.
    """

    model_config = ConfigDict(extra="ignore")

    name: Annotated[Names, BeforeValidator(_by_language)]
    kind: Annotated[
        Kind, Field(description="`named`: pages offer it; `postcode`: people type it, and it is its id.")
    ] = "named"
    geocodes: Annotated[
        dict[str, list[str]],
        Field(
            description="Codes by which alerts name the whole of it, by their system.",
            examples=[{"SAME": ["025025"], "UGC": ["MAC025"]}],
        ),
    ] = Field(default_factory=dict)


class Feature(Model):
    """A GeoJSON feature (RFC 7946, 3.2) in WGS 84; `id` and `bbox` are passed over."""

    type: Literal["Feature"]
    id: JsonValue = None
    bbox: JsonValue = None
    geometry: Annotated[
        dict[str, JsonValue],
        WithJsonSchema(
            {
                "type": "object",
                "description": "A `Point`, `Polygon` or `MultiPolygon` of up to 1,000 points.",
                "properties": {
                    "type": {"enum": ["Point", "Polygon", "MultiPolygon"]},
                    "coordinates": {"type": "array"},
                },
                "required": ["type", "coordinates"],
                "additionalProperties": False,
                "examples": [{"type": "Point", "coordinates": [-71.0589, 42.3601]}],
            }
        ),
    ]
    properties: Properties


class AreaListing(Listing):
    """The query of areas."""

    kind: Kind = "named"


class Area(Model):
    """One area. `latitude` and `longitude` are of a point in it: the place of those who chose it."""

    id: str
    kind: str
    name: dict[str, str]
    latitude: float
    longitude: float
    geocodes: dict[str, list[str]]


@routes.staff("GET", "/v1/areas", roles=VIEWERS, query=AreaListing, returns=PageOf[Area])
def list_areas(call: Call) -> PageOf[Area]:
    """Lists the areas of a kind by id."""
    page = areas.page(call.query.kind, limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(one) for one in page.items], next=page.next)


@routes.staff("GET", ONE, roles=VIEWERS, returns=Area)
def show_area(_: Call, area_id: str) -> Area:
    """Shows one area."""
    return _view(areas.get(area_id))


@routes.staff("PUT", ONE, roles=ADMINS, body=Feature, returns=Area)
def put_area(call: Call, area_id: str) -> Area:
    """Saves an area, in place of the one of this id; places of people who chose it before stay."""
    if not re.fullmatch(SLUG, area_id):
        raise NotFound("An area's id is lower-case letters, digits and hyphens, up to 64.")
    given = call.body.properties
    area = areas.put(
        area_id,
        kind=given.kind,
        name=given.name,
        geometry=call.body.geometry,
        geocodes=given.geocodes,
    )
    return _view(area)


@routes.staff("DELETE", ONE, roles=ADMINS, status=204)
def delete_area(_: Call, area_id: str) -> None:
    """Deletes an area; a draft that names it cannot be launched then."""
    areas.delete(area_id)


def _view(area: areas.Area) -> Area:
    return Area(
        id=area.id,
        kind=area.kind,
        name=dict(area.name),
        geocodes={system: list(values) for system, values in area.geocodes.items()},
        **vars(area.place),
    )
