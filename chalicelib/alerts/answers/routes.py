"""Routes of what was answered to an alert: counts, those who answered nothing, calls for help."""

from typing import Literal

from pydantic import Field

from chalicelib.alerts import tables
from chalicelib.alerts.answers import calls, count
from chalicelib.alerts.answers import tables as help_tables
from chalicelib.alerts.answers.count import Counts
from chalicelib.alerts.answers.model import HelpCall
from chalicelib.alerts.model import Alert
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict, Forbidden, NotFound
from chalicelib.core.fields import Line
from chalicelib.core.http import Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS

routes = Routes("alert_answers", tag="Alerts")


class Told(Model):
    """Answers told in the five minutes from a moment on (UTC); of the alert's first day."""

    at: str
    safe: int
    help: int
    not_here: int


class Answers(Model):
    """How people answered an alert: by channel, messages by the answer that holds.

    Who answered by two channels is counted on both.
    """

    channels: dict[str, dict[str, int]]
    total: dict[str, int]
    over_time: list[Told]


class HelpWhere(Model):
    """Where somebody said they are; else the place on their record that lies in the alert's area."""

    text: str
    latitude: float | None
    longitude: float | None
    source: str = Field(description="`typed`, `device`, or the name of a place on record (`home`).")


class HelpShown(Model):
    """A call for help. `answer` is what holds now; `told`: whether the duty web hook has all of it."""

    subscriber_id: str
    channel: str
    mode: str
    asked_at: str
    told_at: str
    answer: str
    words: str
    place: HelpWhere | None
    told: bool
    taken_at: str | None
    taken_by: str | None
    note: str


class HelpQuery(Listing):
    """Which calls: those that wait for somebody, or those that somebody looks after."""

    status: Literal["open", "taken"] = "open"


class Taken(Model):
    """What is done about a call."""

    note: Line


@routes.staff("GET", "/v1/alerts/{alert_id}/answers", roles=VIEWERS, returns=Answers, also=[NotFound])
def show_answers(call: Call, alert_id: str) -> Answers:
    """Counts the answers to an alert, by channel and over time."""
    alert = tables.read(alert_id)
    found = count.counts(alert.plan_id, wiring=call.wiring) if alert.plan_id else Counts({}, {})
    names = ("safe", "help", "not-here")
    return Answers(
        channels={channel: dict(one) for channel, one in found.channels.items()},
        total={name: sum(one[name] for one in found.channels.values()) for name in names},
        over_time=[
            Told(at=f"{moment}:00.000Z", safe=one["safe"], help=one["help"], not_here=one["not-here"])
            for moment, one in found.told.items()
        ],
    )


@routes.staff(
    "GET",
    "/v1/alerts/{alert_id}/unanswered",
    roles=VIEWERS,
    query=Listing,
    returns=PageOf[str],
    also=[NotFound],
)
def list_unanswered(call: Call, alert_id: str) -> PageOf[str]:
    """Lists the ids of those who got a message of an alert and answered none.

    A page may hold fewer than asked for, and have a next one.
    """
    alert = tables.read(alert_id)
    if not alert.plan_id:
        return PageOf(items=[], next=None)
    how = {"limit": call.query.limit, "cursor": call.query.cursor}
    page = count.unanswered(alert.plan_id, **how, wiring=call.wiring)
    return PageOf(items=page.items, next=page.next)


@routes.staff(
    "GET",
    "/v1/alerts/{alert_id}/help",
    roles=VIEWERS,
    query=HelpQuery,
    returns=PageOf[HelpShown],
    also=[NotFound],
)
def list_help(call: Call, alert_id: str) -> PageOf[HelpShown]:
    """Lists the calls for help in an alert, the oldest first."""
    alert = tables.read(alert_id)
    found = help_tables.page(alert.id, call.query.status, limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_shown(one) for one in found.items], next=found.next)


@routes.staff(
    "POST",
    "/v1/alerts/{alert_id}/help/{subscriber_id}/taken",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=Taken,
    returns=HelpShown,
    also=[NotFound, Conflict, Forbidden],
)
def take_help(call: Call, alert_id: str, subscriber_id: str) -> HelpShown:
    """Notes that the caller looks after a call for help; what the person tells later opens it again."""
    _same_mode(call, tables.read(alert_id))
    by = call.actor.staff_id
    note = call.body.note
    return _shown(calls.take(alert_id, subscriber_id, note=note, by=by, now=call.now, wiring=call.wiring))


def _same_mode(call: Call, alert: Alert) -> None:
    """Raises Forbidden for a key of another mode than the alert's."""
    if call.actor.mode != alert.mode:
        raise Forbidden(f"This alert is of mode {alert.mode}; use such a key.", code="wrong-mode")


def _shown(one: HelpCall) -> HelpShown:
    return HelpShown(
        subscriber_id=one.subscriber_id,
        channel=one.channel,
        mode=one.mode,
        asked_at=one.asked_at,
        told_at=one.told_at,
        answer=one.answer,
        words=one.words,
        place=HelpWhere(**one.where._asdict()) if one.where.source else None,
        told=one.told >= one.revision,
        taken_at=one.taken_at or None,
        taken_by=one.taken_by or None,
        note=one.note,
    )
