"""The part of a report's page that tells which words people followed most. Pure."""

from collections.abc import Iterator, Mapping

from chalicelib.core.i18n import N_
from chalicelib.delivery.variants import DEFAULT
from chalicelib.engagement.reports.figures import rate_view
from chalicelib.engagement.reports.paper import Section, Table
from chalicelib.engagement.reports.sections import share
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.views import ReportView
from chalicelib.engagement.variants.views import SearchReport, VariantReport

HEAD = (
    N_("Words"),
    N_("People"),
    N_("Followed a link"),
    N_("Chance to be the best"),
    N_("Clicks lost in 1,000 messages if it is not"),
)
STATES: Mapping[str, str] = {
    "collecting": N_("It is not known yet which words people follow most."),
    "winner": N_("“%(name)s” is the best of them; the rest of the people got it most."),
    "not enough data": N_("There is not enough data to tell which words people follow most."),
}
MORE = N_("To tell a difference like the one seen would take about %(number)s more people.")
OWN = N_("The campaign's own words")


def tried(report: ReportView, tell: Telling) -> Iterator[Section]:
    """What people did by which words they got, and whether one may be called the best."""
    search = report.search
    if search is None:
        return
    table = Table(
        tell.say(N_("What people followed, by the words they got")),
        [tell.say(one) for one in HEAD],
        [_line(one, tell) for one in search.variants],
    )
    bars = [share(_called(one.name, tell), rate_view(one.clicked, one.messages)) for one in search.variants]
    title = tell.say(N_("Which words people follow"))
    yield Section("words", title, list(_said(search, tell)), [tell.shares(table, bars)])


def _said(search: SearchReport, tell: Telling) -> Iterator[str]:
    yield tell.say(STATES[search.state], name=_called(search.winner or "", tell))
    if search.more_people:
        yield tell.say(MORE, number=tell.number(search.more_people))


def _line(one: VariantReport, tell: Telling) -> list[str]:
    return [
        _called(one.name, tell),
        tell.number(one.messages),
        tell.rate(rate_view(one.clicked, one.messages)),
        tell.part(one.probability_best),
        tell.number(round(one.expected_loss * 1000)),
    ]


def _called(name: str, tell: Telling) -> str:
    return tell.say(OWN) if name == DEFAULT else name
