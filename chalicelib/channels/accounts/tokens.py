"""Whether accounts may post, asked of their platforms: by staff, and by the clock.

Every hour, what expires is renewed; every six hours, and where an account is denied, it is asked how it
stands. Of what will not be renewed in time, the log's `account-expiring` tells, and by it the alarm.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.channels.accounts import manage, secrets, tables
from chalicelib.channels.accounts.model import SOON, Account, AccountState, ends_before
from chalicelib.channels.base import ProviderError
from chalicelib.channels.platforms.base import Denied, Standing
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring

ASKED_EVERY = timedelta(hours=6)
ENOUGH_S = 45
"""Seconds that one more account may take."""


class AccountsFailed(Exception):
    """Some accounts could not be looked after; the argument says how many."""


def check(account_id: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Account:
    """Asks an account's platform how it stands, and keeps the answer: one that was denied posts again.

    Raises NotFound, Forbidden; Conflict (`platform-silent`) where the platform gives no answer.
    """
    account = manage.get(account_id)
    actor.require_department(account.department)
    try:
        return _asked(account, now=now, wiring=wiring)
    except ProviderError as error:
        raise Conflict("The platform gave no answer; try again later.", code="platform-silent") from error


def look_after(needed: Callable[[], Mapping[str, str]], *, left: Callable[[], float], wiring: Wiring) -> int:
    """One round over all accounts, those first that were asked longest ago; answers how many.

    `needed`: until when (RFC 3339) scheduled campaigns need accounts, by id. What fails for one keeps no
    other; raises AccountsFailed at the end, where it was not the platform that failed.
    """
    until, failed, done = needed(), 0, 0
    for account in sorted(tables.every(), key=lambda one: one.checked_at):
        if left() < ENOUGH_S:
            logger.warning("accounts-cut-short", done=done)
            break
        done += 1
        try:
            _looked_after(account, until.get(account.id, ""), now=wiring.clock(), wiring=wiring)
        except ProviderError as error:
            logger.warning("account-not-asked", account=account.id, error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the others must not wait for this one
            logger.failure("account-failed", error, account=account.id)
            failed += 1
    if failed:
        raise AccountsFailed(failed)
    return done


def _looked_after(account: Account, needed: str, *, now: datetime, wiring: Wiring) -> None:
    if account.state == AccountState.SUSPENDED:
        return
    renewed = account.is_active and _renewed(account, now=now, wiring=wiring)
    if renewed or not account.is_active or _long_ago(account, now=now):
        account = _asked(account, now=now, wiring=wiring)
    last = max(now + SOON, parse_rfc3339(needed)) if needed else now + SOON
    if account.is_active and ends_before(account, last):
        logger.warning("account-expiring", account=account.id, expires_at=account.expires_at)


def _renewed(account: Account, *, now: datetime, wiring: Wiring) -> bool:
    """Whether new secrets took the place of those that expire."""
    try:
        fresh = manage.opened(account, wiring=wiring).refreshed()
    except Denied as error:
        manage.mark(account.id, AccountState.DENIED, reason=error.code, now=now)
        return False
    if fresh:
        secrets.put(account.id, {**secrets.read(account.id, wiring=wiring), **fresh}, wiring=wiring)
        logger.info("account-renewed", account=account.id)
    return bool(fresh)


def _asked(account: Account, *, now: datetime, wiring: Wiring) -> Account:
    """The account with what its platform says of it. Raises a ProviderError but Denied."""
    try:
        standing = manage.opened(account, wiring=wiring).standing()
    except Denied as error:
        manage.mark(account.id, AccountState.DENIED, reason=error.code, now=now)
        return manage.get(account.id)
    found = _noted(account, standing, now=now)
    return found if tables.replace(found, version=account.version) else manage.get(account.id)


def _noted(account: Account, standing: Standing, *, now: datetime) -> Account:
    noted = replace(
        account,
        name=standing.name,
        url=standing.url,
        expires_at=rfc3339(standing.expires_at) if standing.expires_at else "",
        checked_at=rfc3339(now),
        version=account.version + 1,
    )
    if account.state != AccountState.DENIED:
        return noted
    return replace(noted, state=AccountState.ACTIVE, reason="", since=rfc3339(now))


def _long_ago(account: Account, *, now: datetime) -> bool:
    return not account.checked_at or parse_rfc3339(account.checked_at) <= now - ASKED_EVERY
