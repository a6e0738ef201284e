"""What a template is, as plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from chalicelib.alerts.model import TOLERANCE
from chalicelib.core.settings import Settings
from chalicelib.delivery.ladder import Rung


@dataclass(frozen=True)
class Texts:
    """What is said in one language, plain, with fields in square brackets (`templates.fields`).

    `headline`, `description` (the danger) and `instruction` (what to do) make the mail and the CAP message;
    `sms`, `push` (under the headline), `voice` and `post` are said on their channels.
    """

    headline: str = ""
    description: str = ""
    instruction: str = ""
    sms: str = ""
    push: str = ""
    voice: str = ""
    post: str = ""

    def on(self, channel: str) -> tuple[str, ...]:
        """All that is said on a channel (or as a `post`)."""
        if channel == "email":
            return (self.headline, self.description, self.instruction)
        return (self.headline, self.push) if channel == "push" else (getattr(self, channel),)

    @property
    def every(self) -> tuple[str, ...]:
        """All texts."""
        return (
            self.headline,
            self.description,
            self.instruction,
            self.sms,
            self.push,
            self.voice,
            self.post,
        )


@dataclass(frozen=True)
class Draft:
    """What staff write of a template. Texts, and names of the event, stand by language.

    `event_code` is the three-letter SAME code. People in the area get it who opted in to life-safety alerts
    or who subscribe to one of `topics`, on `channels`; those of `ladder` are tried one after the other.
    `tolerance` is by how much, as a part of it, the launch's count may differ from the preview's. An alert
    expires after `expires_minutes`. `approvers` (staff ids) are asked one after the other, each for
    `approval_minutes`; without any, all approvers are. `cancel` says that it was wrong, `end` that the danger
    is over. `suggestions` for fields, by language, are for the drafter to look at, never filled in by itself.
    """

    name: str
    hazard: str
    events: Mapping[str, str]
    words: Mapping[str, Texts]
    categories: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    cancel: Mapping[str, Texts] = field(default_factory=dict)
    end: Mapping[str, Texts] = field(default_factory=dict)
    suggestions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    event_code: str = ""
    response_types: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    channels: tuple[str, ...] = ("push", "email", "sms", "voice")
    ladder: tuple[Rung, ...] = ()
    tolerance: float = TOLERANCE
    expires_minutes: int = 180
    approval_minutes: int = 5
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template(Draft):
    """A template under its slug. `version` rises by one with each change; `authors` are all who wrote it.

    `authorised_by`: the approver, none of its authors, who let one person launch it; `digest` is of what was
    agreed to.
    """

    id: str = ""
    version: int = 1
    created_at: str = ""
    created_by: str = ""
    updated_at: str = ""
    updated_by: str = ""
    authors: tuple[str, ...] = ()
    authorised_at: str = ""
    authorised_by: str = ""
    digest: str = ""

    @property
    def pre_authorised(self) -> bool:
        """Whether one person may launch it: an approver agreed to what it says now."""
        return bool(self.digest) and self.digest == digest(self)

    def languages(self, settings: Settings) -> list[str]:
        """The languages that it is written in and that are offered, in the deployment's order."""
        return [language for language in settings.languages if language in self.words]


DECIDED = frozenset(Draft.__dataclass_fields__) - {"name", "suggestions"}
"""All that decides what is said, to whom and how; a change of it ends the pre-authorisation."""


def digest(template: Template) -> str:
    """SHA-256 of all that was agreed to."""
    return sha256(_canonical({name: getattr(template, name) for name in sorted(DECIDED)})).hexdigest()


def _canonical(values: Mapping[str, Any]) -> bytes:
    from pydantic_core import to_json

    return to_json({name: _sorted(value) for name, value in values.items()})


def _sorted(value: Any) -> Any:
    return dict(sorted(value.items())) if isinstance(value, Mapping) else value
