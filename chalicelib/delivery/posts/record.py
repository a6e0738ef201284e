"""What is known of one account's post of a plan in one language, as plain immutable data. Pure.

A record has a task: to publish, to edit, to withdraw. A task is done in steps, one call of the platform each:

    ready ──claim──► claimed ──record──► ready, with the next step ──► posted | withdrawn
      ▲                 │
      └── run out, or refused for the moment

    failed      the platform will not take it, or did not in all tries
    unknown     it may have been posted: nothing tells, so it is never tried again
    cancelled, expired, skipped    it was not posted, and is not any more

What stands on the platform is in `parts`, whatever the state: a thread has several. A task that comes while
another is under way waits for it; a withdrawal does not wait for steps that nobody has begun.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from chalicelib.channels.platforms.base import Posted
from chalicelib.delivery.lanes import LANES, Lane


class PostState(StrEnum):
    """How a post stands."""

    READY = "ready"
    CLAIMED = "claimed"
    POSTED = "posted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({PostState.READY, PostState.CLAIMED})


class Do(StrEnum):
    """What a task or a step does."""

    PUBLISH = "publish"
    EDIT = "edit"
    WITHDRAW = "withdraw"


class How(StrEnum):
    """How a post is corrected.

    `replace`: edited, or withdrawn and posted anew where it cannot be; `add`: answered by the correction, as
    also where it can neither be edited nor withdrawn.
    """

    REPLACE = "replace"
    ADD = "add"


@dataclass(frozen=True)
class Picture:
    """A picture of a post: the id of its medium, and what is told of it, `alt` in the post's language."""

    media: str
    alt: str
    mime: str
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Task:
    """One thing to do with a post, as it was asked for once under this `id`, at `at` (RFC 3339).

    `text` is whole, in the post's language; `title` and `images` go with it. Where a platform
    is `whole`, `event` is the document instead, and `event_type` what happened.
    """

    id: str
    do: str
    at: str
    text: str = ""
    title: str = ""
    images: tuple[Picture, ...] = ()
    how: str = How.REPLACE
    event: Mapping[str, Any] = field(default_factory=dict)
    event_type: str = ""


@dataclass(frozen=True)
class Step:
    """One call: to publish a text behind what stands, to edit the part at a place, to withdraw the last."""

    do: str
    key: str = ""
    text: str = ""
    place: int = 0


@dataclass(frozen=True)
class Part:
    """One post that stands, and what it says.

    `at` is when it was posted or last edited, `made_at` when it was first decided on (RFC 3339).
    """

    id: str
    url: str
    text: str
    key: str
    at: str
    made_at: str
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def posted(self) -> Posted:
        """As its platform knows it."""
        return Posted(self.id, self.url, self.more)


@dataclass(frozen=True)
class Version:
    """What stood from a moment on (RFC 3339): the texts, none once it was withdrawn."""

    at: str
    do: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One account's post. The module's head has the states; `language` is empty where it is for machines.

    `steps` are those left of the task; None before they are planned. `waiting` tasks come after it. `rev`
    rises with each write and is named by the one message that may act on it; `stamp` is of the last write,
    `attempt` of the worker who claimed it. `doubt`: an earlier try of the step may have posted. `tries` of
    the step were in vain. It was asked for at `begun_at` (RFC 3339). The sweep looks at it at `due_at`. Its
    plan is of the lane `lane_name`. Times are epoch seconds, but in what it holds.
    """

    plan_id: str
    account_id: str
    language: str
    platform: str
    mode: str
    task: Task
    expires_at: int
    send_until: int = 0
    state: str = PostState.READY
    reason: str = ""
    steps: tuple[Step, ...] | None = None
    waiting: tuple[Task, ...] = ()
    parts: tuple[Part, ...] = ()
    history: tuple[Version, ...] = ()
    seen: tuple[str, ...] = ()
    tries: int = 0
    doubt: bool = False
    due_at: int = 0
    lease_until: int = 0
    attempt: str = ""
    rev: int = 0
    stamp: str = ""
    begun_at: str = ""
    lane_name: str = "bulk"

    @property
    def lane(self) -> Lane:
        """The lane of its plan: whose queue its messages take, and how it stands to its account's pace."""
        return LANES[self.lane_name]

    @property
    def name(self) -> str:
        """Which of its plan's posts it is."""
        return f"{self.account_id}#{self.language}"

    @property
    def is_told(self) -> bool:
        """Whether it is for a machine, which is told of a message in all its languages."""
        return not self.language

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN

    def message(self) -> dict[str, Any]:
        """The message by which a worker acts on it as it is."""
        return {
            "plan": self.plan_id,
            "account": self.account_id,
            "language": self.language,
            "rev": self.rev,
        }


def settled(record: Record, state: PostState, *, reason: str = "") -> Record:
    """A record with which nothing is done any more; what may have been posted stays unknown."""
    if record.doubt and state != PostState.POSTED:
        state, reason = PostState.UNKNOWN, reason or "ambiguous"
    return replace(
        record, state=state, reason=reason, steps=(), waiting=(), doubt=False, due_at=0, lease_until=0
    )


def document(record: Record) -> dict[str, Any]:
    """A record as JSON holds it."""
    return asdict(record)


def of_document(plain: Mapping[str, Any]) -> Record:
    """A record read back."""
    values = {one.name: plain[one.name] for one in fields(Record) if one.name in plain}
    steps = values.get("steps")
    return Record(
        **{
            **values,
            "task": _task(values["task"]),
            "waiting": tuple(_task(one) for one in values["waiting"]),
            "steps": None if steps is None else tuple(Step(**one) for one in steps),
            "parts": tuple(Part(**one) for one in values["parts"]),
            "history": tuple(Version(**{**one, "texts": tuple(one["texts"])}) for one in values["history"]),
            "seen": tuple(values["seen"]),
        }
    )


def _task(plain: Mapping[str, Any]) -> Task:
    return Task(**{**plain, "images": tuple(Picture(**one) for one in plain["images"])})
