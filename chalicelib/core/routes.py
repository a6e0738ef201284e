"""core's routes: health, the description of the API, staff, keys and the audit."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.core import audit, staff_admin
from chalicelib.core.audit_tables import AuditItem
from chalicelib.core.fields import Email, Id, Line, Slug
from chalicelib.core.http import Call, Changes, Listing, Model, PageOf, Routes
from chalicelib.core.staff import ADMINS, COMMUNICATORS, VIEWERS, Mode, Role
from chalicelib.core.staff_tables import KeyItem, StaffItem

about = Routes("about", tag="About")
staff = Routes("staff", tag="Staff")

Roles = Annotated[set[Role], Field(min_length=1)]
Departments = Annotated[set[Slug], Field(max_length=50)]


class Health(Model):
    """Whether requests are answered."""

    status: str


class NewStaff(Model):
    """A person to add."""

    name: Line
    email: Email
    roles: Roles
    departments: Departments = Field(default_factory=set)


class StaffChanges(Changes):
    """What to change about a person. `active: false` ends all of their keys."""

    name: Line | None = None
    email: Email | None = None
    roles: Roles | None = None
    departments: Departments | None = None
    active: bool | None = None


class StaffMember(Model):
    """One person of the staff."""

    id: str
    name: str
    email: str
    roles: list[str]
    departments: list[str]
    active: bool
    created_at: str
    created_by: str | None


class NewKey(Model):
    """A key to make; without `staff_id`, for oneself."""

    staff_id: Id | None = None
    mode: Mode
    label: Line


class KeyListing(Listing):
    """The query of a person's keys; without `staff_id`, one's own."""

    staff_id: Id | None = None


class Key(Model):
    """A key, without its secret. `last_used_at` is at most an hour behind."""

    id: str
    staff_id: str
    mode: str
    label: str
    created_at: str
    created_by: str | None
    last_used_at: str | None
    revoked_at: str | None
    revoked_by: str | None


class IssuedKey(Key):
    """A new key with its text, which is shown this once."""

    key: str


class AuditEntry(Model):
    """Who did what, and why if they had to say.

    An entry with `about` tells the outcome of that entry: the code of its refusal.
    """

    id: str
    at: str
    staff_id: str
    key_id: str
    mode: str
    action: str
    ids: dict[str, str]
    reason: str | None
    outcome: str | None
    about: str | None


@about.public("GET", "/health", returns=Health)
def health(_: Call) -> Health:
    """Says that requests are answered; asks nothing of tables or providers."""
    return Health(status="ok")


@staff.staff("GET", "/v1/staff", roles=COMMUNICATORS, query=Listing, returns=PageOf[StaffMember])
def list_staff(call: Call) -> PageOf[StaffMember]:
    """Lists the staff, those who came last first."""
    page = staff_admin.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_member(one) for one in page.items], next=page.next)


@staff.staff("POST", "/v1/staff", roles=ADMINS, body=NewStaff, returns=StaffMember, status=201)
def add_staff(call: Call) -> StaffMember:
    """Adds a person; an email address belongs to one person only."""
    return _member(staff_admin.create(**dict(call.body), by=call.actor, now=call.now))


@staff.staff("GET", "/v1/staff/{staff_id}", roles=COMMUNICATORS, returns=StaffMember)
def show_staff(_: Call, staff_id: str) -> StaffMember:
    """Shows one person."""
    return _member(staff_admin.get(staff_id))


@staff.staff("PATCH", "/v1/staff/{staff_id}", roles=ADMINS, body=StaffChanges, returns=StaffMember)
def change_staff(call: Call, staff_id: str) -> StaffMember:
    """Changes a person; the last active admin stays one."""
    return _member(staff_admin.change(staff_id, call.body.given()))


@staff.staff("GET", "/v1/keys", roles=VIEWERS, query=KeyListing, returns=PageOf[Key])
def list_keys(call: Call) -> PageOf[Key]:
    """Lists a person's keys, the newest first: one's own, or for an admin anyone's."""
    owner = call.query.staff_id or call.actor.staff_id
    page = staff_admin.keys_page(owner, by=call.actor, limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[Key(**_key(one)) for one in page.items], next=page.next)


@staff.staff("POST", "/v1/keys", roles=VIEWERS, body=NewKey, returns=IssuedKey, status=201, secret=True)
def issue_key(call: Call) -> IssuedKey:
    """Makes a key for oneself, or by an admin for anyone, and shows it this once."""
    item, text = staff_admin.issue_key(
        staff_id=call.body.staff_id or call.actor.staff_id,
        mode=call.body.mode,
        label=call.body.label,
        by=call.actor,
        now=call.now,
    )
    return IssuedKey(**_key(item), key=text)


@staff.staff("DELETE", "/v1/keys/{key_id}", roles=VIEWERS, status=204)
def revoke_key(call: Call, key_id: str) -> None:
    """Revokes a key: one's own, or for an admin anyone's. It is refused from the next request on."""
    staff_admin.revoke_key(key_id, by=call.actor, now=call.now)


@staff.staff("GET", "/v1/audit", roles=ADMINS, query=Listing, returns=PageOf[AuditEntry])
def list_audit(call: Call) -> PageOf[AuditEntry]:
    """Lists what the staff did, the newest first."""
    page = audit.entries(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_entry(one) for one in page.items], next=page.next)


def _member(item: StaffItem) -> StaffMember:
    names = StaffMember.model_fields.keys()
    return StaffMember(**{name: getattr(item, name) for name in names})


def _key(item: KeyItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in Key.model_fields}


def _entry(item: AuditItem) -> AuditEntry:
    values = {name: getattr(item, name) for name in AuditEntry.model_fields}
    return AuditEntry(**{**values, "ids": item.ids.as_dict()})
