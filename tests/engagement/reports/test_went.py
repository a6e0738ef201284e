"""Where people went, on a report's page."""

from chalicelib.engagement.reports import went
from chalicelib.engagement.reports.figures import rate_view
from chalicelib.engagement.reports.views import DestinationReport, GoalReport, LinkReport, SplitView
from tests.engagement.reports.sample import view
from tests.engagement.reports.test_sections import TELL


def split(raw: int, human: int) -> SplitView:
    return SplitView(raw=raw, machine=raw - human, human=human)


PAGE = DestinationReport(
    page="www.city.example/clinic", links=[0, 1], people=split(18, 10), events=split(24, 12)
)
LINKS = [
    LinkReport(
        number=n, url=f"https://www.city.example/clinic?n={n}", people=split(9, 5), events=split(12, 6)
    )
    for n in range(2)
]
GOAL = GoalReport(
    goal="a" * 32,
    name="Signed up for the clinic",
    people=split(4, 4),
    events=split(5, 5),
    rate=rate_view(4, 400),
    rate_of_clicked=rate_view(4, 10),
    parts=[],
)


def test_pages_and_goals_are_told_with_how_sure_they_are() -> None:
    (found,) = went.went(view(links=LINKS, destinations=[PAGE], goals=[GOAL]), TELL)
    pages, goals = (figure.table for figure in found.figures)
    assert pages.lines == [["www.city.example/clinic", "10", "18", "12"]]
    ((name, people, share, between, of_clicked),) = goals.lines
    assert (name, people, share, of_clicked) == ("Signed up for the clinic", "4", "1.0%", "40%")
    assert "%" in between
    assert len(found.said) == 2


def test_what_tells_nothing_new_is_left_out() -> None:
    alone = PAGE.model_copy(update={"links": [0]})
    assert list(went.went(view(links=LINKS[:1], destinations=[alone], goals=[]), TELL)) == []
