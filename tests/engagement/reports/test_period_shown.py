"""The report of a period as it is laid out."""

import pytest

from chalicelib.core import pages
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.often import FrequencyView
from chalicelib.engagement.reports.paper import Paper, Section
from chalicelib.engagement.reports.period_shown import shown
from chalicelib.engagement.reports.period_views import By, PeriodView
from tests.engagement.reports.period_sample import advice, line, view
from tests.engagement.reports.sample import NOW

MAX_BYTES = 150_000


def paper(report: PeriodView | None = None, language: str = "en", *advised: FrequencyView) -> Paper:
    return shown(report or view(), advised, language, now=NOW, settings=Settings())


def section(found: Paper, name: str) -> Section:
    return next(one for one in found.sections if one.id == name)


def test_what_counts_comes_first() -> None:
    assert [(one.name, one.number, one.beside) for one in paper().tiles] == [
        ("Messages sent", "20,100", "in 12 campaigns"),
        ("Opened by people", "35%", "34% to 36%, of 20,060"),
        ("Read by people, as estimated", "–", "not enough data"),
        ("Followed a link, as estimated", "9.0%", "8.6% to 9.4%, of 20,060"),
        ("People who came", "310", "42 left"),
    ]
    assert paper().facts[:2] == [("Period", "October 26, 2026 – November 22, 2026"), ("Shown", "By topic")]


def test_lines_stand_side_by_side_with_intervals_and_what_may_be_said_of_them() -> None:
    lines = {one[0]: one for one in section(paper(), "read").figures[0].table.lines}
    assert lines["Budget and hearings"][4:] == ["5.0%\n(4.4% to 5.8%)", "3 hr", "less"]
    assert lines["Clinics and vaccination"][-1].startswith("not enough data\n(it takes ")
    assert any(one.startswith("“Not enough data”") for one in section(paper(), "read").said)
    assert section(paper(), "read").figures[0].picture


def test_channels_languages_and_districts_stand_side_by_side_whatever_the_lines_are() -> None:
    reach = section(paper(), "reach").figures
    assert [one.table.name for one in reach] == ["By channel", "By language", "By district"]
    assert [line[0] for line in reach[2].table.lines] == [
        "Harbor and the islands around it",
        "No place given",
        "Districts of few people, together",
    ]
    by_channel = view(by=By.CHANNEL, lines=view().reach["channel"])
    assert len(section(paper(by_channel), "reach").figures) == 2, "what is told above is left out"


def test_what_it_means_is_said_first() -> None:
    said = section(paper(view(), "en", advice(1_200, 1_190, 800, 800)), "meaning").said
    assert said[0].startswith("After about 9 of 100 messages")
    assert said[1].startswith("Budget and hearings: fewer people followed a link")
    assert "The list grew: 310 people came, 42 left." in said
    assert said[-1].startswith("How often to write (works): Messages to one person in a week: at most 2.")
    nothing = paper(view(lines=[], reach={}, total=line("total", "Total", 90, 0, 0, click_rate=None)))
    assert section(nothing, "meaning").said[0].startswith("Nothing was sent")
    assert "read" not in [one.id for one in nothing.sections]


def test_who_came_and_left_and_how_the_list_is() -> None:
    names = [one.table.name for one in section(paper(), "growth").figures]
    assert names == ["Subscriptions that began and ended", "How people came", "How people left"]
    assert section(paper(), "growth").figures[1].table.lines == [
        ["On the sign-up page", "240"],
        ["By an import", "50"],
        ["paper form", "20"],
    ]
    found = section(paper(), "health")
    people, shut = (one.table.lines for one in found.figures)
    assert ["Can be reached: Email", "12,100\n(85%)"] in people
    assert not [one for one in people if "Notification" in one[0]]
    assert shut == [["Messages came back: Email", "210"], ["Marked as spam: Email", "4"]]
    assert found.said[1].startswith("1,400 of 9,000 people whose reading is known")
    sections = [one.id for one in paper(view(health=None)).sections]
    assert sections == ["meaning", "read", "reach", "growth", "cost"]


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
