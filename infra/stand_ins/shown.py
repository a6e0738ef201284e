"""A post as its reader sees it: what a stand-in of a platform shows of what it was sent."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class ShownImage:
    """A picture, and what is said in its place."""

    data: bytes
    mime: str
    alt: str


@dataclass(frozen=True)
class ShownCard:
    """What is shown of the page that a post links to."""

    url: str
    title: str
    description: str = ""
    image: ShownImage | None = None


@dataclass(frozen=True)
class Shown:
    """A post on its platform, as the platform's own page would have it.

    `platform` is its name in the registry, `account` who posts, as the platform names it. `text` is what is
    read; `html` the same with its links, mentions and hashtags as links, and nothing else but breaks. `at`
    and `edited_at` are RFC 3339, the latter empty where it was not edited; `after` is the id of the post that
    it answers.
    """

    platform: str
    account: str
    id: str
    url: str
    at: str
    text: str
    html: str
    language: str = ""
    images: tuple[ShownImage, ...] = ()
    card: ShownCard | None = None
    after: str = ""
    edited_at: str = ""


@runtime_checkable
class Shows(Protocol):
    """A stand-in where people read posts."""

    def shown(self) -> list[Shown]:
        """What stands there, oldest first; what was withdrawn does not."""
        ...
