"""Whom a campaign reached and whom not, by channel, language and district side by side. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.core.i18n import N_
from chalicelib.engagement.reports.paper import Figure, Section, Table
from chalicelib.engagement.reports.sections import share
from chalicelib.engagement.reports.telling import NOT_KNOWN, Telling
from chalicelib.engagement.reports.views import ReachRow, ReportView

BY: Mapping[str, tuple[str, str]] = {
    "channel": (N_("Channel"), N_("By channel")),
    "language": (N_("Language"), N_("By language")),
    "district": (N_("District"), N_("By district")),
}
HEAD = (
    N_("Sent"),
    N_("Opened it"),
    N_("Followed a link"),
    N_("Half reacted within"),
    N_("Against the others"),
)
HIDDEN = N_("not shown: few people")
NOT_WRITTEN: Mapping[str, str] = {
    "no_channel": N_("No address that we may write to on these channels"),
    "do_not_contact": N_("Their address must not be written to"),
    "digest": N_("They get it in their daily or weekly summary"),
    "unsubscribed": N_("They had unsubscribed"),
    "paused": N_("They had paused newsletters"),
    "not_opted_in": N_("They had not asked for it"),
}
NOT_ARRIVED: Mapping[str, str] = {
    "bounced": N_("It came back"),
    "failed": N_("The provider refused it"),
    "unknown": N_("Perhaps sent: a fault left no record"),
    "expired": N_("Not sent: its time was up"),
    "cancelled": N_("Not sent: it was called off before"),
}


def reached(report: ReportView, tell: Telling) -> Iterator[Section]:
    """By channel, language and district: how many, what they did, how soon; and who was not reached."""
    figures = list(_compared(report, tell))
    said = []
    if report.reach:
        span = tell.span(report.reach.hours_after * 60)
        said.append(
            tell.say(N_("As of %(span)s after the launch. Bars are people who followed a link."), span=span)
        )
        said += tell.doubts(row.compared for row in report.reach.rows)
    if figures:
        yield Section("reach", tell.say(N_("Whom it reached")), said, figures)
    if missed := _missed(report, tell):
        note = tell.say(N_("People of the audience who got nothing, and messages that did not arrive."))
        yield Section("missed", tell.say(N_("Who was not reached")), [note], [Figure(missed)])


def _compared(report: ReportView, tell: Telling) -> Iterator[Figure]:
    groups = {kind: _of_kind(report.reach.rows if report.reach else (), kind) for kind in BY}
    told = [row.click_rate.high for rows in groups.values() for row in rows if row.click_rate]
    for kind, rows in groups.items():
        if not rows:
            continue
        corner, title = BY[kind]
        table = Table(
            tell.say(title),
            [tell.say(corner), *(tell.say(one) for one in HEAD)],
            [_line(row, tell) for row in rows],
        )
        bars = [share(tell.row(row), row.click_rate) for row in rows if row.click_rate]
        yield tell.shares(table, bars, most=max(told, default=None))


def _of_kind(rows: Sequence[ReachRow], kind: str) -> list[ReachRow]:
    """The rows that tell one of channel, language and district apart and no other, the largest first."""
    others = set(BY) - {kind}
    found = [
        row for row in rows if getattr(row, kind) and all(getattr(row, other) is None for other in others)
    ]
    return sorted(found, key=lambda row: (row.hidden, -(row.sent or 0)))


def _line(row: ReachRow, tell: Telling) -> list[str]:
    if row.hidden:
        return [tell.row(row), tell.say(HIDDEN), *[NOT_KNOWN] * (len(HEAD) - 1)]
    first = tell.span(row.minutes_to_first) if row.minutes_to_first else NOT_KNOWN
    rates = [tell.rate(one) for one in (row.open_rate, row.click_rate)]
    return [tell.row(row), tell.number(row.sent), *rates, first, tell.verdict(row.compared)]


def _missed(report: ReportView, tell: Telling) -> Table | None:
    found = {NOT_WRITTEN.get(one, one): number for one, number in report.skipped.items()}
    found |= {words: getattr(report, one) or 0 for one, words in NOT_ARRIVED.items()}
    lines = [[tell.say(words), tell.number(number)] for words, number in found.items() if number]
    if not lines:
        return None
    return Table(tell.say(N_("Who was not reached")), [tell.say(N_("Why")), tell.say(N_("How many"))], lines)
