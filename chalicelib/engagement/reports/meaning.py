"""What the numbers of a report mean, in sentences; nothing that they do not carry. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.core.i18n import N_
from chalicelib.engagement.reports.intervals import HIGHER, LOWER
from chalicelib.engagement.reports.often import FrequencyView
from chalicelib.engagement.reports.often_shown import advised
from chalicelib.engagement.reports.period_views import PeriodLine, PeriodView
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.views import RateView, ReachRow, ReportView, SpeedStep

NONE = N_("Nothing was sent, so there is nothing to say yet.")
OPENED = N_("Of 100 people who got the mail, about %(number)s opened it: %(between)s of them.")
CLICKED = N_("Of 100 people who got it, about %(number)s followed a link: %(between)s of them.")
FEW = N_("With so few messages, these shares can be far off: the true one may be anywhere from %(between)s.")
WIDE = 0.2
"""An interval as wide as this says little."""

LOOKED = N_("Without taking machines out, it would look as if %(raw)s had opened it instead of %(human)s.")
FAST = N_("Half of those who opened it did so within %(span)s.")
FAST_LINKS = N_("Half of those who followed a link did so within %(span)s.")
BACK = N_("Messages that came back: %(number)s. Their addresses should be looked at.")
NOBODY = N_("People of the audience who got nothing: %(number)s. The table of who was not reached says why.")
FEWER = N_("%(name)s: fewer people followed a link than elsewhere (%(part)s), and by more than chance.")
MORE = N_("%(name)s: more people followed a link than elsewhere (%(part)s), and by more than chance.")
EQUAL = N_("Between those that are compared, no difference can be told from chance.")
LED = N_("After about %(number)s of 100 messages somebody followed a link: %(between)s of them.")
GREW = N_("The list grew: %(added)s people came, %(ended)s left.")
SHRANK = N_("The list did not grow: %(added)s people came, %(ended)s left.")
SHUT_OFF = N_("People on the list whom no newsletter can reach: %(number)s.")
OFTEN = N_("How often to write (%(department)s): %(advice)s")
COMPLAINED = N_("People who marked it as spam: %(number)s. Above one in a thousand, providers look into it.")
UNUSUAL = 0.001
"""Complaints as a part of what was sent above which providers look into it (SES reviews at 0.1 %)."""


def sentences(report: ReportView, tell: Telling) -> list[str]:
    """What the report says, the most important first."""
    if not report.sent:
        return [tell.say(NONE)]
    return [
        *_rates(report, tell),
        *_machines(report, tell),
        *_speed(report.speed.opened, FAST, tell),
        *_speed(report.speed.clicked, FAST_LINKS, tell),
        *_differences([(tell.row(row), row) for row in (report.reach.rows if report.reach else ())], tell),
        *_missed(report, tell),
    ]


def of_period(
    report: PeriodView,
    named: Iterable[tuple[str, PeriodLine]],
    advice: Sequence[FrequencyView],
    tell: Telling,
) -> list[str]:
    """What the report of a period says; `named` are its lines with their names."""
    rate, people = report.total.click_rate, report.people
    said = [tell.say(NONE)]
    if rate:
        said = [tell.say(LED, number=tell.number(round(rate.value * 100)), between=_between(rate, tell))]
        said += _differences(named, tell)
    if people.added or people.ended:
        words = GREW if people.added > people.ended else SHRANK
        said.append(tell.say(words, added=tell.number(people.added), ended=tell.number(people.ended)))
    if report.health and report.health.unreachable:
        said.append(tell.say(SHUT_OFF, number=tell.number(report.health.unreachable)))
    told = [one for one in advice if one.most_per_week is not None]
    return said + [tell.say(OFTEN, department=one.department, advice=advised(one, tell)) for one in told[:3]]


def half_within(steps: Iterable[SpeedStep]) -> int | None:
    """The first of the steps (minutes) by which half had done it; None where none of them tells."""
    known = [step for step in steps if step.within_minutes is not None]
    return next((one.within_minutes for one in known if one.share and one.share.value >= 0.5), None)


def _rates(report: ReportView, tell: Telling) -> Iterator[str]:
    rates = [(CLICKED, report.click_rate)]
    if report.engagement.opened is not None:
        rates.insert(0, (OPENED, report.open_rate))
    told = [(words, rate) for words, rate in rates if rate is not None]
    for words, rate in told:
        yield tell.say(words, number=tell.number(round(rate.value * 100)), between=_between(rate, tell))
    widest = max((rate for _, rate in told), key=_width, default=None)
    if widest and _width(widest) >= WIDE:
        yield tell.say(FEW, between=_between(widest, tell))


def _machines(report: ReportView, tell: Telling) -> Iterator[str]:
    opened, rate = report.engagement.opened, report.open_rate
    if opened and rate and opened.raw > opened.human:
        raw = tell.part(min(1.0, opened.raw / rate.of))
        yield tell.say(LOOKED, raw=raw, human=tell.part(rate.value))


def _speed(steps: Iterable[SpeedStep], words: str, tell: Telling) -> Iterator[str]:
    if minutes := half_within(steps):
        yield tell.say(words, span=tell.span(minutes))


def _differences(rows: Iterable[tuple[str, ReachRow | PeriodLine]], tell: Telling) -> Iterator[str]:
    compared = [(name, row, row.compared.verdict) for name, row in rows if row.compared]
    told = [one for one in compared if one[2] in {HIGHER, LOWER}]
    for name, row, verdict in told[:3]:
        words = FEWER if verdict == LOWER else MORE
        rate = row.click_rate
        yield tell.say(words, name=name, part=tell.part(rate.value if rate else None))
    if compared and not told:
        yield tell.say(EQUAL)


def _missed(report: ReportView, tell: Telling) -> Iterator[str]:
    if report.bounced:
        yield tell.say(BACK, number=tell.number(report.bounced))
    if nobody := sum(report.skipped.values()):
        yield tell.say(NOBODY, number=tell.number(nobody))
    if report.complained and report.complained > UNUSUAL * report.sent:
        yield tell.say(COMPLAINED, number=tell.number(report.complained))


def _between(rate: RateView, tell: Telling) -> str:
    return tell.between(rate.low, rate.high)


def _width(rate: RateView) -> float:
    return rate.high - rate.low
