"""How the history is shown: to staff, and in what a person downloads."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field

from chalicelib.conversations.model import Entry as Written
from chalicelib.core.clock import rfc3339
from chalicelib.core.endpoints import Listing, Model
from chalicelib.core.fields import Moment as Time
from chalicelib.core.fields import Reason
from chalicelib.delivery.person import Event, Message
from chalicelib.history.timeline import Kind, Moment
from chalicelib.subscribers.api.views import Channel, Subscriber
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import LedgerEntry


class ConsentChange(Model):
    """One thing that changed: a field (`topics/roads`), and its values; null where there was none."""

    field: str
    before: Any
    after: Any


class ConsentEntry(Model):
    """One entry of the consent ledger. `wording` is what the person was shown, where anything was.

    `by` is `subscriber`, `system` or `staff:ID`; `version` the person's after the change.
    """

    subscriber_id: str
    version: int
    at: str
    source: str
    by: str
    note: str
    wording: str | None
    wording_version: str | None
    changes: list[ConsentChange]


class SentMessage(Model):
    """One message. `reports` have the first time of each; `reference` is the campaign, where it was one."""

    plan_id: str
    origin: str
    reference: str
    language: str
    subject: str
    status: str
    reason: str
    reports: dict[str, str]


class MessageEvent(Model):
    """What came back of a message: such as `opened`, or `clicked` with the link."""

    plan_id: str
    name: str
    link: str
    details: dict[str, str]


class Entry(Model):
    """What the person wrote to the agency, and what it answered at once."""

    id: str
    direction: str
    address: str
    agency: str
    subject: str
    text: str
    keyword: str
    answer: str
    automatic: bool
    authentic: bool
    closed_at: str
    closed_by: str
    note: str


class HistoryItem(Model):
    """One thing that happened, told in the field that its `kind` names. `channels` are those it is about."""

    at: str
    kind: Kind
    channels: list[str]
    consent: ConsentEntry | None = None
    message: SentMessage | None = None
    event: MessageEvent | None = None
    entry: Entry | None = None


class HistoryListing(Listing):
    """The query of a history: all of it, or one kind, or what is about one channel."""

    kind: Kind | None = None
    channel: Channel | None = None


class LearnedHour(Model):
    """One local hour of the day: the messages of the past and those engaged with, the older the less."""

    hour: int
    sent: float
    engaged: float


class LearnedHabit(Model):
    """What was learned, with the person's leave, of when they read. Days are of UTC.

    `opened`, `clicked` and `sent` have the last day by channel, `hidden` that of a message of which cannot be
    seen whether it was opened; `seen` is the last day on which the person changed what they get, or wrote;
    `unread` messages came there since the person
    last opened or clicked one, `unclicked` since the last click.
    """

    since: str
    as_of: str | None
    best_hour: int | None
    hours: list[LearnedHour]
    opened: dict[str, str]
    clicked: dict[str, str]
    sent: dict[str, str]
    hidden: dict[str, str]
    seen: str | None
    unread: dict[str, int]
    unclicked: dict[str, int]


class Export(Model):
    """All that is held of a person; `subscriber` is null of one who was removed. Oldest first."""

    exported_at: str
    subscriber: Subscriber | None
    habit: LearnedHabit | None
    history: list[HistoryItem]


class ExportQuery(Model):
    """The query of an export. Without `format`, CSV where `Accept` names it, else JSON."""

    format: Literal["json", "csv"] | None = None


class ConsentQuery(Model):
    """The query of a state of consent; without `at`, now."""

    at: Time | None = None


class ConsentState(Model):
    """What the ledger says a person had consented to at a moment, by field; addresses stand as digests."""

    subscriber_id: str
    at: str
    version: int = Field(description="The person's version then; 0 before there was anybody.")
    facts: dict[str, Any]


class Forgetting(Model):
    """Why a person is to be forgotten; it stands in the ledger and the audit, so it names nobody."""

    reason: Reason


class Forgotten(Model):
    """Who is being forgotten."""

    subscriber_id: str


class LedgerListing(Listing):
    """The query of the whole ledger: entries from `since` on and before `until`."""

    limit: int = Field(500, ge=1, le=1000, description="How many to answer at most.")
    since: Time | None = None
    until: Time | None = None


def shown(moment: Moment) -> HistoryItem:
    """One thing of a timeline as it is shown."""
    what: Mapping[str, Any]
    match moment.what:
        case LedgerEntry() as entry:
            what = {"consent": consent(entry)}
        case Message() as message:
            what = {"message": _message(message)}
        case Written() as written:
            what = {"entry": Entry(**{name: getattr(written, name) for name in Entry.model_fields})}
        case (message, event):
            what = {"event": _event(message, event)}
    return HistoryItem(at=moment.at, kind=moment.kind, channels=list(moment.channels), **what)


def consent(entry: LedgerEntry) -> ConsentEntry:
    """An entry of the ledger as it is shown."""
    provenance = entry.provenance
    return ConsentEntry(
        subscriber_id=entry.subscriber_id,
        version=entry.version,
        at=rfc3339(provenance.at),
        source=provenance.source,
        by=provenance.by,
        note=provenance.note,
        wording=provenance.wording.text if provenance.wording else None,
        wording_version=provenance.wording.version if provenance.wording else None,
        changes=[ConsentChange(field=c.field, before=c.before, after=c.after) for c in entry.changes],
    )


def learned(habit: Habit) -> LearnedHabit:
    """A person's habit as it is shown."""
    hours = sorted(habit.hours.items())
    return LearnedHabit(
        since=_day(habit.since),
        as_of=_day(habit.day) if habit.hours else None,
        best_hour=habit.best,
        hours=[LearnedHour(hour=hour, sent=sent, engaged=engaged) for hour, (sent, engaged) in hours],
        opened={channel: _day(day) for channel, day in habit.opened.items()},
        clicked={channel: _day(day) for channel, day in habit.clicked.items()},
        sent={channel: _day(day) for channel, day in habit.sent.items()},
        hidden={channel: _day(day) for channel, day in habit.hidden.items()},
        seen=_day(habit.seen) if habit.seen else None,
        unread=dict(habit.unread),
        unclicked=dict(habit.unclicked),
    )


def _day(day: int) -> str:
    """A day, counted from 1970, as ISO 8601."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _event(message: Message, event: Event) -> MessageEvent:
    details = dict(event.details)
    return MessageEvent(plan_id=message.plan_id, name=event.name, link=event.link, details=details)


def _message(message: Message) -> SentMessage:
    fields = {
        name: getattr(message, name) for name in SentMessage.model_fields if name not in {"origin", "reports"}
    }
    return SentMessage(origin=message.kind, reports=dict(message.reports), **fields)
