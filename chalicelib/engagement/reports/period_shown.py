"""The report of a period as its page shows it: many campaigns, by whatever was asked for. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.paper import Figure, Paper, Section, Table, Tile, fitting
from chalicelib.engagement.reports.period_views import By, HealthView, PeriodLine, PeriodView
from chalicelib.engagement.reports.reached import VERDICTS
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
    N_("Half within"),
    N_("Against the others"),
)
CAME = (N_("Came"), N_("Left"), N_("On the list"), N_("Can be reached"))


def shown(report: PeriodView, language: str, *, now: datetime, settings: Settings) -> Paper:
    """The report of a period for a reader of a language."""
    tell = Telling(language, settings)
    parts = [_read(report, tell), _grown(report, tell), *_health(report.health, tell), *_cost(report, tell)]
    return Paper(
        title=tell.say(TITLE),
        facts=_facts(report, tell),
        notes=[tell.say(COUNTED)],
        tiles=_tiles(report, tell),
        sections=[fitting(one) for one in parts],
        drawn_at=tell.moment(now),
        reading=[tell.say(one) for one in READING],
    )


def _facts(report: PeriodView, tell: Telling) -> list[tuple[str, str]]:
    first, last = (tell.date(date.fromisoformat(one)) for one in (report.first_day, report.last_day))
    facts = [
        (tell.say(N_("Period")), f"{first} – {last}"),
        (tell.say(N_("Told")), tell.say(NAMES[report.by][1])),
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
        tell.rate_tile(tell.say(N_("People who followed a link")), total.click_rate),
    ]
    came = tell.say(N_("%(number)s left"), number=tell.number(people.ended))
    return [*tiles, Tile(tell.say(N_("People who came")), tell.number(people.added), came)]


def _read(report: PeriodView, tell: Telling) -> Section:
    corner, title = (tell.say(one) for one in NAMES[report.by])
    table = Table(
        title,
        [corner, *(tell.say(one) for one in READ)],
        [_line(one, report.by, tell) for one in report.lines],
    )
    told = [one for one in report.lines if one.click_rate]
    if report.by != By.WEEK:
        told.sort(key=lambda one: -(one.click_rate.value if one.click_rate else 0))
    bars = [share(_name(one, report.by, tell), one.click_rate) for one in told]
    said = tell.say(N_("Bars are people who followed a link."))
    return Section("read", title, [said] if bars else [], [tell.shares(table, bars)])


def _line(line: PeriodLine, by: str, tell: Telling) -> list[str]:
    within = tell.span(line.minutes_to_first) if line.minutes_to_first else NOT_KNOWN
    verdict = tell.say(VERDICTS[line.compared.verdict]) if line.compared else NOT_KNOWN
    numbers = [tell.number(line.sent), tell.number(line.delivered)]
    return [
        _name(line, by, tell),
        *numbers,
        tell.rate(line.open_rate),
        tell.rate(line.click_rate),
        within,
        verdict,
    ]


def _name(line: PeriodLine, by: str, tell: Telling) -> str:
    match by:
        case By.CHANNEL:
            return tell.channel(line.key)
        case By.LANGUAGE:
            return tell.language_name(line.key)
        case By.WEEK:
            return tell.date(date.fromisoformat(line.key))
        case By.PLACE if line.key == "none":
            return tell.say(NO_PLACE)
    return line.name


def _grown(report: PeriodView, tell: Telling) -> Section:
    corner, _ = (tell.say(one) for one in NAMES[report.by])
    lines = [
        [
            _name(one, report.by, tell),
            *(tell.number(number) for number in (one.growth.added, one.growth.ended)),
            *(tell.number(number) for number in (one.listed, one.reachable)),
        ]
        for one in report.lines
        if one.growth
    ]
    figures = [
        Figure(_ways(name, found, tell))
        for name, found in (
            (N_("How people came"), report.people.by_source),
            (N_("Why people left"), report.people.by_reason),
        )
        if found
    ]
    if lines:
        head = [corner, *(tell.say(one) for one in CAME)]
        figures.insert(0, Figure(Table(tell.say(N_("Subscriptions that began and ended")), head, lines)))
    said = tell.say(
        N_("People who came to the list: %(added)s. People who left it: %(ended)s."),
        added=tell.number(report.people.added),
        ended=tell.number(report.people.ended),
    )
    return Section("growth", tell.say(N_("Who came and who left")), [said], figures)


def _ways(name: str, found: Mapping[str, int], tell: Telling) -> Table:
    head = [tell.say(N_("Way")), tell.say(N_("People"))]
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return Table(tell.say(name), head, [[way, tell.number(number)] for way, number in ranked])


def _health(health: HealthView | None, tell: Telling) -> Iterator[Section]:
    if health is None:
        return
    lines = [(tell.say(N_("On the list")), health.people)]
    by = N_("Can be reached: %(channel)s")
    lines += [(tell.say(by, channel=tell.channel(one)), n) for one, n in health.reachable.items() if n]
    lines += [
        (tell.say(N_("Cannot be reached")), health.unreachable),
        (tell.say(N_("Paused")), health.paused),
    ]
    shut = N_("Must not be written to: %(channel)s")
    lines += [
        (tell.say(shut, channel=tell.channel(one)), sum(why.values()))
        for one, why in health.do_not_contact.items()
    ]
    if health.silent:
        silent = N_("Opened and followed nothing for %(days)s days, of those it is known of")
        lines.append((tell.say(silent, days=tell.number(health.silent.days)), health.silent.silent))
    table = _counted(tell.say(N_("The list as a whole")), lines, tell)
    said = tell.say(N_("As of %(moment)s."), moment=tell.date(date.fromisoformat(health.day)))
    yield Section("health", tell.say(N_("Health of the list")), [said], [Figure(table)])


def _counted(name: str, lines: Sequence[tuple[str, int]], tell: Telling) -> Table:
    head = [tell.say(N_("What")), tell.say(N_("People"))]
    return Table(name, head, [[what, tell.number(number)] for what, number in lines])


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
