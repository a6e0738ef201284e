"""A campaign's report as a table for a spreadsheet: a line for each thing, by its kind. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.core import sheets
from chalicelib.engagement.reports import views

COLUMNS = (
    *("kind", "channel", "language", "district", "name", "what", "at", "number"),
    *("raw", "machine", "human", "rate", "low", "high", "of", "detail"),
)
Row = Mapping[str, Any]


def as_csv(report: views.ReportView) -> str:
    """The whole report."""
    return sheets.as_csv(COLUMNS, _rows(report))


def _rows(report: views.ReportView) -> Iterator[Row]:
    yield {"kind": "plan", "what": report.status, "at": report.started_at, "detail": report.reason}
    yield from _counts(report)
    yield from _splits("engagement", dict(report.engagement))
    for channel in report.channels:
        here = {"channel": channel.channel}
        yield from ({**here, **row} for row in _channel(channel))
    for kind, parts in (("language", report.languages), ("variant", report.variants)):
        for part in parts:
            yield from _splits(kind, {"opened": part.opened, "clicked": part.clicked}, name=part.name)
    yield from _links_and_hours(report)
    yield from _where_people_went(report)
    yield from _speed(report.speed)
    for kind in ("skipped", "held", "let_go", "why", "reasons"):
        for what, number in getattr(report, kind).items():
            yield {"kind": kind, "what": what, "number": number}
    if report.reach:
        yield from _reach(report.reach)


def _links_and_hours(report: views.ReportView) -> Iterator[Row]:
    for link in report.links:
        for what, split in (("people", link.people), ("events", link.events)):
            yield {"kind": "link", "name": link.number, "what": what, "detail": link.url, **dict(split)}
    for hour in report.hours:
        for what, split in (("opens", hour.opens), ("clicks", hour.clicks)):
            yield {"kind": "hour", "what": what, "at": hour.hour, **dict(split)}


def _where_people_went(report: views.ReportView) -> Iterator[Row]:
    for page in report.destinations:
        for what, split in (("people", page.people), ("events", page.events)):
            yield {"kind": "destination", "name": page.page, "what": what, **dict(split)}
    for goal in report.goals:
        here = {"kind": "goal", "name": goal.name or goal.goal}
        yield {**here, "what": "people", **dict(goal.people), **_rate(goal.rate)}
        yield {**here, "what": "events", **dict(goal.events)}
        for part in goal.parts:
            yield {**here, "what": part.kind, "detail": part.name, **dict(part.people)}


def _counts(told: views.ReportView | views.ChannelReport) -> Iterator[Row]:
    for name in (*views.Outcomes.model_fields, *views.Responses.model_fields):
        yield {"kind": "count", "what": name, "number": getattr(told, name)}
    for name in views.Rates.model_fields:
        yield {"kind": "rate", "what": name, **_rate(getattr(told, name))}


def _channel(channel: views.ChannelReport) -> Iterator[Row]:
    yield from _counts(channel)
    yield from _splits("engagement", dict(channel.engagement))
    if channel.cost:
        for what, number in dict(channel.cost).items():
            yield {"kind": "cost", "what": what, "number": number}


def _splits(kind: str, found: Mapping[str, views.SplitView | None], **place: Any) -> Iterator[Row]:
    for what, split in found.items():
        if split:
            yield {"kind": kind, **place, "what": what, **dict(split)}


def _speed(speed: views.Speed) -> Iterator[Row]:
    for what, steps in speed:
        for step in steps:
            limit = "all" if step.within_minutes is None else f"{step.within_minutes} min"
            yield {"kind": "within", "what": what, "name": limit, "number": step.people, **_rate(step.share)}


def _reach(reach: views.ReachView) -> Iterator[Row]:
    for row in reach.rows:
        place = {"channel": row.channel, "language": row.language, "district": row.district, "name": row.name}
        here = {"kind": "reach", **place, "at": reach.taken_at}
        if row.hidden:
            yield {**here, "what": "hidden"}
            continue
        for what in ("sent", "delivered", "opened", "clicked", "minutes_to_first"):
            yield {**here, "what": what, "number": getattr(row, what)}
        for what in ("open_rate", "click_rate"):
            yield {**here, "what": what, **_rate(getattr(row, what))}
        if row.compared:
            told = row.compared
            detail = f"needed {told.needed}" if told.needed else None
            yield {**here, "what": f"clicks {told.verdict}", "rate": told.difference, "detail": detail}


def _rate(rate: views.RateView | None) -> Row:
    return {"rate": rate.value, "low": rate.low, "high": rate.high, "of": rate.of} if rate else {}
