"""What an alert is, as plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.alerts.cap.model import Message
from chalicelib.delivery.content import Words
from chalicelib.delivery.ladder import Rung

TOLERANCE = 0.1
"""How much the launch's count may differ from the preview's, as a part of it, unless a template says else."""

SUBMITTED, APPROVED, REJECTED, LAUNCHED, OVER = "submitted", "approved", "rejected", "launched", "over"
"""Steps: what was done with an alert last. `over`: it was ended, cancelled, or expired."""


@dataclass(frozen=True)
class Step:
    """Who did something (a staff id, or `source:ID`), when (RFC 3339), and why."""

    by: str
    at: str
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    """What was seen before the launch, frozen: `audience` is the resolved expression that will be walked.

    `people` get one message at least; `messages` are by channel and language; `without_place` of the people
    have no place. `digest` is of all that people will see and of who gets it.
    """

    at: str
    by: str
    audience: Mapping[str, Any]
    people: int
    messages: Mapping[str, Mapping[str, int]]
    without_place: int
    digest: str


@dataclass(frozen=True)
class Correction:
    """Words ready beforehand, by language: for `cancel` (it was wrong) and for `end` (the danger is over)."""

    cancel: Mapping[str, Words] = field(default_factory=dict)
    end: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Alert:
    """One alert, of one department. `message` is its CAP message: the truth of what is told, when and where.

    `event` is what the launcher types: the event's name in the default language. `mode` is that of the key
    that made it: `live`, `exercise` or `test`. `words` by language are what goes out on each channel;
    `correction` is ready with them. `areas` are the areas as they were given (`alerts.areas`), `origin` the
    place of the danger where it is known (latitude, longitude). People in the area get it who opted in to
    life-safety alerts or who subscribe to one of `topics`; `without_place`: also those of them who have no
    place. The channels of its `ladder` are tried one after the other. `approvers` are asked one after the
    other, each for `approval_minutes`. `follows` is the alert that this one updates, cancels or ends.
    `source`: the id of the feed that it came from. `steps` say what was done with it last. `authors` are all
    who wrote it. At `due_at` the watch looks after it.
    """

    id: str
    event: str
    department: str
    mode: str
    message: Message
    words: Mapping[str, Words]
    default_language: str
    channels: tuple[str, ...]
    state: str
    version: int
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str
    authors: tuple[str, ...] = ()
    correction: Correction = field(default_factory=Correction)
    template: str = ""
    pre_authorised: bool = False
    topics: tuple[str, ...] = ()
    areas: tuple[Mapping[str, Any], ...] = ()
    origin: tuple[float, float] | None = None
    without_place: bool = False
    accounts: tuple[str, ...] = ()
    ladder: tuple[Rung, ...] = ()
    tolerance: float = TOLERANCE
    approvers: tuple[str, ...] = ()
    approval_minutes: int = 0
    follows: str = ""
    source: str = ""
    preview: Preview | None = None
    break_glass: bool = False
    plan_id: str = ""
    steps: Mapping[str, Step] = field(default_factory=dict)
    due_at: str = ""

    @property
    def expires_at(self) -> datetime | None:
        """From when on it is over by itself: the latest `expires` of its languages, if any."""
        moments = [datetime.fromisoformat(one.expires) for one in self.message.infos if one.expires]
        return max(moments, default=None)
