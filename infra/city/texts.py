"""The city's topics, names and campaigns, as the files beside this module tell them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es", "zh-Hans", "vi")


@dataclass(frozen=True)
class Topic:
    """One topic. `share` is the part of residents who subscribe to it, 0 to 1."""

    id: str
    category: str
    department: str
    share: float
    name: Mapping[str, str]
    description: Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """What a campaign says in one language; `body` is Markdown, the rest plain."""

    subject: str
    preheader: str
    body: str
    sms: str


@dataclass(frozen=True)
class Campaign:
    """One campaign: whoever subscribes to any of `topics` gets it, in `words` by language tag."""

    id: str
    name: str
    topics: tuple[str, ...]
    channels: tuple[str, ...]
    words: Mapping[str, Words]


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """The topics, in the order of `topics.yaml`."""
    return tuple(Topic(**one) for one in _yaml("topics.yaml"))


@lru_cache(maxsize=1)
def names() -> dict[str, dict[str, Any]]:
    """Common names by language: `share`, `given`, `family` and, where letters need it, `ascii`."""
    found: dict[str, dict[str, Any]] = _yaml("names.yaml")
    return found


@lru_cache(maxsize=1)
def campaigns() -> tuple[Campaign, ...]:
    """The campaigns, by id."""
    return tuple(_campaign(folder) for folder in sorted((FOLDER / "campaigns").iterdir()) if folder.is_dir())


def campaign(campaign_id: str) -> Campaign:
    """One campaign. Raises KeyError."""
    return {one.id: one for one in campaigns()}[campaign_id]


def _campaign(folder: Path) -> Campaign:
    about = _yaml(f"campaigns/{folder.name}/about.yaml")
    words = {tag: _words(folder / f"{tag}.md") for tag in LANGUAGES}
    return Campaign(folder.name, about["name"], tuple(about["topics"]), tuple(about["channels"]), words)


def _words(path: Path) -> Words:
    """A Markdown file whose head, between lines of three hyphens, holds the other words as YAML."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return Words(body=body.strip(), **yaml.safe_load(head))


def _yaml(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
