"""The protocol of a platform that takes posts of the agency, and what a platform's module declares.

A module of this package holds `ABOUT`, an `About`, and a function `opened(login, *, wiring)` that gives the
`Platform` of one account. What a platform answers is raised as the types of `channels.base`:

Retryable   nothing was posted; try again after a while (`Throttled` with its `retry_after_s`, where told)
Ambiguous   it may have been posted: `find` is asked before a second try, or nobody tries again
Refused     this post will never be taken as it is: too long, a picture it does not take, a repeated text
Denied      the account's token is expired, revoked, or lacks a right: nothing goes until somebody mends it
Gone        what was to be edited, withdrawn or read is not there any more; of a web hook: it wants no more
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chalicelib.channels.base import ProviderError


class Refused(ProviderError):
    """This post will never be taken as it is. `code` is the platform's own."""


class Denied(ProviderError):
    """The platform does not let the account in: its token is expired, revoked or lacks a right."""


class Gone(ProviderError):
    """What was meant is not there any more."""


@dataclass(frozen=True)
class Setting:
    """One thing that an account of the platform is given. A `secret` is kept apart and never shown again.

    `pattern`: what it looks like, as a regular expression (empty: anything).
    """

    meaning: str
    secret: bool = False
    required: bool = True
    pattern: str = ""


def any_length(text: str) -> int:
    """The count of a platform that does not limit texts."""
    del text
    return 0


@dataclass(frozen=True)
class PostLimits:
    """What one post may hold, in the platform's own counting.

    `length` counts a text, and a post holds up to `longest` of it (0: any); a longer text becomes a thread
    of up to `thread` posts (1: it is refused). `images` of up to `image_bytes` of the types `media`, each
    with up to `alt_longest` characters of alternative text. `per_hour`: how many posts an account may make.
    """

    length: Callable[[str], int] = any_length
    longest: int = 0
    thread: int = 1
    images: int = 0
    image_bytes: int = 0
    media: frozenset[str] = frozenset({"image/jpeg", "image/png"})
    alt_longest: int = 0
    per_hour: int = 0


@dataclass(frozen=True)
class About:
    """What a platform is, and can do.

    `label` is its name as people know it; `settings` what an account of it is given, by name. `keyed`: the
    platform itself takes the same `Post.key` only once; `finds`: it can be asked for a post that an earlier
    try may have made. Where it is neither, what may have been posted is never tried again. `edits`: a post
    can be changed in place; where not, a correction is a reply, or the post is withdrawn. `reads_back`: it
    tells likes, shares and replies. `whole`: it takes one document with all languages, as machines do,
    instead of a text in one language. `retries_s`: seconds between tries of what failed for the moment;
    after the last, the post has failed (and an account that is a machine's is suspended).
    """

    label: str
    settings: Mapping[str, Setting]
    limits: PostLimits = field(default_factory=PostLimits)
    keyed: bool = False
    finds: bool = False
    edits: bool = False
    withdraws: bool = False
    reads_back: bool = False
    whole: bool = False
    retries_s: tuple[int, ...] = (30, 120, 600, 1_800, 3_600, 7_200)


@dataclass(frozen=True)
class Image:
    """A picture with its alternative text, in the post's language; `width` and `height` in pixels."""

    data: bytes
    mime: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Card:
    """What is shown of the page that a post links to."""

    url: str
    title: str
    description: str = ""
    image: Image | None = None


@dataclass(frozen=True)
class Posted:
    """A post that stands: the platform's id and its public address.

    `more` is what else the platform wants to hear of it again, such as Bluesky's CID.
    """

    id: str
    url: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Post:
    """One post: a text that fits, in one language (BCP 47), for a platform that is not `whole`.

    `key` is the same in every try of it, and differs for each other post; `made_at` is when it was first
    decided on. In a thread, `after` is the post that it answers, and `first` the thread's first. Of a `whole`
    platform, `event` is the message as a document (JSON), and `event_type` what happened to it:
    `campaign.sent`, `campaign.corrected`, `campaign.withdrawn`.
    """

    key: str
    text: str
    language: str
    made_at: datetime
    images: tuple[Image, ...] = ()
    card: Card | None = None
    after: Posted | None = None
    first: Posted | None = None
    event: Mapping[str, Any] = field(default_factory=dict)
    event_type: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer to a post: by whom (as the platform names them), plain text, when (RFC 3339)."""

    id: str
    author: str
    text: str
    at: str
    url: str = ""


@dataclass(frozen=True)
class Reactions:
    """What people did with a post so far."""

    likes: int = 0
    shares: int = 0
    replies: int = 0
    answers: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class Login:
    """An account as its platform takes it: what it was given, secrets included, by the names of `ABOUT`."""

    account_id: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """How an account stands with its platform: as whom it posts, and when its token expires (None: never)."""

    name: str
    url: str = ""
    expires_at: datetime | None = None


class Platform(Protocol):
    """One account on one platform. Every call may raise a ProviderError, as the module's head has it."""

    def standing(self) -> Standing:
        """Asks whether the account may post. Raises Denied."""
        ...

    def refreshed(self) -> Mapping[str, str] | None:
        """New secrets in place of those that expire, or None where there is nothing to renew."""
        ...

    def publish(self, post: Post) -> Posted:
        """Posts, once: a time-out after the request left is Ambiguous, never tried again in here."""
        ...

    def find(self, post: Post) -> Posted | None:
        """The same post where an earlier try did post it, by its key or its text among the newest ones.

        Only where `ABOUT.finds`.
        """
        ...

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Changes a post in place. Only where `ABOUT.edits`. Raises Gone."""
        ...

    def withdraw(self, posted: Posted) -> None:
        """Takes a post back; one that is gone already is well. Only where `ABOUT.withdraws`."""
        ...

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """What people did with the posts, by id; of the answers those since a moment. Where `reads_back`."""
        ...
