"""Departments: what each asks for and how it appears. One that was never written asks for nothing.

A logo lies beside its department, in an item of its own that stands in no list: who asks what a department
wants does not read the picture.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.core import brands
from chalicelib.core.errors import InvalidFields, NotFound
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table

DEPARTMENTS = "department"
NO_BRAND: Mapping[str, Any] = {}


class Department(TableModel):
    """One department; the id is the slug that topics, campaigns and staff name.

    `two_person`: what it sends is approved by somebody who neither wrote nor submitted it. `weekly_cap`: so
    many of its newsletters one person gets on one channel in seven days, at most. `brand`: what it
    has of its own of a `brands.Brand`; `logo_alt` is there where it has a logo. `sites`: the hosts of its own
    pages; with a `utm_source`, links to them carry campaign parameters. `cohort_only`: its best hours are
    those of cohorts, and what it sends teaches nobody's own.
    """

    class Meta(TableMeta):
        """The table `departments`."""

        table_name = table("departments")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=DEPARTMENTS)
    sort = UnicodeAttribute()
    name = UnicodeAttribute()
    two_person = BooleanAttribute(default=False)
    weekly_cap = NumberAttribute(null=True)
    brand: JSONAttribute = JSONAttribute(null=True)
    logo_alt = UnicodeAttribute(null=True)
    sites: JSONAttribute = JSONAttribute(null=True)
    utm_source = UnicodeAttribute(null=True)
    cohort_only = BooleanAttribute(default=False)
    list_index = ListIndex()

    @property
    def has_logo(self) -> bool:
        """Whether a logo was put beside it."""
        return self.logo_alt is not None


class Logo(TableModel):
    """The logo of a department, by `logo#DEPARTMENT`."""

    class Meta(TableMeta):
        """The table `departments`."""

        table_name = table("departments")

    id = UnicodeAttribute(hash_key=True)
    png = BinaryAttribute(legacy_encoding=False)


def get(department_id: str) -> Department:
    """A department, read consistently. Raises NotFound."""
    try:
        return Department.get(department_id, consistent_read=True)
    except Department.DoesNotExist:
        raise NotFound("No department was set up under this id.") from None


def put(
    department_id: str,
    *,
    name: str,
    two_person: bool = False,
    weekly_cap: int | None = None,
    brand: Mapping[str, Any] = NO_BRAND,
    sites: Sequence[str] = (),
    utm_source: str | None = None,
    cohort_only: bool = False,
) -> Department:
    """Sets a department up, or changes what it asks for; its logo stays.

    Raises InvalidFields for colours that cannot be read, `/brand/colours/…`.
    """
    if colours := brand.get("colours"):
        errors = brands.colour_errors(colours, pointer="/brand/colours")
        if errors:
            raise InvalidFields(*errors)
    department = Department(department_id)
    department.update(
        actions=[
            Department.list.set(DEPARTMENTS),
            Department.sort.set(department_id),
            Department.name.set(name),
            Department.two_person.set(two_person),
            Department.weekly_cap.set(weekly_cap) if weekly_cap else Department.weekly_cap.remove(),
            Department.brand.set(dict(brand)),
            Department.sites.set(list(sites)),
            Department.utm_source.set(utm_source) if utm_source else Department.utm_source.remove(),
            Department.cohort_only.set(cohort_only),
        ]
    )
    return department


def put_logo(department_id: str, png: bytes, *, alt: str) -> Department:
    """Gives a department that was set up a logo (`logos.cleaned`). Raises NotFound."""
    department = get(department_id)
    Logo(_logo_id(department_id), png=png).save()
    department.update(actions=[Department.logo_alt.set(alt)])
    return department


def remove_logo(department_id: str) -> None:
    """Takes a department's logo away; once more is harmless. Raises NotFound."""
    get(department_id).update(actions=[Department.logo_alt.remove()])
    Logo(_logo_id(department_id)).delete()


def logo(department_id: str) -> bytes:
    """A department's logo, as PNG. Raises NotFound."""
    try:
        return bytes(Logo.get(_logo_id(department_id)).png)
    except Logo.DoesNotExist:
        raise NotFound("There is no logo under this address.") from None


def brand_of(department_id: str) -> dict[str, Any]:
    """What a department has of its own of a brand, for `brands.branded`; nothing where it was not set up."""
    try:
        department = get(department_id)
    except NotFound:
        return {}
    given = {name: value for name, value in (department.brand or {}).items() if value}
    if department.has_logo:
        given |= {"logo": brands.logo_path(department_id), "logo_alt": department.logo_alt}
    return given


def page(*, limit: int, cursor: str | None) -> Page[Department]:
    """One page of the departments, by id."""
    return list_page(Department.list_index, DEPARTMENTS, limit=limit, cursor=cursor, newest_first=False)


def asks_for_two(department_id: str) -> bool:
    """Whether two people must agree on what this department sends."""
    try:
        return bool(get(department_id).two_person)
    except NotFound:
        return False


def weekly_cap_of(department_id: str) -> int:
    """How many newsletters one person gets from a department on one channel in a week; 0: no cap."""
    try:
        return int(get(department_id).weekly_cap or 0)
    except NotFound:
        return 0


def any_cohort_only(department_ids: Iterable[str]) -> bool:
    """Whether one of these departments goes by cohorts alone, and learns no single person's hours."""
    return any(_cohort_only(one) for one in department_ids)


def _cohort_only(department_id: str) -> bool:
    try:
        return bool(get(department_id).cohort_only)
    except NotFound:
        return False


def _logo_id(department_id: str) -> str:
    return f"logo#{department_id}"
