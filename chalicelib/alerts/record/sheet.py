"""The report after the action as a table for a spreadsheet: a line for each thing, by its kind. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.alerts.record.views import ChannelRecord, PlanRecord, Reached, RecordView
from chalicelib.core import sheets

COLUMNS = ("kind", "plan", "channel", "what", "number", "at", "seconds", "by", "detail", "hash")
COUNTS = (
    *("planned", "sent", "failed", "unknown", "cancelled", "expired", "waiting"),
    *("tried_again", "sent_again", "answered"),
)


def as_csv(report: RecordView) -> str:
    """The whole report."""
    return sheets.as_csv(COLUMNS, _rows(report))


def _rows(report: RecordView) -> Iterator[Mapping[str, Any]]:
    for one in report.chain.entries:
        yield {**one.model_dump(exclude={"event", "before"}), "kind": "entry", "what": one.event}
    chain = report.chain
    whole = "whole" if chain.whole else f"broken at {chain.broken_at}"
    yield {"kind": "chain", "what": whole, "number": chain.number, "hash": chain.hash}
    for plan in report.plans:
        for row in _plan(plan):
            yield {"plan": plan.plan_id, **row}


def _plan(plan: PlanRecord) -> Iterator[Mapping[str, Any]]:
    yield {"kind": "plan", "what": plan.what, "at": plan.started_at, "detail": plan.status}
    for reason, number in plan.skipped.items():
        yield {"kind": "skipped", "what": reason, "number": number}
    for channel in plan.channels:
        for row in _channel(channel):
            yield {"channel": channel.channel, **row}
    for step in plan.answers_over_time:
        for answer, number in step.answers.items():
            yield {"kind": "answers-over-time", "what": answer, "number": number, "at": step.at}
    for post in plan.posts:
        yield {"kind": "post", "channel": post.platform, "what": post.state, "detail": post.url}


def _channel(channel: ChannelRecord) -> Iterator[Mapping[str, Any]]:
    for name in COUNTS:
        yield {"kind": "count", "what": name, "number": getattr(channel, name)}
    for name, told in (("failure", channel.failures), ("answer", channel.answers)):
        for what, number in told.items():
            yield {"kind": name, "what": what, "number": number}
    if channel.handed_over:
        yield from _reached("handed-over", channel.handed_over)
    if channel.delivered:
        yield from _reached("delivered", channel.delivered)


def _reached(kind: str, reached: Reached) -> Iterator[Mapping[str, Any]]:
    marks = {"first": reached.first, "50 %": reached.half, "95 %": reached.most, "last": reached.last}
    for what, moment in marks.items():
        if moment:
            yield {"kind": kind, "what": what, "at": moment.at, "seconds": moment.seconds}
    for step in reached.over_time:
        yield {"kind": kind, "what": "so far", "number": step.number, "seconds": step.seconds}
