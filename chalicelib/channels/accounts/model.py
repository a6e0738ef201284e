"""An account of the agency on a platform, as plain immutable data, and what may be wrong with it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.channels.platforms.base import About
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import FieldError

SOON = timedelta(days=7)
"""How long before a token ends somebody is told."""


class AccountState(StrEnum):
    """Whether it posts: `suspended` by staff or after all tries were in vain, `denied` by its platform."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DENIED = "denied"


@dataclass(frozen=True)
class Account:
    """One account; `id` is the slug that staff gave it.

    It posts once in each of `languages` (BCP 47). `settings` are those that are no secret. `reason` says why
    it is not active, in a word or a code, since `since`. What its platform said when it was asked last, at
    `checked_at`: the `name` as which it posts, its `url`, and when its token ends (`expires_at`; empty:
    never, or not known). Times are RFC 3339.
    """

    id: str
    department: str
    platform: str
    label: str
    languages: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    state: str = AccountState.ACTIVE
    reason: str = ""
    since: str = ""
    name: str = ""
    url: str = ""
    expires_at: str = ""
    checked_at: str = ""
    version: int = 1
    created_at: str = ""
    updated_at: str = ""

    @property
    def is_active(self) -> bool:
        """Whether it posts."""
        return self.state == AccountState.ACTIVE


def settings_errors(given: Mapping[str, str], about: About, *, whole: bool) -> list[FieldError]:
    """What is wrong with settings by their names; `whole`: nothing that is required may be absent."""
    offered = ", ".join(sorted(about.settings)) or "none"
    found = [
        FieldError(f"/settings/{_escaped(name)}", f"{about.label} knows no such setting; it has {offered}.")
        for name in given
        if name not in about.settings
    ]
    for name, setting in about.settings.items():
        lacks = name not in given if whole else False
        if setting.required and (lacks or not given.get(name, "-").strip()):
            found.append(FieldError(f"/settings/{name}", f"Give this: {setting.meaning}"))
        elif given.get(name) and setting.pattern and not re.fullmatch(setting.pattern, given[name]):
            found.append(FieldError(f"/settings/{name}", f"This does not look right. {setting.meaning}"))
    return found


def languages_errors(
    languages: Sequence[str], *, offered: Sequence[str], pointer: str = "/languages"
) -> list[FieldError]:
    """What is wrong with the languages in which an account posts."""
    found = [
        FieldError(f"{pointer}/{n}", f"Offered are {', '.join(offered)}.")
        for n, language in enumerate(languages)
        if language not in offered
    ]
    if len(set(languages)) != len(languages):
        found.append(FieldError(pointer, "Name each language once."))
    return found


def parted(given: Mapping[str, str], about: About) -> tuple[dict[str, str], dict[str, str]]:
    """Settings as those that may be shown, and the secrets."""
    secret = {name for name, setting in about.settings.items() if setting.secret}
    shown = {name: value for name, value in given.items() if name not in secret}
    return shown, {name: value for name, value in given.items() if name in secret}


def ends_before(account: Account, moment: datetime) -> bool:
    """Whether its token is known to end before a moment."""
    return bool(account.expires_at) and parse_rfc3339(account.expires_at) < moment


def warning(account: Account, *, at: datetime) -> str:
    """Why an account may not post at a moment, in words; empty where nothing is known against it."""
    if account.state == AccountState.SUSPENDED:
        return f"This account is suspended: {account.reason}."
    if account.state == AccountState.DENIED:
        return f"Its platform lets this account not in: {account.reason}. Give it new secrets, and check it."
    if ends_before(account, at):
        return f"The token of this account ends at {account.expires_at}; renew it before."
    return ""


def _escaped(part: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")
