"""Who is calling: named people with roles and departments, known by their keys.

A key reads `crier_live_<key id>_<secret>`: the mode is plain to see, the id finds the key, and the 256-bit
secret proves it. Only the SHA-256 of the whole text is stored; for a secret that cannot be guessed, a slow
hash would add nothing.
"""

import hmac
import secrets
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from pynamodb.exceptions import PynamoDBException

from chalicelib.core import ids
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Forbidden, Unauthenticated
from chalicelib.core.logs import logger
from chalicelib.core.staff_tables import KeyItem, StaffItem

KEY_PREFIX = "crier"
SECRET_BYTES = 32
LAST_USE_EVERY = timedelta(hours=1)


class Role(StrEnum):
    """What a person may do; each role may do what those before it may."""

    VIEWER = "viewer"
    COMMUNICATOR = "communicator"
    APPROVER = "approver"
    EMERGENCY_MANAGER = "emergency_manager"
    ADMIN = "admin"


class Mode(StrEnum):
    """How far a key reaches: `live` everyone, `exercise` the exercise list only, `test` nobody."""

    LIVE = "live"
    EXERCISE = "exercise"
    TEST = "test"


def _from(lowest: Role) -> frozenset[str]:
    roles = list(Role)
    return frozenset(str(role) for role in roles[roles.index(lowest) :])


VIEWERS = _from(Role.VIEWER)
COMMUNICATORS = _from(Role.COMMUNICATOR)
APPROVERS = _from(Role.APPROVER)
EMERGENCY_MANAGERS = _from(Role.EMERGENCY_MANAGER)
ADMINS = _from(Role.ADMIN)


@dataclass(frozen=True)
class Actor:
    """The person behind a request, and the key used. `departments` are slugs; `mode` is the key's."""

    staff_id: str
    key_id: str
    name: str
    email: str
    roles: frozenset[str]
    departments: frozenset[str]
    mode: str

    @property
    def is_admin(self) -> bool:
        """Whether this person acts for all departments."""
        return Role.ADMIN in self.roles

    def require(self, *, roles: Set[str], modes: Set[str]) -> None:
        """Raises Forbidden unless the person has one of the roles and the key one of the modes."""
        if not self.roles & roles:
            raise Forbidden(f"This needs one of the roles {_names(roles)}; ask an admin.", code="wrong-role")
        if self.mode not in modes:
            raise Forbidden(
                f"A key of mode {self.mode} may not do this; use one of {_names(modes)}.", code="wrong-mode"
            )

    def may_act_for(self, department: str) -> bool:
        """Whether the department is one of the person's; an admin acts for all."""
        return self.is_admin or department in self.departments

    def require_department(self, department: str) -> None:
        """Raises Forbidden unless the person acts for the department."""
        if not self.may_act_for(department):
            raise Forbidden("You do not act for this department; ask an admin.", code="wrong-department")


def authenticate(header: str | None, *, now: datetime) -> Actor:
    """The actor that an `Authorization` header (`Bearer <key>`) proves; notes the key's use, at most hourly.

    Raises Unauthenticated for a missing, malformed, unknown or revoked key, and for a person who has left.
    """
    key_text = _bearer(header)
    key = _key(key_text)
    if not hmac.compare_digest(digest(key_text), key.digest) or key.revoked_at:
        raise _unknown_key()
    try:
        person = StaffItem.get(key.staff_id, consistent_read=True)
    except StaffItem.DoesNotExist:
        raise _unknown_key() from None
    if not person.active:
        raise _unknown_key()
    _note_use(key, now=now)
    return Actor(
        staff_id=person.id,
        key_id=key.id,
        name=person.name,
        email=person.email,
        roles=frozenset(person.roles),
        departments=frozenset(person.departments),
        mode=key.mode,
    )


def mint(key_id: str, mode: str) -> str:
    """The text of a new key: shown once, never stored."""
    return f"{KEY_PREFIX}_{mode}_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"


def digest(key_text: str) -> str:
    """What is stored of a key: SHA-256 of its whole text, in hex."""
    return sha256(key_text.encode()).hexdigest()


def use_is_worth_noting(last_used_at: str | None, *, now: datetime) -> bool:
    """Whether the noted last use is so old that this one should replace it."""
    return last_used_at is None or now - parse_rfc3339(last_used_at) >= LAST_USE_EVERY


def _bearer(header: str | None) -> str:
    scheme, _, key_text = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not key_text.strip():
        raise Unauthenticated("Send your key as `Authorization: Bearer <key>`.")
    return key_text.strip()


def _key(key_text: str) -> KeyItem:
    parts = key_text.split("_", 3)
    if not key_text.isascii() or len(parts) != 4 or parts[0] != KEY_PREFIX or not ids.is_id(parts[2]):
        raise _unknown_key()
    try:
        return KeyItem.get(parts[2], consistent_read=True)
    except KeyItem.DoesNotExist:
        raise _unknown_key() from None


def _note_use(key: KeyItem, *, now: datetime) -> None:
    if not use_is_worth_noting(key.last_used_at, now=now):
        return
    try:
        key.update(actions=[KeyItem.last_used_at.set(rfc3339(now))], condition=KeyItem.id.exists())
    except PynamoDBException as error:
        logger.failure("key-use-not-noted", error, key=key.id)


def _unknown_key() -> Unauthenticated:
    return Unauthenticated("This key is not known, or was revoked; ask an admin for a new one.")


def _names(values: Set[str]) -> str:
    return ", ".join(sorted(values))
