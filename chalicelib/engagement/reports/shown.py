"""The report of a campaign as its page shows it: what counts first, what it means, then all figures. Pure."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports import hours, meaning, reached, sections
from chalicelib.engagement.reports.paper import Paper, Section, Tile, fitting
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.tried import tried
from chalicelib.engagement.reports.views import ReportView
from chalicelib.engagement.reports.went import went

STATUS: Mapping[str, str] = {
    "sending": N_("Being sent"),
    "paused": N_("Paused"),
    "halted": N_("Halted"),
    "sent": N_("Sent"),
    "cancelled": N_("Cancelled"),
}
NOTES: Mapping[str, str] = {
    "test": N_("This was a test: nothing of it left."),
    "exercise": N_("This was an exercise: it went to the exercise list only."),
}
MOVING = N_("It is still being sent: these numbers will change.")
EARLY = N_("The numbers grow for about three days after a message went out.")
READING = (
    N_(
        "People: what a person did, as far as can be told. Machines open messages and follow links too: "
        "mail programs that load pictures ahead of time, and scanners that look for harmful links."
    ),
    N_(
        "Not everybody can be seen reading: some mail programs load every picture ahead, some show none. "
        "What people read is estimated from those who can be seen; “–” means that too few can."
    ),
    N_(
        "An interval such as “32% to 36%” says how sure a number is: in 95 of 100 cases the true one "
        "lies in it. In charts it is the thin line with two ends."
    ),
    N_(
        "Two numbers are called different only where chance alone would hardly explain it. "
        "“Not enough data” means that nobody can know yet, not that they are equal."
    ),
    N_("“Arrived” is what those who carry the messages report. Text messages often have no such report."),
    N_(
        "Whoever asked not to be tracked counts among openings and followings of links, but not as a person. "
        "Only the estimates have them among people; all other shares of people are a little too low."
    ),
)
"""How the numbers are to be read; docs/reports.md has the formulas."""


def shown(
    report: ReportView, name: str, department: str, language: str, *, now: datetime, settings: Settings
) -> Paper:
    """The report of a campaign of that name for a reader of a language."""
    tell = Telling(language, settings)
    found = [
        _meaning(report, tell),
        *sections.raw_and_human(report, tell),
        *sections.speed(report, tell),
        *reached.reached(report, tell),
        *sections.outcomes(report, tell),
        *sections.links(report, tell),
        *went(report, tell),
        *sections.cost(report, tell),
        *hours.best_hour(report, tell),
        *tried(report, tell),
        *sections.leaving(report, tell),
    ]
    return Paper(
        title=name,
        facts=_facts(report, department, tell),
        notes=_notes(report, tell, now),
        tiles=_tiles(report, tell),
        sections=[fitting(one) for one in found if one.said or one.figures],
        drawn_at=tell.moment(now),
        reading=[tell.say(one) for one in READING],
    )


def _facts(report: ReportView, department: str, tell: Telling) -> list[tuple[str, str]]:
    facts = [(tell.say(N_("Department")), department)]
    if report.started_at:
        facts.append((tell.say(N_("Begun")), tell.moment(parse_rfc3339(report.started_at))))
    facts.append((tell.say(N_("State")), tell.say(STATUS.get(report.status, report.status))))
    channels = [tell.channel(one.channel) for one in report.channels]
    if channels:
        facts.append((tell.say(N_("Sent by")), tell.listed(channels)))
    return facts


def _notes(report: ReportView, tell: Telling, now: datetime) -> list[str]:
    notes = [tell.say(NOTES[report.mode])] if report.mode in NOTES else []
    if report.status in {"sending", "paused", "halted"}:
        notes.append(tell.say(MOVING))
    elif report.started_at and (now - parse_rfc3339(report.started_at)).days < 3:
        notes.append(tell.say(EARLY))
    return notes


def _tiles(report: ReportView, tell: Telling) -> list[Tile]:
    sent = tell.say(N_("of %(number)s planned"), number=tell.number(report.planned))
    tiles = [Tile(tell.say(N_("Messages sent")), tell.number(report.sent), sent)]
    if report.delivered is not None:
        proved = sum(one.sent for one in report.channels if one.delivered is not None)
        part = report.delivered / proved if proved else None
        of = tell.say(
            N_("%(number)s of %(all)s"), number=tell.number(report.delivered), all=tell.number(proved)
        )
        tiles.append(Tile(tell.say(N_("Arrived")), tell.part(part), of))
    if report.engagement.opened is not None:
        tiles.append(tell.rate_tile(tell.say(N_("Opened by people")), report.open_rate))
        tiles.append(tell.rate_tile(tell.say(N_("Read by people, as estimated")), report.read_rate))
    tiles.append(tell.rate_tile(tell.say(N_("Followed a link, as estimated")), report.click_rate))
    return tiles


def _meaning(report: ReportView, tell: Telling) -> Section:
    return Section("meaning", tell.say(N_("What this means")), meaning.sentences(report, tell))
