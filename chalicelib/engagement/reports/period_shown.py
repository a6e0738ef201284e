"""The report of a period as its page shows it: many campaigns, by whatever was asked for. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports import meaning
from chalicelib.engagement.reports.breakdown import NOWHERE
from chalicelib.engagement.reports.list_shown import grown, health
from chalicelib.engagement.reports.often import FrequencyView
from chalicelib.engagement.reports.often_shown import often
from chalicelib.engagement.reports.paper import Figure, Paper, Section, Table, Tile, fitting
from chalicelib.engagement.reports.period import FEW
from chalicelib.engagement.reports.period_views import By, PeriodLine, PeriodView
from chalicelib.engagement.reports.sections import share
from chalicelib.engagement.reports.shown import READING
from chalicelib.engagement.reports.telling import NO_PLACE, NOT_KNOWN, Telling

NAMES: Mapping[str, tuple[str, str]] = {
    By.TOPIC: (N_("Topic"), N_("By topic")),
    By.DEPARTMENT: (N_("Department"), N_("By department")),
    By.CHANNEL: (N_("Channel"), N_("By channel")),
    By.LANGUAGE: (N_("Language"), N_("By language")),
    By.PLACE: (N_("District"), N_("By district")),
    By.WEEK: (N_("Week"), N_("By week")),
}
TITLE = N_("What was sent, and what people did")
COUNTED = N_(
    "Messages count in the week in which their campaign began; who got three campaigns counts three times. "
    "Campaigns come in an hour after their launch, and are final three days after it."
)
READ = (
    N_("Sent"),
    N_("Arrived"),
    N_("Opened it"),
    N_("Followed a link"),
    N_("Half reacted within"),
    N_("Against the others"),
)
BARS = N_("Bars are people who followed a link.")


def shown(
    report: PeriodView,
    advice: Sequence[FrequencyView],
    language: str,
    *,
    now: datetime,
    settings: Settings,
) -> Paper:
    """The report of a period for a reader of a language, with the advice for each of its departments."""
    tell = Telling(language, settings)
    corner = tell.say(NAMES[report.by][0])
    said = meaning.of_period(report, _named(report, tell), advice, tell)
    parts = [
        Section("meaning", tell.say(N_("What this means")), said),
        _read(report, tell),
        _reach(report, tell),
        *often(advice, tell),
        grown(report, corner, lambda line: _name(line, report.by, tell), tell),
        *health(report.health, tell),
        *_cost(report, tell),
    ]
    return Paper(
        title=tell.say(TITLE),
        facts=_facts(report, tell),
        notes=[tell.say(COUNTED)],
        tiles=_tiles(report, tell),
        sections=[fitting(one) for one in parts if one.said or one.figures],
        drawn_at=tell.moment(now),
        reading=[tell.say(one) for one in READING],
    )


def _facts(report: PeriodView, tell: Telling) -> list[tuple[str, str]]:
    first, last = (tell.date(date.fromisoformat(one)) for one in (report.first_day, report.last_day))
    facts = [
        (tell.say(N_("Period")), f"{first} – {last}"),
        (tell.say(N_("Shown")), tell.say(NAMES[report.by][1])),
    ]
    return [*facts, *([(tell.say(N_("Department")), report.department)] if report.department else [])]


def _tiles(report: PeriodView, tell: Telling) -> list[Tile]:
    total, people = report.total, report.people
    tiles = [
        Tile(
            tell.say(N_("Messages sent")),
            tell.number(total.sent),
            tell.say(N_("in %(number)s campaigns"), number=tell.number(total.campaigns)),
        ),
        tell.rate_tile(tell.say(N_("Opened by people")), total.open_rate),
        tell.rate_tile(tell.say(N_("Read by people, as estimated")), total.read_rate),
        tell.rate_tile(tell.say(N_("Followed a link, as estimated")), total.click_rate),
    ]
    came = tell.say(N_("%(number)s left"), number=tell.number(people.ended))
    return [*tiles, Tile(tell.say(N_("People who came")), tell.number(people.added), came)]


def _read(report: PeriodView, tell: Telling) -> Section:
    title = tell.say(N_("What people did"))
    if not report.lines:
        return Section("read", title)
    figure = _lines(report.by, report.lines, tell)
    said = [tell.say(BARS)] if figure.picture else []
    said += tell.doubts(one.compared for one in report.lines)
    return Section("read", title, said, [figure])


def _reach(report: PeriodView, tell: Telling) -> Section:
    """Channels, languages and districts side by side, on one scale; what is told above is left out."""
    parts = {by: lines for by, lines in report.reach.items() if by != report.by and lines}
    every = [line for lines in parts.values() for line in lines]
    most = max((one.click_rate.high for one in every if one.click_rate), default=None)
    figures = [_lines(by, lines, tell, most=most) for by, lines in parts.items()]
    said = [tell.say(BARS)] if any(one.picture for one in figures) else []
    said += tell.doubts(one.compared for one in every)
    return Section("reach", tell.say(N_("Whom it reached")), said, figures)


def _lines(by: str, lines: Sequence[PeriodLine], tell: Telling, *, most: float | None = None) -> Figure:
    """What was sent and what people did, a line for each, the most followed first; weeks in their order."""
    corner, title = (tell.say(one) for one in NAMES[by])
    rows = [_line(one, by, tell) for one in lines]
    table = Table(title, [corner, *(tell.say(one) for one in READ)], rows)
    told = [one for one in lines if one.click_rate]
    if by != By.WEEK:
        told.sort(key=lambda one: -(one.click_rate.value if one.click_rate else 0))
    return tell.shares(table, [share(_name(one, by, tell), one.click_rate) for one in told], most=most)


def _line(line: PeriodLine, by: str, tell: Telling) -> list[str]:
    within = tell.span(line.minutes_to_first) if line.minutes_to_first else NOT_KNOWN
    return [
        _name(line, by, tell),
        *(tell.number(number) for number in (line.sent, line.delivered)),
        *(tell.rate(rate) for rate in (line.open_rate, line.click_rate)),
        within,
        tell.verdict(line.compared),
    ]


def _named(report: PeriodView, tell: Telling) -> Iterator[tuple[str, PeriodLine]]:
    """All lines that are compared, with their names."""
    for by, lines in {report.by: report.lines, **report.reach}.items():
        yield from ((_name(one, by, tell), one) for one in lines)


def _name(line: PeriodLine, by: str, tell: Telling) -> str:
    match by:
        case By.CHANNEL:
            return tell.channel(line.key)
        case By.LANGUAGE:
            return tell.language_name(line.key)
        case By.WEEK:
            return tell.date(date.fromisoformat(line.key))
        case By.PLACE if line.key == NOWHERE:
            return tell.say(NO_PLACE)
        case By.PLACE if line.key == FEW:
            return tell.say(N_("Districts of few people, together"))
    return line.name


def _cost(report: PeriodView, tell: Telling) -> Iterator[Section]:
    paid = [one for one in [*report.lines, report.total] if one.cost]
    if not any(one.cost and (one.cost.estimated_usd or one.cost.told_usd) for one in paid):
        return
    corner, _ = (tell.say(one) for one in NAMES[report.by])
    total = tell.say(N_("Together"))
    table = Table(
        tell.say(N_("What texts and calls cost")),
        [corner, tell.say(N_("By our prices")), tell.say(N_("As the provider says"))],
        [
            [
                total if one is report.total else _name(one, report.by, tell),
                tell.dollars(one.cost.estimated_usd),
                tell.dollars(one.cost.told_usd),
            ]
            for one in paid
            if one.cost
        ],
    )
    yield Section("cost", tell.say(N_("Cost")), (), [Figure(table)])
