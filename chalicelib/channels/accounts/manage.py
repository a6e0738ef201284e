"""What staff do with accounts, and what others ask of them: made, changed, deleted; opened for a post."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.channels.accounts import secrets, tables
from chalicelib.channels.accounts.model import (
    Account,
    AccountState,
    languages_errors,
    parted,
    settings_errors,
)
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import Login, Platform
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring

UNFINISHED = "its secrets were not kept"
TRIES = 5


def get(account_id: str) -> Account:
    """The account of an id. Raises NotFound."""
    found = tables.read([account_id])
    if account_id not in found:
        raise NotFound("No account has this id.")
    return found[account_id]


def get_all(account_ids: Iterable[str]) -> dict[str, Account]:
    """The accounts of up to 100 ids; those that do not exist are left out."""
    return tables.read(account_ids)


def create(
    account: Account, given: Mapping[str, str], *, actor: Actor, now: datetime, wiring: Wiring
) -> Account:
    """Makes an account with the settings given, secrets among them.

    A crash before its secrets are kept leaves one that is denied, which new settings mend.
    Raises Forbidden (department), InvalidFields, Conflict (`account-exists`).
    """
    actor.require_department(account.department)
    _check(account, given, whole=True, wiring=wiring)
    shown, hidden = parted(given, registry.about(account.platform))
    at = rfc3339(now)
    made = replace(account, settings=shown, created_at=at, updated_at=at)
    begun = replace(made, state=AccountState.DENIED, reason=UNFINISHED, since=at) if hidden else made
    if not tables.add(begun):
        raise Conflict("An account has this id already.", code="account-exists")
    if not hidden:
        return made
    secrets.put(made.id, hidden, wiring=wiring)
    finished = replace(made, version=made.version + 1)
    return _written(finished, was=begun)


def change(
    account_id: str, given: Mapping[str, Any], *, actor: Actor, now: datetime, wiring: Wiring
) -> Account:
    """Changes `label`, `languages`, single `settings` (None takes one away), or `state` with its `reason`.

    New settings let in one that was denied; what waited for it goes on. Raises NotFound, Forbidden,
    InvalidFields, Conflict.
    """
    before = get(account_id)
    actor.require_department(before.department)
    about = registry.about(before.platform)
    shown, hidden = parted(given.get("settings", {}), about)
    plain = {name: given[name] for name in ("label", "languages") if name in given}
    changed = replace(before, **plain, updated_at=rfc3339(now), version=before.version + 1)
    _check(changed, {name: text or "" for name, text in {**shown, **hidden}.items()}, wiring=wiring)
    changed = replace(changed, settings=_merged(before.settings, shown))
    if hidden:
        kept = _merged(secrets.read(account_id, wiring=wiring), hidden)
        secrets.put(account_id, kept, wiring=wiring)
    if (shown or hidden) and before.state == AccountState.DENIED:
        changed = _in_state(changed, AccountState.ACTIVE, now=now)
    if "state" in given:
        changed = _in_state(changed, given["state"], reason=given.get("reason", ""), now=now)
    return _written(changed, was=before)


def delete(account_id: str, *, actor: Actor, wiring: Wiring) -> None:
    """Deletes an account and its secrets; its posts stay on record. Raises NotFound, Forbidden."""
    actor.require_department(get(account_id).department)
    secrets.delete(account_id, wiring=wiring)
    tables.remove(account_id)


def opened(account: Account, *, wiring: Wiring) -> Platform:
    """The platform of an account, with its secrets."""
    values = {**account.settings, **secrets.read(account.id, wiring=wiring)}
    return registry.opened(account.platform, Login(account.id, values), wiring=wiring)


def mark(account_id: str, state: AccountState, *, reason: str, now: datetime) -> None:
    """Notes that an account is denied or suspended, for the alarm too; one that is not active stays as it is.

    `reason` is a code, not a text of the platform's.
    """
    for _ in range(TRIES):
        before = tables.read([account_id]).get(account_id)
        if before is None or not before.is_active:
            return
        changed = _in_state(replace(before, version=before.version + 1), state, reason=reason, now=now)
        if tables.replace(changed, version=before.version):
            logger.warning(f"account-{state}", account=account_id, reason=reason)
            return


def _in_state(account: Account, state: str, *, now: datetime, reason: str = "") -> Account:
    return replace(account, state=state, reason=reason, since=rfc3339(now))


def _check(account: Account, given: Mapping[str, str], *, wiring: Wiring, whole: bool = False) -> None:
    if account.platform not in registry.names():
        raise InvalidFields(FieldError("/platform", f"Known are {', '.join(registry.names())}."))
    found = settings_errors(given, registry.about(account.platform), whole=whole)
    found += languages_errors(account.languages, offered=wiring.settings.languages)
    if found:
        raise InvalidFields(*found)


def _merged(before: Mapping[str, str], given: Mapping[str, str | None]) -> dict[str, str]:
    merged = {**before, **given}
    return {name: text for name, text in merged.items() if text is not None}


def _written(changed: Account, *, was: Account) -> Account:
    if not tables.replace(changed, version=was.version):
        raise Conflict("The account was changed at the same moment; read it again.", code="changed-meanwhile")
    return changed
