"""Where people went, as a report's page shows it: pages that links led to, and what was done there. Pure."""

from collections.abc import Iterator

from chalicelib.core.i18n import N_
from chalicelib.engagement.reports.paper import Figure, Section, Table
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.views import ReportView

COUNTED_TWICE = N_("Whoever followed two links to the same page counts for each of them.")
DONE = N_("What was done there is told by the site, and counts once for each person.")


def went(report: ReportView, tell: Telling) -> Iterator[Section]:
    """The pages, where several links led to one, and the goals that somebody reached."""
    figures, said = [], []
    if 0 < len(report.destinations) < len(report.links):
        figures.append(Figure(_pages(report, tell)))
        said.append(tell.say(COUNTED_TWICE))
    if report.goals:
        figures.append(Figure(_goals(report, tell)))
        said.append(tell.say(DONE))
    if figures:
        yield Section("went", tell.say(N_("Where people went")), said, figures)


def _pages(report: ReportView, tell: Telling) -> Table:
    head = (N_("Page"), N_("People"), N_("With machines"), N_("Clicks"))
    return Table(
        tell.say(N_("Pages by how many people were led there")),
        [tell.say(one) for one in head],
        [
            [one.page, *map(tell.number, (one.people.human, one.people.raw, one.events.human))]
            for one in report.destinations
        ],
    )


def _goals(report: ReportView, tell: Telling) -> Table:
    head = (N_("Goal"), N_("People"), N_("Share"), N_("Of those who followed a link"))
    return Table(
        tell.say(N_("What people did there")),
        [tell.say(one) for one in head],
        [
            [
                one.name or one.goal,
                tell.number(one.people.human),
                tell.rate(one.rate),
                tell.rate(one.rate_of_clicked),
            ]
            for one in report.goals
        ],
    )
