"""The report of a period as a table for a spreadsheet: a row for each line, then what is in it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.core import sheets
from chalicelib.engagement.reports.period_views import GrowthView, HealthView, PeriodLine, PeriodView

NUMBERS = (
    *("campaigns", "sent", "failed", "delivered", "bounced", "complained", "opened", "clicked"),
    *("minutes_to_first", "listed", "reachable"),
)
RATES = ("read_rate", "open_rate", "click_rate")
RATE_PARTS = ("value", "low", "high", "of")
GROWN = ("added", "ended")
COST = ("estimated_usd", "told_usd")
COLUMNS = (
    *("kind", "first_day", "last_day", "key", "name", *NUMBERS),
    *(f"{rate}_{part}" for rate in RATES for part in RATE_PARTS),
    *("compared", "needed", *GROWN, *COST, "what", "raw", "machine", "human", "number"),
)
Row = Mapping[str, Any]


def as_csv(report: PeriodView) -> str:
    """The whole report."""
    place = {"first_day": report.first_day, "last_day": report.last_day}
    return sheets.as_csv(COLUMNS, ({**place, **row} for row in _rows(report)))


def _rows(report: PeriodView) -> Iterator[Row]:
    for kind, lines in (("line", report.lines), ("total", [report.total])):
        for line in lines:
            yield {"kind": kind, **_line(line)}
            yield from _inside(line)
    yield from _growth(report.people, key="people")
    if report.health:
        yield from _health(report.health)


def _line(line: PeriodLine) -> Row:
    row: dict[str, Any] = {"key": line.key, "name": line.name}
    row |= {name: getattr(line, name) for name in NUMBERS}
    for name in RATES:
        if rate := getattr(line, name):
            row |= {f"{name}_{part}": getattr(rate, part) for part in RATE_PARTS}
    for names, held in ((GROWN, line.growth), (COST, line.cost)):
        row |= {name: getattr(held, name) for name in names} if held else {}
    if line.compared:
        row |= {"compared": line.compared.verdict, "needed": line.compared.needed}
    return row


def _inside(line: PeriodLine) -> Iterator[Row]:
    for what, split in line.engagement or ():
        if split:
            yield {"kind": "engagement", "key": line.key, "what": what, **dict(split)}
    if line.growth:
        yield from _growth(line.growth, key=line.key)


def _growth(growth: GrowthView, *, key: str) -> Iterator[Row]:
    for kind, found in (("added", growth.by_source), ("ended", growth.by_reason)):
        for what, number in found.items():
            yield {"kind": kind, "key": key, "what": what, "number": number}


def _health(health: HealthView) -> Iterator[Row]:
    for what in ("people", "unreachable", "paused"):
        yield {"kind": "health", "key": health.day, "what": what, "number": getattr(health, what)}
    for channel, number in health.reachable.items():
        yield {"kind": "reachable", "key": health.day, "what": channel, "number": number}
    for channel, reasons in health.do_not_contact.items():
        for what, number in reasons.items():
            yield {"kind": "do_not_contact", "key": channel, "what": what, "number": number}
    if health.silent:
        for what, number in health.silent:
            yield {"kind": "silent", "key": health.day, "what": what, "number": number}
