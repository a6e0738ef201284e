"""The report of a period as it is laid out."""

import pytest

from chalicelib.core import pages
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.paper import Paper, Section
from chalicelib.engagement.reports.period_shown import shown
from chalicelib.engagement.reports.period_views import By, PeriodView
from tests.engagement.reports.period_sample import line, view
from tests.engagement.reports.sample import NOW

MAX_BYTES = 150_000


def paper(report: PeriodView | None = None, language: str = "en") -> Paper:
    return shown(report or view(), language, now=NOW, settings=Settings())


def section(found: Paper, name: str) -> Section:
    return next(one for one in found.sections if one.id == name)


def test_what_counts_comes_first() -> None:
    assert [(one.name, one.number, one.beside) for one in paper().tiles] == [
        ("Messages sent", "20,100", "in 12 campaigns"),
        ("Opened by people", "35%", "34% to 36%, of 20,060"),
        ("People who followed a link", "9.0%", "8.6% to 9.4%, of 20,060"),
        ("People who came", "310", "42 left"),
    ]
    assert paper().facts[:2] == [("Period", "October 26, 2026 – November 22, 2026"), ("Told", "By topic")]


def test_lines_stand_side_by_side_with_intervals_and_what_may_be_said_of_them() -> None:
    lines = {one[0]: one for one in section(paper(), "read").figures[0].table.lines}
    assert lines["Budget and hearings"][4:] == ["5.0%\n(4.4% to 5.8%)", "3 hr", "less"]
    assert lines["Clinics and vaccination"][-1] == "not enough data"
    assert section(paper(), "read").figures[0].picture


def test_who_came_and_left_and_how_the_list_is() -> None:
    names = [one.table.name for one in section(paper(), "growth").figures]
    assert names == ["Subscriptions that began and ended", "How people came", "Why people left"]
    health = {line[0]: line[1] for line in section(paper(), "health").figures[0].table.lines}
    assert health["Can be reached: Email"] == "12,100"
    assert health["Must not be written to: Email"] == "214"
    assert "Can be reached: Notification" not in health
    assert [one.id for one in paper(view(health=None)).sections] == ["read", "growth", "cost"]


@pytest.mark.parametrize(
    ("by", "key", "name"),
    [
        (By.CHANNEL, "sms", "Text message"),
        (By.LANGUAGE, "es", "Spanish"),
        (By.WEEK, "2026-11-16", "November 16, 2026"),
        (By.PLACE, "none", "No place given"),
        (By.PLACE, "harbor", "Harbor"),
        (By.DEPARTMENT, "works", "Harbor"),
    ],
)
def test_lines_are_named_as_people_would(by: By, key: str, name: str) -> None:
    found = paper(view(by=by, lines=[line(key, "Harbor", 900, 300, 60)]))
    assert section(found, "read").figures[0].table.lines[0][0] == name


@pytest.mark.parametrize("language", Settings().languages)
def test_it_is_light_however_many_lines_there_are(language: str) -> None:
    many = [line(f"t{n}", f"A topic with a name of some length {n}", 900, 300, 60) for n in range(400)]
    body = pages.render("pages/report.html", language, paper=paper(view(lines=many), language)).body
    assert len(body.encode()) < MAX_BYTES
