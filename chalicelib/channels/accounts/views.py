"""What requests and answers about accounts hold. Secrets go in, and never out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from chalicelib.channels.accounts.model import Account, parted, warning
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import Line, Reason, Slug

Language = Annotated[
    str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", description="A BCP 47 tag.")
]
Languages = Annotated[list[Language], Field(min_length=1, max_length=20)]
Value = Annotated[str, StringConstraints(max_length=4000)]
SettingName = Annotated[str, StringConstraints(max_length=64)]
Settings = Annotated[
    dict[SettingName, Value],
    Field(max_length=30, description="By the names that `GET /v1/platforms` gives, secrets among them."),
]
SomeSettings = Annotated[
    dict[SettingName, Value | None],
    Field(max_length=30, description="Those to change; null takes one away. The others stay."),
]


class NewAccount(Model):
    """An account to add."""

    id: Slug
    department: Slug
    platform: str = Field(max_length=64, description="One of `GET /v1/platforms`.")
    label: Line = Field(description="What staff call it.")
    languages: Languages | None = Field(
        None, description="In which it posts, once each; the deployment's own language, if left out."
    )
    settings: Settings = Field(default_factory=dict)


class AccountChanges(Changes):
    """What to change of an account. `suspended`: it posts nothing until somebody says `active`."""

    label: Line | SkipJsonSchema[None] = None
    languages: Languages | SkipJsonSchema[None] = None
    settings: SomeSettings | SkipJsonSchema[None] = None
    state: Literal["active", "suspended"] | SkipJsonSchema[None] = None
    reason: Reason | SkipJsonSchema[None] = Field(None, description="Why it is suspended.")


class AccountView(Model):
    """An account, without its secrets. `secrets` names those that it has by its platform."""

    id: str
    department: str
    platform: str
    label: str
    languages: list[str]
    settings: dict[str, str]
    secrets: list[str] = Field(description="Names of settings that are kept apart and never shown.")
    state: str = Field(
        description="active, suspended (by staff, or after all tries), denied (by its platform)"
    )
    reason: str | None
    since: str | None
    name: str | None = Field(description="As whom it posts, as its platform said.")
    url: str | None
    expires_at: str | None = Field(description="When its token ends; null: never, or not known.")
    checked_at: str | None
    warning: str | None = Field(description="Why it may not post within the next days, in words.")
    created_at: str
    updated_at: str


class SettingView(Model):
    """One thing that an account of a platform is given."""

    meaning: str
    secret: bool
    required: bool
    pattern: str = Field(description="What it looks like, as a regular expression; empty: anything.")


class PlatformView(Model):
    """A platform: what its accounts need, and what it can do with a post."""

    id: str
    label: str
    settings: dict[str, SettingView]
    longest: int | None = Field(description="How long a post may be, in the platform's own counting.")
    thread: int = Field(description="Of how many posts a longer text may be made.")
    images: int
    edits: bool
    withdraws: bool
    reads_back: bool


class PlatformsView(Model):
    """All platforms."""

    items: list[PlatformView]


def view(account: Account, *, at: datetime) -> AccountView:
    """An account as staff see it; `at`: until when its token should hold."""
    plain = {
        name: getattr(account, name) or None
        for name in ("reason", "since", "name", "url", "expires_at", "checked_at")
    }
    return AccountView(
        id=account.id,
        department=account.department,
        platform=account.platform,
        label=account.label,
        languages=list(account.languages),
        settings=dict(account.settings),
        secrets=_secrets(account.platform),
        state=account.state,
        **plain,
        warning=warning(account, at=at) or None,
        created_at=account.created_at,
        updated_at=account.updated_at,
    )


def _secrets(platform: str) -> list[str]:
    """The names of the secrets of a platform's accounts; none of one that is there no more."""
    if platform not in registry.names():
        return []
    about = registry.about(platform)
    return sorted(parted(dict.fromkeys(about.settings, ""), about)[1])


def platform_view(name: str, about: About) -> PlatformView:
    """A platform as staff see it."""
    return PlatformView(
        id=name,
        label=about.label,
        settings={one: SettingView(**vars(setting)) for one, setting in about.settings.items()},
        longest=about.limits.longest or None,
        thread=about.limits.thread,
        images=about.limits.images,
        edits=about.edits,
        withdraws=about.withdraws,
        reads_back=about.reads_back,
    )
