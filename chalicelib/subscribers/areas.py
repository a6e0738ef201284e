"""Areas: the deployment's own places by name, out of its GeoJSON: neighbourhoods, postcodes, single points.

A resident picks a named area, or types a postcode, and what is kept is a point in it, as any other place: who
moves a border moves nobody. Staff name an area in an audience.

An area's geometry lies in an item of its own that stands in no list, so that a page with all names reads
names only. Alerts from elsewhere name an area by the geocodes that it carries (`subscribers.geocodes`).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.geometry import area_errors, point_in, position_error
from chalicelib.core.i18n import N_
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table, transaction
from chalicelib.subscribers import geocodes as codes
from chalicelib.subscribers import profile
from chalicelib.subscribers.geocodes import Geocode, Geocodes
from chalicelib.subscribers.model import Place

NAMED, POSTCODE = "named", "postcode"
KINDS = (NAMED, POSTCODE)
MAX_READ = 100
UNKNOWN_AREA = N_("This place is not offered any more; choose again.")
UNKNOWN_POSTCODE = N_("We do not know this postcode. Check it, or leave it empty.")


@dataclass(frozen=True)
class Area:
    """One area. `id` is a slug, that of a postcode its letters and digits; `name` by language tag.

    `place` is a point in it. `kind` is `named` (pages offer it) or `postcode` (people type it). `geocodes`
    stand for the whole of it.
    """

    id: str
    kind: str
    name: Mapping[str, str]
    place: Place
    geocodes: Geocodes = field(default_factory=dict)


class AreaItem(TableModel):
    """One area. `list` is its kind, `sort` its id."""

    class Meta(TableMeta):
        """The table `areas`."""

        table_name = table("areas")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute()
    sort = UnicodeAttribute()
    name: JSONAttribute = JSONAttribute()
    latitude = NumberAttribute()
    longitude = NumberAttribute()
    geocodes: JSONAttribute = JSONAttribute(default=dict)
    list_index = ListIndex()


class ShapeItem(TableModel):
    """The geometry of an area, GeoJSON, by `shape#AREA`."""

    class Meta(TableMeta):
        """The table `areas`."""

        table_name = table("areas")

    id = UnicodeAttribute(hash_key=True)
    geometry: JSONAttribute = JSONAttribute()


def put(
    area_id: str,
    *,
    kind: str,
    name: Mapping[str, str],
    geometry: Mapping[str, Any],
    geocodes: Geocodes = MappingProxyType({}),
) -> Area:
    """Saves an area, in place of the one of this id.

    Raises InvalidFields (`/geometry…`, `/properties/…`), and Conflict where somebody else saves it meanwhile.
    """
    if kind == POSTCODE and area_id != code_of(area_id):
        raise InvalidFields(
            FieldError("/properties/kind", "A postcode's id is its letters and digits, in lower case.")
        )
    if errors := [*geometry_errors(geometry), *_carried_errors(geocodes, geometry)]:
        raise InvalidFields(*errors)
    place = profile.place(*point_in(geometry))
    carried = {system: list(values) for system, values in geocodes.items()}
    if kind == POSTCODE and geometry["type"] != "Point":
        carried |= {POSTCODE: [area_id]}
    item = AreaItem(area_id, list=kind, sort=area_id, name=dict(name), geocodes=carried)
    item.latitude, item.longitude = place.latitude, place.longitude
    with _changing(area_id, item) as (together, as_read):
        together.save(item, condition=as_read)
        together.save(ShapeItem(_shape_id(area_id), geometry=dict(geometry)))
    return _area(item)


def delete(area_id: str) -> None:
    """Deletes an area; people's places stay, and drafts that name it cannot be launched.

    Raises NotFound, and Conflict where somebody else changes it meanwhile.
    """
    get(area_id)
    with _changing(area_id, None) as (together, as_read):
        together.delete(AreaItem(area_id), condition=as_read)
        together.delete(ShapeItem(_shape_id(area_id)))


@contextmanager
def _changing(area_id: str, after: AreaItem | None) -> Iterator[tuple[TransactWrite, Condition]]:
    """One transaction for an area and its codes, and the condition that it is as it was read."""
    before = next(iter(AreaItem.batch_get([area_id], consistent_read=True)), None)
    as_read = AreaItem.id.does_not_exist()
    if before:
        as_read = (AreaItem.geocodes == before.geocodes) | AreaItem.geocodes.does_not_exist()
    try:
        with transaction() as together:
            yield together, as_read
            codes.move(together, area_id, before=_codes_of(before), now=_codes_of(after))
    except TransactWriteError as error:
        raise Conflict("Somebody else is changing this area; look at it, and try again.") from error


def _codes_of(item: AreaItem | None) -> list[Geocode]:
    return codes.listed(item.geocodes) if item else []


def get(area_id: str) -> Area:
    """The area of an id. Raises NotFound."""
    found = get_all([area_id])
    if area_id not in found:
        raise NotFound("No area has this id.")
    return found[area_id]


def get_all(area_ids: Collection[str]) -> dict[str, Area]:
    """The areas of up to 100 ids; those that do not exist are left out."""
    wanted = sorted(set(area_ids))[:MAX_READ]
    return {item.id: _area(item) for item in AreaItem.batch_get(wanted)} if wanted else {}


def shapes(area_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The geometries of up to 100 areas by their ids; those that do not exist are left out."""
    wanted = [_shape_id(one) for one in sorted(set(area_ids))[:MAX_READ]]
    found = ShapeItem.batch_get(wanted, consistent_read=True) if wanted else ()
    return {item.id.removeprefix("shape#"): item.geometry for item in found}


def by_geocodes(wanted: Collection[Geocode]) -> dict[Geocode, dict[str, dict[str, Any]]]:
    """The geometries of those areas that carry each code, by id; codes that none carries are left out."""
    carriers = codes.carriers(wanted)
    ids = sorted(set().union(*carriers.values()))
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), MAX_READ):
        found |= shapes(ids[start : start + MAX_READ])
    return {code: {one: found[one] for one in by if one in found} for code, by in carriers.items()}


def page(kind: str, *, limit: int, cursor: str | None) -> Page[Area]:
    """One page of the areas of a kind, by id. Raises BadRequest for a cursor that no page gave."""
    found = list_page(AreaItem.list_index, kind, limit=limit, cursor=cursor, newest_first=False)
    return Page([_area(item) for item in found.items], found.next)


def offered() -> list[Area]:
    """The areas that pages offer by name."""
    return [_area(item) for item in AreaItem.list_index.query(NAMED)]


def has_postcodes() -> bool:
    """Whether pages may ask for a postcode."""
    return any(True for _ in AreaItem.list_index.query(POSTCODE, limit=1))


def place_of(*, area_id: str = "", postcode: str = "") -> Place | None:
    """The place of what a resident picked or typed; what was typed goes first, nothing is None.

    A long postcode is looked up by its first part too: `02110-1234` finds `02110`, `SW1A 1AA` finds `SW1A`.
    Raises InvalidFields (`/postcode`, `/area`).
    """
    if typed := postcode.strip():
        codes = [one for one in (code_of(typed), code_of(re.split(r"[\s-]", typed)[0])) if one]
        found = get_all(codes)
        known = [found[one] for one in codes if one in found and found[one].kind == POSTCODE]
        if not known:
            raise InvalidFields(FieldError("/postcode", UNKNOWN_POSTCODE))
        return known[0].place
    if area_id:
        area = get_all([area_id]).get(area_id)
        if area is None:
            raise InvalidFields(FieldError("/area", UNKNOWN_AREA))
        return area.place
    return None


def code_of(postcode: str) -> str:
    """The letters and digits of a postcode, at most 20: what it is compared by."""
    return "".join(one for one in postcode.lower() if one.isascii() and one.isalnum())[:20]


def geometry_errors(geometry: Any) -> list[FieldError]:
    """What is wrong with a GeoJSON geometry: a point, or an area as audiences take it."""
    pointer = "/geometry"
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        position = geometry.get("coordinates")
        if geometry.keys() != {"type", "coordinates"} or not isinstance(position, list) or len(position) != 2:
            return [FieldError(f"{pointer}/coordinates", "A position is a list of two numbers.")]
        why = position_error(position[1], position[0])
        return [FieldError(f"{pointer}/coordinates", why)] if why else []
    if isinstance(geometry, dict) and "type" not in geometry:
        return [FieldError(f"{pointer}/type", "Taken are Point, Polygon, MultiPolygon.")]
    return area_errors(geometry, pointer=pointer)


def _carried_errors(geocodes: Geocodes, geometry: Mapping[str, Any]) -> Iterator[FieldError]:
    pointer = "/properties/geocodes"
    yield from codes.errors(geocodes, pointer=pointer)
    if geocodes and geometry.get("type") == "Point":
        yield FieldError(pointer, "A point holds nobody; give the borders of what the codes stand for.")


def _area(item: AreaItem) -> Area:
    place = Place(float(item.latitude), float(item.longitude))
    return Area(item.id, item.list, item.name, place, item.geocodes)


def _shape_id(area_id: str) -> str:
    return f"shape#{area_id}"
