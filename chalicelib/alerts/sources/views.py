"""What requests and answers of sources of alerts hold."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.alerts.cap.model import CERTAINTIES, SEVERITIES, URGENCIES, Message
from chalicelib.alerts.cap.signature import fingerprint, runs_out
from chalicelib.alerts.sources import manage
from chalicelib.alerts.sources.model import Conditions, Rule, Seen, Source, Watch
from chalicelib.alerts.sources.senders import Sender
from chalicelib.core.clock import rfc3339
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import NO_CONTROL, Line, Slug

Texts = Annotated[list[Line], Field(max_length=100)]
Url = Annotated[str, Field(min_length=1, max_length=2000, description="Of the feed, or of one CAP message.")]
Every = Annotated[int, Field(ge=1, le=60, description="Minutes from one look to the next.")]
Silent = Annotated[
    int, Field(ge=5, le=1440, description="Not read for so many minutes, it is silent: an alarm goes off.")
]
Quiet = Annotated[
    int, Field(ge=0, le=8760, description="The same without anything new for so many hours; 0: never.")
]
Channels = Annotated[list[Literal["push", "email", "sms", "voice"]], Field(max_length=4)]
Topics = Annotated[list[Slug], Field(max_length=50)]


class ConditionsModel(Model):
    """Which messages are meant: those that keep all of these; an empty list asks for nothing."""

    events: Texts = Field(default_factory=list, description="Names or codes of events.")
    severities: Annotated[list[Literal[SEVERITIES]], Field(max_length=5)] = Field(  # type: ignore[valid-type]
        default_factory=list
    )
    urgencies: Annotated[list[Literal[URGENCIES]], Field(max_length=5)] = Field(  # type: ignore[valid-type]
        default_factory=list
    )
    certainties: Annotated[list[Literal[CERTAINTIES]], Field(max_length=5)] = Field(  # type: ignore[valid-type]
        default_factory=list
    )
    codes: Texts = Field(default_factory=list, description="Geocodes, such as 025025 or MAZ015.")
    senders: Texts = Field(default_factory=list, description="CAP's `sender`.")


class NewAlertSource(Model):
    """A feed of alerts to look at; what comes of it is a draft, unless a rule launches it."""

    name: Line
    department: Slug
    url: Url
    without_place: bool = Field(description="Whether people who told no place get its alerts, too.")
    every: Every = 2
    active: bool = True
    silent_minutes: Silent = 30
    quiet_hours: Quiet = 0
    only: ConditionsModel = Field(default_factory=ConditionsModel, description="What of it is taken at all.")
    topics: Topics = Field(default_factory=list)
    channels: Channels = Field(default_factory=list, description="`push`, `email` and `sms`, if empty.")


class AlertSourceChanges(Changes):
    """What to change of a source. What decides what would be launched, or to whom, ends its rule."""

    version: int = Field(ge=1, description="The version that was read; refused with 409 if it has changed.")
    name: Line | None = None
    department: Slug | None = None
    url: Url | None = None
    without_place: bool | None = None
    every: Every | None = None
    active: bool | None = None
    silent_minutes: Silent | None = None
    quiet_hours: Quiet | None = None
    only: ConditionsModel | None = None
    topics: Topics | None = None
    channels: Channels | None = None


class NewRule(Model):
    """What is launched by itself: whoever sets this answers for it as its approver."""

    version: int = Field(ge=1, description="Of the source, as it was read.")
    conditions: ConditionsModel = Field(description="One at least.")
    signed: bool = Field(False, description="Only what a trusted sender's certificate signed.")
    most_a_day: int = Field(10, ge=1, le=100, description="More become drafts.")


class RuleView(Model):
    """A rule, and who set it when."""

    conditions: ConditionsModel
    signed: bool
    most_a_day: int
    set_by: str
    set_at: str


class AlertWatchView(Model):
    """How looking at a source goes."""

    status: str = Field(description="new, ok, failing, silent, paused")
    problem: str | None
    looked_at: str | None
    read_at: str | None
    news_at: str | None
    next_at: str | None
    failures: int
    unread: int = Field(description="Messages listed that could not be read.")


class AlertSourceView(Model):
    """A source of alerts, whole."""

    id: str
    name: str
    department: str
    mode: str
    url: str
    without_place: bool
    every: int
    active: bool
    silent_minutes: int
    quiet_hours: int
    only: ConditionsModel
    topics: list[str]
    channels: list[str]
    version: int
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str
    rule: RuleView | None
    watch: AlertWatchView


class SeenView(Model):
    """A message that came, and what became of it: `fate`, and `why` as a code."""

    sender: str
    identifier: str
    sent: str
    event: str
    message_type: str
    seen_at: str
    fate: str = Field(description="draft, launching, launched, cancelled, passed, refused")
    why: str | None
    alert_id: str | None
    signed_by: str | None = Field(description="SHA-256 of the listed certificate that signed it.")


class TriedMessage(Model):
    """A message that a source lists now, and what would become of it."""

    identifier: str | None
    event: str | None
    message_type: str | None
    fate: str
    why: str | None


class TriedAlertSource(Model):
    """What a look brought: nothing of it is kept. So many `more` were not looked at."""

    problem: str | None
    messages: list[TriedMessage]
    more: int


class NewSender(Model):
    """A sender to trust, by its certificates alone."""

    sender: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s,<&]+$")]
    name: Line
    certificates: Annotated[
        list[Annotated[str, Field(max_length=20_000)]],
        Field(min_length=1, max_length=5, description="X.509, PEM; several while one takes over."),
    ]


class SenderView(Model):
    """A trusted sender."""

    id: str
    sender: str
    name: str
    certificates: list[str]
    fingerprints: list[str] = Field(description="SHA-256 of each certificate.")
    valid_until: list[str]
    listed_by: str
    listed_at: str


class NewAnswer(Model):
    """What to tell the sender of an alert that came as CAP."""

    type: Literal["Ack", "Error"]
    note: Annotated[str, Field(min_length=1, max_length=1000, pattern=NO_CONTROL)]


class AnswerView(Model):
    """A CAP message, signed, for its sender."""

    identifier: str
    cap: str


class SignerView(Model):
    """The certificate that our alerts are signed with, for others to list."""

    certificate: str
    fingerprint: str
    valid_until: str


def conditions_of(model: ConditionsModel) -> Conditions:
    """Conditions, as the room has them."""
    return Conditions(**{name: tuple(values) for name, values in model.model_dump().items()})


def view(source: Source, watch: Watch, *, now: datetime) -> AlertSourceView:
    """A source, whole."""
    values: dict[str, Any] = {
        name: list(value) if isinstance(value := getattr(source, name), tuple) else value
        for name in AlertSourceView.model_fields.keys() - {"only", "rule", "watch"}
    }
    times = {name: getattr(watch, name) or None for name in ("problem", "looked_at", "read_at", "news_at")}
    return AlertSourceView(
        **values,
        only=_conditions(source.only),
        rule=_rule(source.rule) if source.rule else None,
        watch=AlertWatchView(
            **times,
            status=manage.status(source, watch, now=now),
            next_at=watch.due_at or None,
            failures=watch.failures,
            unread=watch.unread,
        ),
    )


def seen_view(seen: Seen) -> SeenView:
    """A message of a list."""
    clearable = ("why", "alert_id", "signed_by")
    return SeenView(**asdict(seen) | {name: getattr(seen, name) or None for name in clearable})


def tried_view(tried: manage.Tried) -> TriedAlertSource:
    """What a look brought."""
    messages = [_tried(message, fate, why) for message, fate, why in tried.messages]
    return TriedAlertSource(problem=tried.problem or None, messages=messages, more=tried.more)


def sender_view(sender: Sender) -> SenderView:
    """A trusted sender."""
    return SenderView(
        id=sender.id,
        sender=sender.sender,
        name=sender.name,
        certificates=list(sender.certificates),
        fingerprints=[fingerprint(one) for one in sender.certificates],
        valid_until=[rfc3339(runs_out(one)) for one in sender.certificates],
        listed_by=sender.listed_by,
        listed_at=sender.listed_at,
    )


def signer_view(certificate: str) -> SignerView:
    """Our own certificate."""
    return SignerView(
        certificate=certificate,
        fingerprint=fingerprint(certificate),
        valid_until=rfc3339(runs_out(certificate)),
    )


def _conditions(conditions: Conditions) -> ConditionsModel:
    return ConditionsModel(**{name: list(values) for name, values in asdict(conditions).items()})


def _rule(rule: Rule) -> RuleView:
    return RuleView(
        conditions=_conditions(rule.conditions),
        signed=rule.signed,
        most_a_day=rule.most_a_day,
        set_by=rule.set_by,
        set_at=rule.set_at,
    )


def _tried(message: Message | None, fate: str, why: str) -> TriedMessage:
    return TriedMessage(
        identifier=message.identifier if message else None,
        event=message.infos[0].event if message and message.infos else None,
        message_type=message.message_type if message else None,
        fate=fate,
        why=why or None,
    )
