"""Where people went, on a report's page."""

from chalicelib.engagement.reports import went
from chalicelib.engagement.reports.views import LinkReport
from tests.engagement.reports.sample import GOAL, PAGE, split, view
from tests.engagement.reports.test_sections import TELL

LINKS = [
    LinkReport(
        number=n, url=f"https://www.city.example/clinic?n={n}", people=split(9, 5), events=split(12, 6)
    )
    for n in range(2)
]


def test_pages_and_goals_are_told_with_how_sure_they_are() -> None:
    (found,) = went.went(view(links=LINKS, destinations=[PAGE], goals=[GOAL]), TELL)
    pages, goals = (figure.table for figure in found.figures)
    assert pages.lines == [["www.city.example/clinic", "10", "18", "12"]]
    assert goals.lines == [["Signed up for the clinic", "4", "1.0%\n(0.4% to 2.5%)", "40%\n(17% to 69%)"]]
    assert len(found.said) == 2


def test_what_tells_nothing_new_is_left_out() -> None:
    alone = PAGE.model_copy(update={"links": [0]})
    assert list(went.went(view(links=LINKS[:1], destinations=[alone], goals=[]), TELL)) == []
