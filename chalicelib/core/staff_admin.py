"""Keeping the staff: who they are, what they may do, and their keys. Each change is one transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pynamodb.exceptions import TransactWriteError

from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, CrierError, FieldError, Forbidden, InvalidFields, NotFound
from chalicelib.core.staff import Actor, Mode, Role, digest, mint
from chalicelib.core.staff_tables import ADMINS, STAFF, KeyItem, StaffGuard, StaffItem
from chalicelib.core.tables import Page, list_page, transaction

FIRST_KEY = "First key"


def create_first_admin(*, name: str, email: str, now: datetime) -> tuple[StaffItem, str]:
    """Makes the first admin and a live key, answered this once.

    Raises Conflict (`admin-exists`) if there is one, or `email-taken`.
    """
    person = _person(name=name, email=email, roles=[Role.ADMIN], departments=[], created_by=None, now=now)
    key, key_text = _key(person.id, mode=Mode.LIVE, label=FIRST_KEY, created_by=None, now=now)
    none_yet = StaffGuard.id.does_not_exist() | (StaffGuard.active_admins < 1)
    try:
        with transaction() as together:
            together.save(person)
            together.save(_email_guard(person), condition=StaffGuard.id.does_not_exist())
            together.save(key)
            together.update(StaffGuard(ADMINS), [StaffGuard.active_admins.add(1)], condition=none_yet)
    except TransactWriteError as error:
        raise _refused(error, [None, email_taken(), None, _admin_exists()]) from None
    return person, key_text


def create(
    *, name: str, email: str, roles: Collection[str], departments: Collection[str], by: Actor, now: datetime
) -> StaffItem:
    """Adds a person. Raises Conflict (`email-taken`) if someone has this address."""
    person = _person(
        name=name, email=email, roles=roles, departments=departments, created_by=by.staff_id, now=now
    )
    try:
        with transaction() as together:
            together.save(person)
            together.save(_email_guard(person), condition=StaffGuard.id.does_not_exist())
            if Role.ADMIN in roles:
                together.update(StaffGuard(ADMINS), [StaffGuard.active_admins.add(1)])
    except TransactWriteError as error:
        raise _refused(error, [None, email_taken(), None]) from None
    return person


def get(staff_id: str) -> StaffItem:
    """One person. Raises NotFound."""
    try:
        if ids.is_id(staff_id):
            return StaffItem.get(staff_id, consistent_read=True)
    except StaffItem.DoesNotExist:
        pass
    raise NotFound("Nobody of the staff has this id.")


def page(*, limit: int, cursor: str | None) -> Page[StaffItem]:
    """One page of the staff, those who came last first."""
    return list_page(StaffItem.list_index, STAFF, limit=limit, cursor=cursor)


def change(staff_id: str, changes: Mapping[str, Any]) -> StaffItem:
    """Sets any of name, email, roles, departments and active; who is not active has no valid key.

    Raises NotFound, or Conflict: `email-taken`, `last-admin`, or `conflict` where someone else changed the
    person meanwhile.
    """
    person = get(staff_id)
    was_admin, old_email = _is_admin(person), _email_guard(person)
    for name, value in changes.items():
        setattr(person, name, sorted(map(str, value)) if isinstance(value, set) else value)
    new_email = _email_guard(person)
    admins = int(_is_admin(person)) - int(was_admin)
    moved = new_email.id != old_email.id
    # PynamoDB sends deletes, then saves, then updates, each in the order given; the reasons come in that.
    refusals = [None] * moved + [_changed_meanwhile()] + [email_taken()] * moved + [_last_admin()]
    try:
        with transaction() as together:
            if moved:
                together.delete(old_email)
            together.save(person)
            if moved:
                together.save(new_email, condition=StaffGuard.id.does_not_exist())
            if admins:
                enough = StaffGuard.active_admins > 1 if admins < 0 else StaffGuard.id.exists()
                together.update(StaffGuard(ADMINS), [StaffGuard.active_admins.add(admins)], condition=enough)
    except TransactWriteError as error:
        raise _refused(error, refusals) from None
    return person


def issue_key(*, staff_id: str, mode: str, label: str, by: Actor, now: datetime) -> tuple[KeyItem, str]:
    """A new key for a person, for oneself or by an admin, and its text, to be shown this once.

    Raises Forbidden or InvalidFields (no such person, or not active).
    """
    if staff_id != by.staff_id and not by.is_admin:
        raise Forbidden("Only an admin makes keys for others.", code="wrong-role")
    try:
        person = get(staff_id)
    except NotFound:
        raise InvalidFields(FieldError("/staff_id", "Nobody of the staff has this id.")) from None
    if not person.active:
        raise InvalidFields(FieldError("/staff_id", "This person is not active."))
    key, key_text = _key(staff_id, mode=mode, label=label, created_by=by.staff_id, now=now)
    key.save(condition=KeyItem.id.does_not_exist())
    return key, key_text


def keys_page(staff_id: str, *, by: Actor, limit: int, cursor: str | None) -> Page[KeyItem]:
    """One page of a person's keys, newest first: one's own, or for an admin anyone's. Raises Forbidden."""
    if staff_id != by.staff_id and not by.is_admin:
        raise Forbidden("Only an admin sees the keys of others.", code="wrong-role")
    return list_page(KeyItem.list_index, _keys_of(staff_id), limit=limit, cursor=cursor)


def revoke_key(key_id: str, *, by: Actor, now: datetime) -> None:
    """Ends a key from the next request on; a second time changes nothing.

    Raises NotFound, also for someone else's key unless by an admin.
    """
    key = _existing_key(key_id)
    if key.staff_id != by.staff_id and not by.is_admin:
        raise NotFound("No key has this id.")
    if not key.revoked_at:
        key.update(
            actions=[KeyItem.revoked_at.set(rfc3339(now)), KeyItem.revoked_by.set(by.staff_id)],
            condition=KeyItem.id.exists(),
        )


def email_taken() -> Conflict:
    """The refusal of an address that another person has: people are counted by it."""
    return Conflict("Someone of the staff has this email address already.", code="email-taken")


def _existing_key(key_id: str) -> KeyItem:
    try:
        if ids.is_id(key_id):
            return KeyItem.get(key_id, consistent_read=True)
    except KeyItem.DoesNotExist:
        pass
    raise NotFound("No key has this id.")


def _person(
    *,
    name: str,
    email: str,
    roles: Collection[str],
    departments: Collection[str],
    created_by: str | None,
    now: datetime,
) -> StaffItem:
    staff_id = ids.time_ordered_id(now)
    return StaffItem(
        staff_id,
        sort=staff_id,
        name=name,
        email=email,
        roles=sorted(map(str, roles)),
        departments=sorted(departments),
        created_at=rfc3339(now),
        created_by=created_by,
    )


def _key(
    staff_id: str, *, mode: str, label: str, created_by: str | None, now: datetime
) -> tuple[KeyItem, str]:
    key_id = ids.time_ordered_id(now)
    key_text = mint(key_id, mode)
    item = KeyItem(
        key_id,
        list=_keys_of(staff_id),
        sort=key_id,
        staff_id=staff_id,
        mode=str(mode),
        label=label,
        digest=digest(key_text),
        created_at=rfc3339(now),
        created_by=created_by,
    )
    return item, key_text


def _keys_of(staff_id: str) -> str:
    return f"keys#{staff_id}"


def _email_guard(person: StaffItem) -> StaffGuard:
    return StaffGuard(f"email#{person.email.lower()}", staff_id=person.id)


def _is_admin(person: StaffItem) -> bool:
    return bool(person.active) and Role.ADMIN in person.roles


def _refused(error: TransactWriteError, refusals: Collection[CrierError | None]) -> Exception:
    """The refusal that belongs to the first failed operation; the error itself where none does."""
    for reason, refusal in zip(error.cancellation_reasons, refusals, strict=False):
        if reason is not None and reason.code == "ConditionalCheckFailed" and refusal is not None:
            return refusal
        if reason is not None and reason.code == "TransactionConflict":
            return _changed_meanwhile()
    return error


def _changed_meanwhile() -> Conflict:
    return Conflict("Someone else changed this person just now; look again and send your change anew.")


def _last_admin() -> Conflict:
    return Conflict("This is the last admin; make another one first.", code="last-admin")


def _admin_exists() -> Conflict:
    return Conflict("There is an admin already; ask them.", code="admin-exists")
