"""The report after the action: what was decided when, how fast it reached whom, what they answered.

It reads a bounded number of items, whatever the alert's size: the record, counts and counters of its plans,
and what was counted of their timing (`measure.py`).
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from chalicelib.alerts import tables as alerts
from chalicelib.alerts.record import measure, tables
from chalicelib.alerts.record.chain import verify
from chalicelib.alerts.record.measure import Measured
from chalicelib.alerts.record.model import Event, Head, Record
from chalicelib.alerts.record.timeline import (
    answers_of,
    answers_over_time,
    entry_views,
    faults,
    milestones,
    reached,
)
from chalicelib.alerts.record.views import ChainView, ChannelRecord, PlanRecord, RecordView, RungView
from chalicelib.alerts.standing import standing
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import is_id
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.in_words import in_words
from chalicelib.delivery.ladder import rungs_of
from chalicelib.delivery.lanes import proves
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.delivery.posts.views import post_views
from chalicelib.delivery.progress import ChannelProgress, progress
from chalicelib.engagement.reports.campaign import NO_RECEIPTS

ALERT = "alert"
FOLLOWED_BY: Mapping[str, tuple[str, ...]] = {
    Event.UPDATED: ("by",),
    **dict.fromkeys((Event.CANCELLED, Event.ENDED), ("correction",)),
}
"""Where the detail of an entry names the alert that followed."""

COUNTING_S = 5.0
"""Seconds that a request counts on."""

FRESH = timedelta(minutes=1)


def report(
    alert_id: str, *, noted: Head | None = None, counting_s: float = COUNTING_S, now: datetime, wiring: Wiring
) -> RecordView:
    """The report of an alert at this moment.

    Its chain is also held against a head that was `noted` before. `counting_s`: seconds for which it counts
    on what is not counted yet; with none, it writes nothing. Raises NotFound.
    """
    alert = alerts.read(alert_id)
    record = tables.read(alert_id)
    shown = []
    for plan_id, what in plans_of(record, alert.plan_id, wiring=wiring).items():
        counted = (
            measure.measure(alert_id, plan_id, seconds=counting_s, fresh=FRESH, now=now, wiring=wiring)
            if counting_s
            else measure.measured(alert_id, plan_id)
        )
        shown.append(_plan(plan_id, what, counted, wiring=wiring))
    return RecordView(
        alert_id=alert.id,
        event=alert.event,
        department=alert.department,
        mode=alert.mode,
        status=standing(alert, wiring=wiring).status,
        sender=alert.message.sender,
        milestones=milestones(record.entries),
        chain=_chain(record, noted),
        plans=shown,
        faults=faults(record.entries),
        follow_ups=list(follow_ups(record)),
    )


def plans_of(record: Record, plan_id: str, *, wiring: Wiring) -> dict[str, str]:
    """The plans of an alert that are there, and what each is: its own, then those of what followed it."""
    named = {plan_id: ALERT} if plan_id else {}
    for alert_id, event in follow_ups(record).items():
        with suppress(NotFound):
            named.setdefault(alerts.read(alert_id).plan_id, event)
    return {one: what for one, what in named.items() if one and plans(wiring).known(one)}


def follow_ups(record: Record) -> dict[str, str]:
    """The alerts that updated, corrected or ended an alert, by their ids, each with the event. Pure."""
    return {
        one.detail[name]: one.event
        for one in record.entries
        for name in FOLLOWED_BY.get(one.event, ())
        if is_id(str(one.detail.get(name)))
    }


def _chain(record: Record, noted: Head | None) -> ChainView:
    broken_at = verify(record, *([noted] if noted else []))
    return ChainView(
        whole=broken_at is None,
        broken_at=broken_at,
        number=record.head.number,
        hash=record.head.hash,
        identifier=record.identifier,
        entries=entry_views(record.entries),
    )


def _plan(plan_id: str, what: str, counted: Measured, *, wiring: Wiring) -> PlanRecord:
    head, found = plans(wiring).head(plan_id), progress(plan_id, wiring=wiring)
    counts = counters.read(plan_id, wiring=wiring)
    return PlanRecord(
        plan_id=plan_id,
        what=what,
        status=found.status,
        reason=found.reason or None,
        explanation=in_words(found.reason),
        started_at=found.started_at or None,
        closed_at=found.closed_at or None,
        skipped=dict(found.skipped),
        channels=[
            _channel(name, part, head, counted, counts, wiring=wiring)
            for name, part in found.by_channel.items()
        ],
        answers_over_time=answers_over_time(counts),
        posts=post_views(plan_id, wiring=wiring),
        counted_at=counted.at or None,
        counting=counted.timing is None or not counted.closed,
    )


def _channel(
    name: str,
    part: ChannelProgress,
    head: PlanHead,
    counted: Measured,
    counts: dict[str, int],
    *,
    wiring: Wiring,
) -> ChannelRecord:
    timing, told = counted.timing, proves(name, wiring.settings)
    prefix = f"{name}|"
    return ChannelRecord(
        channel=name,
        rung=_rung(name, head),
        planned=part.planned,
        sent=part.sent,
        failed=part.failed,
        unknown=part.unknown,
        cancelled=part.cancelled,
        expired=part.expired,
        waiting=part.waiting,
        handed_over=reached(timing.handed[name], started_at=head.created_at) if timing else None,
        delivered=reached(timing.delivered[name], started_at=head.created_at) if timing and told else None,
        note=None if told else NO_RECEIPTS.get(name),
        failures={one.removeprefix(prefix): n for one, n in timing.failed.items() if one.startswith(prefix)}
        if timing
        else {},
        tried_again=timing.again[name] if timing else 0,
        sent_again=timing.resent[name] if timing else 0,
        answered=counts.get(f"{name}#answered", 0),
        answers=answers_of(name, counts),
    )


def _rung(channel: str, head: PlanHead) -> RungView | None:
    for number, rung in enumerate(rungs_of(head), 1):
        if rung.channel == channel:
            return RungView(number=number, wait_s=rung.wait_s, unless=rung.unless)
    return None
