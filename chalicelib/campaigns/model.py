"""What a campaign is, as plain immutable data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from chalicelib.core.i18n import pick
from chalicelib.delivery.audience import kept
from chalicelib.delivery.content import Words
from chalicelib.delivery.ladder import Rung
from chalicelib.subscribers.conditions import Rule

WORDS = {"push": ("push",), "email": ("subject", "preheader", "body"), "sms": ("sms",), "voice": ("voice",)}
"""The fields of words that make a message, by channel; those of accounts make `post`."""

CHANNELS = tuple(WORDS)


@dataclass(frozen=True)
class Meaning:
    """What the names in a campaign stand for, as they were read together.

    `segments`: rules by id, as they were saved; `plans` of earlier campaigns by id; `areas`: geometries by
    id; `topics`: the names that its mails give in each language; `brand`: what its department has of its own
    (`core.brands.branded`); `pictures`: what is told of each by id (`core.pictures.medium`);
    `parameters`: what its links carry, if anything (`tagging`).
    """

    segments: Mapping[str, Rule] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    brand: Mapping[str, Any] = field(default_factory=dict)
    areas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pictures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Image:
    """A picture that posts carry: its id, and by language what it shows, where not what it says itself."""

    media: str
    alt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """Other words for the same message: by language, the fields that it replaces and their text."""

    name: str
    content: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Correction:
    """What a campaign corrects: the id of the first one, and how what stands in public is put right.

    `replace`: posts are edited, or taken back and posted anew, and the archive shows the new words; `add`:
    posts are answered, and the archive shows both; `withdraw`: posts and the archive's page are taken back.
    """

    campaign: str
    how: str


@dataclass(frozen=True)
class Event:
    """What a campaign invites to: when, as RFC 3339, in which IANA zone, what and where.

    `title` and `place` are by language; under the empty tag stands what is the same in all of them. Without
    a title it has that of the campaign's words. `organiser` (with an email address) is the department's brand
    unless said.
    """

    starts_at: str
    ends_at: str
    zone: str
    title: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    organiser: str = ""
    organiser_email: str = ""

    @staticmethod
    def said(texts: Mapping[str, str], language: str, *, first: str) -> str:
        """A text in the language that suits a reader best, `first` going before others; empty for none."""
        if not texts or "" in texts:
            return texts.get("", "")
        return texts[pick(language, [first, *texts] if first in texts else list(texts))]


NOW, BEST = "now", "best"
SEND_TIMES = (NOW, BEST)


@dataclass(frozen=True)
class Window:
    """When a campaign may go at the best hour: between two local hours (as quiet hours have them).

    Nobody waits longer than so many hours.
    """

    hours: tuple[int, int]
    longest_wait_hours: int = 24


@dataclass(frozen=True)
class Campaign:
    """One planned send: content × audience × channels, of one department.

    `content` holds words by language tag; `audience` is an expression of `delivery.audience`, None while
    nobody was chosen. `mode` is that of the key that made it. `state` is what staff did with it (`states`);
    `version` rises by one with each change. Times are RFC 3339 text, empty for what has not happened;
    people are staff ids. `authors` are all who wrote it; from `expires_at` on it is too old to send.
    `archived`: whether everybody may read it once it is sent, where it is for public topics; `daylight`:
    whether it waits for the hours in which its recipients want newsletters. `accounts` are ids of those of
    the agency that it is posted to, with `images`; `event` is what it invites to. The channels of its
    `ladder` are tried one after the other. `correction` says what it corrects; `corrected_by` is the newest
    campaign that corrected it. `utm_campaign` names it to web analytics (None: by its name; empty: its links
    carry nothing). `send_time`: to all at once (`now`), or to each at their best hour (`best`), in its
    `window` (None: the usual hours, for a day). Of its own words and their `variants`, people get what does
    best. `digest` is of what was submitted, and so approved, or launched; `meaning` is what its names stood
    for at the launch, until its plan is made. At `due_at` the tick looks after it: to start it, or to finish
    what was cut short.
    """

    id: str
    name: str
    department: str
    mode: str
    channels: tuple[str, ...]
    default_language: str
    content: Mapping[str, Words]
    audience: Mapping[str, Any] | None
    state: str
    version: int
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str
    plan_id: str = ""
    launched_at: str = ""
    launched_by: str = ""
    cancelled_at: str = ""
    cancelled_by: str = ""
    authors: tuple[str, ...] = ()
    expires_at: str = ""
    archived: bool = True
    daylight: bool = True
    accounts: tuple[str, ...] = ()
    ladder: tuple[Rung, ...] = ()
    correction: Correction | None = None
    corrected_by: str = ""
    images: tuple[Image, ...] = ()
    event: Event | None = None
    utm_campaign: str | None = None
    send_time: str = NOW
    window: Window | None = None
    variants: tuple[Variant, ...] = ()
    submitted_at: str = ""
    submitted_by: str = ""
    approved_at: str = ""
    approved_by: str = ""
    rejected_at: str = ""
    rejected_by: str = ""
    rejected_reason: str = ""
    starts_at: str = ""
    scheduled_by: str = ""
    due_at: str = ""
    digest: str = ""
    meaning: Meaning | None = None

    @property
    def sources(self) -> list[str]:
        """The topics and lists (`list:NAME`) whose members it may reach, each once, in the order given."""
        return list(dict.fromkeys(kept(self.audience))) if self.audience else []

    def languages(self, channel: str) -> list[str]:
        """The languages that have words for a channel."""
        return [language for language, words in self.content.items() if has_words(words, channel)]


@dataclass(frozen=True)
class Draft:
    """What staff may write of a campaign."""

    name: str
    department: str
    channels: tuple[str, ...]
    default_language: str
    content: Mapping[str, Words] = field(default_factory=dict)
    audience: Mapping[str, Any] | None = None
    expires_at: str = ""
    archived: bool = True
    daylight: bool = True
    accounts: tuple[str, ...] = ()
    ladder: tuple[Rung, ...] = ()
    images: tuple[Image, ...] = ()
    event: Event | None = None
    utm_campaign: str | None = None
    send_time: str = NOW
    window: Window | None = None
    variants: tuple[Variant, ...] = ()


def window_of(document: Mapping[str, Any] | None) -> Window | None:
    """A window as JSON holds it; None for none."""
    if not document:
        return None
    start, end = document["hours"]
    return Window((start, end), document["longest_wait_hours"])


def has_words(words: Words, channel: str) -> bool:
    """Whether anything was written for a channel."""
    return any(getattr(words, name) for name in WORDS[channel])


def content_document(content: Mapping[str, Words]) -> dict[str, dict[str, str]]:
    """Words by language as JSON holds them."""
    return {language: asdict(words) for language, words in content.items()}
