"""What a source and its items are, as plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chalicelib.delivery.content import Words


class Kind(StrEnum):
    """What is looked at."""

    FEED = "feed"
    PAGE = "page"


class Rule(StrEnum):
    """What becomes of an item: a draft for staff to look at, or a campaign that is sent."""

    DRAFT = "draft"
    SEND = "send"


@dataclass(frozen=True)
class Source:
    """One feed or page, and what its items become.

    `every` is in minutes; `selector` (CSS) is the part of a page that is watched. `content` holds templates
    of words by language; the rest of the campaign is as `campaigns.model.Campaign` has it. `most_a_day` are
    sent without being asked about; `takes_old`: whether the first look takes what stands there already.
    `silent_days`: after so many without news somebody should look. `mode` is that of the key that made it.
    `version` rises by one with each change; `authors` are all who wrote it. `approved_by` and `digest`: who
    agreed that its items are sent, and to what.
    """

    id: str
    name: str
    department: str
    mode: str
    kind: str
    url: str
    channels: tuple[str, ...]
    default_language: str
    content: Mapping[str, Words]
    audience: Mapping[str, Any] | None
    version: int
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str
    selector: str = ""
    every: int = 15
    rule: str = Rule.DRAFT
    active: bool = True
    accounts: tuple[str, ...] = ()
    archived: bool = True
    daylight: bool = True
    most_a_day: int = 10
    takes_old: bool = False
    silent_days: int = 30
    authors: tuple[str, ...] = ()
    approved_at: str = ""
    approved_by: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Draft:
    """What staff may write of a source."""

    name: str
    department: str
    kind: str
    url: str
    channels: tuple[str, ...]
    default_language: str
    content: Mapping[str, Words]
    audience: Mapping[str, Any] | None
    selector: str = ""
    every: int = 15
    rule: str = Rule.DRAFT
    active: bool = True
    accounts: tuple[str, ...] = ()
    archived: bool = True
    daylight: bool = True
    most_a_day: int = 10
    takes_old: bool = False
    silent_days: int = 30


@dataclass(frozen=True)
class Watch:
    """How looking at a source goes. Times are RFC 3339, empty for never.

    `url` is the address that all of this is of: with another one everything begins anew. `validators` are the
    answer's `ETag` and `Last-Modified`; `page` what the page shows, and since when (`page_at`).
    `failing_since`, `failures` and `problem` tell of the looks that failed since the last one that did not.
    `news_at`: when something new was last found, or the first look.
    """

    url: str = ""
    looked_at: str = ""
    seen_at: str = ""
    news_at: str = ""
    due_at: str = ""
    validators: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    page_at: str = ""
    failing_since: str = ""
    failures: int = 0
    problem: str = ""
    silent: bool = False


@dataclass(frozen=True)
class Text:
    """A foreign text: `plain`, and as Markdown in which nothing but its links is markup."""

    plain: str = ""
    markdown: str = ""


@dataclass(frozen=True)
class Item:
    """One piece of news. `guid` is what its publisher calls it, where it does; `published` is RFC 3339."""

    guid: str = ""
    title: str = ""
    link: str = ""
    published: str = ""
    summary: Text = Text()
    text: Text = Text()


class Fate(StrEnum):
    """What became of an item: it was there before the first look, is a draft, or was sent."""

    OLD = "old"
    DRAFT = "draft"
    SENT = "sent"
