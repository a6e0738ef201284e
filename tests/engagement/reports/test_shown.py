"""A report as it is laid out: every chart has its table, nothing is said that the numbers do not carry."""

from datetime import timedelta

import pytest

from chalicelib.core import pages
from chalicelib.core.i18n import locale_of
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.paper import MOST_LINES, Paper, Section
from chalicelib.engagement.reports.shown import shown
from chalicelib.engagement.reports.views import LinkReport, ReachView, ReportView, Speed, SplitView
from tests.engagement.reports.sample import NOW, REACH, hidden, row, steps, view

MAX_BYTES = 150_000


def paper(report: ReportView | None = None, language: str = "en", *, later: timedelta = timedelta()) -> Paper:
    return shown(report or view(), "Main Street", "works", language, now=NOW + later, settings=Settings())


def section(found: Paper, name: str) -> Section:
    return next(one for one in found.sections if one.id == name)


def test_what_counts_comes_first_with_how_sure_it_is() -> None:
    told = [(tile.name, tile.number, tile.beside) for tile in paper().tiles]
    assert told == [
        ("Messages sent", "13,880", "of 13,910 planned"),
        ("Arrived", "99%", "12,000 of 12,180"),
        ("Opened by people", "34%", "33% to 35%, of 12,000"),
        ("Read by people, as estimated", "41%", "39% to 44%, of 12,000"),
        ("Followed a link, as estimated", "7.5%", "7.1% to 8.0%, of 13,700"),
    ]


def test_all_parts_are_there_in_their_order() -> None:
    assert [one.id for one in paper().sections] == [
        "meaning",
        "machines",
        "speed",
        "reach",
        "missed",
        "messages",
        "links",
        "cost",
        "leaving",
    ]


def test_a_part_without_anything_to_tell_is_left_out() -> None:
    nothing = Speed(opened=steps(*[0] * 8), clicked=steps(*[0] * 8))
    found = paper(view(links=[], reasons={}, reach=None, speed=nothing))
    assert not {one.id for one in found.sections} & {"links", "leaving", "reach", "speed"}


def test_every_chart_says_what_it_shows_and_stands_beside_its_table() -> None:
    figures = [one for part in paper().sections for one in part.figures]
    assert sum(one.picture is not None for one in figures) == 6
    for one in figures:
        assert one.table.lines
        assert all(one.table.head)
        assert {len(line) for line in one.table.lines} == {len(one.table.head)}
        assert one.picture is None or one.picture.text == f"{one.table.name}. The table has the same numbers."


def test_raw_and_human_stand_side_by_side() -> None:
    people = section(paper(), "machines").figures[0].table
    assert people.lines[0] == [
        "Opened it",
        "7,440",
        "4,900",
        "4,090",
        "62%\n(61% to 63%)",
        "34%\n(33% to 35%)",
    ]


def test_few_people_of_a_district_are_not_told_of() -> None:
    districts = section(paper(), "reach").figures[2].table.lines
    assert districts[-1] == ["Hill", "not shown: few people", "–", "–", "–", "–"]
    assert [line[0] for line in districts] == [
        "Old Town",
        "Harbor and the islands around it",
        "No place given",
        "Hill",
    ]


def test_notes_tell_what_a_reader_must_know() -> None:
    assert paper().notes == ["The numbers grow for about three days after a message went out."]
    assert paper(later=timedelta(days=3)).notes == []
    assert len(paper(view(status="sending", mode="exercise")).notes) == 2


@pytest.mark.parametrize("language", Settings().languages)
def test_it_is_light_however_much_there_is_to_tell(language: str) -> None:
    split = SplitView(raw=2_000, machine=1_000, human=1_500)
    links = [
        LinkReport(number=n, url=f"https://city.example/{'a-long-path/' * 4}{n}", people=split, events=split)
        for n in range(300)
    ]
    rows = [
        *REACH.rows,
        *(row(900, 300, 60, district=f"d{n}", name=f"District {n} " * 4) for n in range(500)),
    ]
    rows += [
        row(900, 300, 60, language=tag) for tag in ("de", "fr", "pt", "ru", "ar", "ht", "ko", "ja", "it")
    ]
    rows += [hidden(f"h{n}", "Few") for n in range(100)]
    much = paper(
        view(links=links, reach=ReachView(taken_at=REACH.taken_at, hours_after=72, rows=rows)), language
    )
    body = pages.render("pages/report.html", language, paper=much).body
    assert len(body.encode()) < MAX_BYTES
    assert max(len(one.table.lines) for part in much.sections for one in part.figures) == MOST_LINES
    assert section(much, "links").figures[0].table.more == 300 - MOST_LINES


def test_numbers_are_written_as_the_language_does() -> None:
    told = {tag: [tile.number for tile in paper(language=tag).tiles] for tag in ("es", "vi", "de")}
    assert told["de"][0] == "13.880"
    assert told["de"][4] == told["es"][4] == "7,5\N{NO-BREAK SPACE}%"
    assert str(locale_of("vi").percent_formats[None].pattern).endswith("%")
