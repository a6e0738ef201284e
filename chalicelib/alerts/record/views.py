"""What the report after the action holds, for staff."""

from typing import Any

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.delivery.posts.views import PostView


class Moment(Model):
    """A time, and its seconds since the beginning: the first entry, or the start of the plan."""

    at: str
    seconds: int


class EntryView(Moment):
    """One thing that happened to the alert, as it stands in the chain."""

    number: int
    event: str
    by: str | None = Field(description="A staff id, or `source:ID`; null where Crier did it by itself.")
    detail: dict[str, Any] = Field(description="Identifiers, codes and counts.")
    before: str = Field(
        description="The hash of the entry before; at first, of the alert's id and its CAP identifier."
    )
    hash: str = Field(
        description="SHA-256 over the other fields and the alert's id, as RFC 8785 writes them."
    )


class ChainView(Model):
    """The chain of entries: whether it is whole, and its head to hold other copies against."""

    whole: bool
    broken_at: int | None = Field(description="The first entry that is not as it was written.")
    number: int
    hash: str
    identifier: str = Field(description="Of the CAP message when the record began.")
    entries: list[EntryView]


class StepView(Model):
    """How many by so many seconds after the plan's start."""

    seconds: int
    number: int


class Reached(Model):
    """When messages were handed over, or arrived: the first, 50 % and 95 % of them, and the last.

    To the second in the first ten minutes, then to ten seconds, after two hours to a minute.
    """

    number: int
    first: Moment | None
    half: Moment | None
    most: Moment | None
    last: Moment | None
    over_time: list[StepView]


class AnswerStep(Model):
    """Answers that were told in the five minutes from `at` on; people may change theirs."""

    at: str
    answers: dict[str, int]


class RungView(Model):
    """A step of the ladder: the next one follows after `wait_s` unless the message did what is asked."""

    number: int
    wait_s: int
    unless: str


class ChannelRecord(Model):
    """One channel. planned = sent + failed + unknown + cancelled + expired + waiting."""

    channel: str
    rung: RungView | None
    planned: int
    sent: int
    failed: int
    unknown: int = Field(description="In doubt: may have been sent, a crash left no record.")
    cancelled: int
    expired: int
    waiting: int
    handed_over: Reached | None = Field(description="Taken by the provider; null while it is being counted.")
    delivered: Reached | None = Field(description="Null also where nobody tells what arrived.")
    note: str | None = Field(description="What a reader of these numbers should know.")
    failures: dict[str, int] = Field(description="Messages by why they failed or came back: codes.")
    tried_again: int = Field(description="How often a message was put off and tried again.")
    sent_again: int = Field(description="Messages that were sent again, for nobody knew whether they were.")
    answered: int = Field(description="People who answered the message on this channel.")
    answers: dict[str, int] = Field(description="Of these, by their latest answer.")


class PlanRecord(Model):
    """What became of what was sent: the alert itself, or what went out after it, such as a correction."""

    plan_id: str
    what: str = Field(description="`alert`, or the event with which it followed.")
    status: str
    reason: str | None
    explanation: str | None
    started_at: str | None
    closed_at: str | None
    skipped: dict[str, int] = Field(description="People of the audience who could not be reached, by reason.")
    channels: list[ChannelRecord]
    answers_over_time: list[AnswerStep]
    posts: list[PostView]
    counted_at: str | None = Field(description="As of when hand-over and arrival were counted.")
    counting: bool = Field(description="True while they are not counted to the end: ask again.")


class Fault(Moment):
    """Something that went wrong, or was right again."""

    event: str
    detail: dict[str, Any]


class RecordView(Model):
    """The report after the action. Nothing in it names a person who got the alert."""

    alert_id: str
    event: str
    department: str
    mode: str = Field(description="`live`, `exercise` or `test`.")
    status: str
    sender: str
    milestones: dict[str, Moment] = Field(description="The first time of each event, since the record began.")
    chain: ChainView
    plans: list[PlanRecord]
    faults: list[Fault]
    follow_ups: list[str] = Field(description="Alerts that updated, cancelled or ended this one: their ids.")
