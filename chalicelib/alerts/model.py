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
HALTED = "halted"
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

    `people` get one message at least; `messages` are by channel and language; `without_place` is how many
    have no place: among the people, or beside them where they are left out. `bands` are the audience's parts
    in the order in which a channel's wave walks them. `digest` is of all that people will see and of who
    gets it. `shown` is what staff are shown of it, as JSON.
    """

    at: str
    by: str
    audience: Mapping[str, Any]
    people: int
    messages: Mapping[str, Mapping[str, int]]
    without_place: int
    digest: str
    bands: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Counting:
    """A count that goes on as a job: of whom, for what (`preview` or `launch`), who asked, when, and why.

    `reason` is that of whoever breaks the glass.
    """

    job: str
    action: str
    by: str
    at: str
    reason: str = ""


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
    other, each for `approval_minutes`. `follows` is the alert that this one updates, cancels or ends,
    and `followed_by` the newest of those that do so to it.
    `source`: the id of the feed that it came from. `steps` say what was done with it last. `authors` are all
    who wrote it. Approvers were `asked` so many times. At `due_at` the watch looks after it.

    `given` is what staff gave, as the API takes it: all that is told, and to whom, is made of it anew with
    each change. A message that came as CAP is kept `as_it_came`.
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
    followed_by: str = ""
    source: str = ""
    preview: Preview | None = None
    break_glass: bool = False
    plan_id: str = ""
    steps: Mapping[str, Step] = field(default_factory=dict)
    due_at: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    as_it_came: bool = False
    asked: int = 0
    counting: Counting | None = None

    @property
    def expires_at(self) -> datetime | None:
        """From when on it is over by itself: the latest `expires` of its languages, if any."""
        moments = [datetime.fromisoformat(one.expires) for one in self.message.infos if one.expires]
        return max(moments, default=None)
