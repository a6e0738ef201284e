"""Departments: what each asks for. One that was never written asks for nothing."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.core.errors import NotFound
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table

DEPARTMENTS = "department"


class Department(TableModel):
    """One department; the id is the slug that topics, campaigns and staff name.

    `two_person`: what it sends is approved by somebody who neither wrote nor submitted it.
    """

    class Meta(TableMeta):
        """The table `departments`."""

        table_name = table("departments")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=DEPARTMENTS)
    sort = UnicodeAttribute()
    name = UnicodeAttribute()
    two_person = BooleanAttribute(default=False)
    list_index = ListIndex()


def get(department_id: str) -> Department:
    """A department, read consistently. Raises NotFound."""
    try:
        return Department.get(department_id, consistent_read=True)
    except Department.DoesNotExist:
        raise NotFound("No department was set up under this id.") from None


def put(department_id: str, *, name: str, two_person: bool) -> Department:
    """Sets a department up, or changes what it asks for."""
    department = Department(department_id, sort=department_id, name=name, two_person=two_person)
    department.save()
    return department


def page(*, limit: int, cursor: str | None) -> Page[Department]:
    """One page of the departments, by id."""
    return list_page(Department.list_index, DEPARTMENTS, limit=limit, cursor=cursor, newest_first=False)


def asks_for_two(department_id: str) -> bool:
    """Whether two people must agree on what this department sends."""
    try:
        return bool(get(department_id).two_person)
    except NotFound:
        return False
