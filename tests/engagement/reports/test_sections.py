"""The parts of the report's page."""

import pytest

from chalicelib.core.settings import Settings
from chalicelib.engagement.reports import reached, sections
from chalicelib.engagement.reports.sections import address
from chalicelib.engagement.reports.telling import Telling
from tests.engagement.reports.sample import view

TELL = Telling("en", Settings())


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://www.city.example/detour?utm_source=x", "city.example/detour"),
        ("https://city.example/", "city.example"),
        ("tel:+16175550100", "tel:+16175550100"),
        ("mailto:a@b.c", "mailto:a@b.c"),
    ],
)
def test_a_link_is_told_by_where_it_leads(url: str, told: str) -> None:
    assert address(url) == told


def test_links_are_told_by_people_the_most_followed_first() -> None:
    (found,) = sections.links(view(), TELL)
    lines = found.figures[0].table.lines
    assert [line[0] for line in lines][:2] == [
        "1. city.example/detour",
        "2. city.example/works/main-street/calendar-of-closures",
    ]
    assert lines[0][1:] == ["610", "4.5%\n(4.1% to 4.8%)", "1,320"]


def test_a_channel_without_reports_shows_dashes_and_says_why() -> None:
    (found,) = sections.outcomes(view(), TELL)
    table = found.figures[0].table
    assert table.head == ["Channel", "Planned", "Sent", "Arrived", "Came back", "Failed"]
    assert table.lines[1] == ["Text message", "1,700", "1,700", "–", "–", "0"]
    assert found.said


def test_who_was_not_reached_is_told_with_the_reason() -> None:
    *_, missed = reached.reached(view(skipped={"no_channel": 412, "new-reason": 3}), TELL)
    assert missed.figures[0].table.lines == [
        ["No address that we may write to on these channels", "412"],
        ["new-reason", "3"],
        ["It came back", "180"],
        ["The provider refused it", "30"],
    ]


def test_channels_languages_and_districts_are_drawn_to_one_scale() -> None:
    found, _ = reached.reached(view(), TELL)
    assert [one.table.name for one in found.figures] == ["By channel", "By language", "By district"]
    assert found.figures[0].table.lines[0][:4] == [
        "Email",
        "12,000",
        "34%\n(33% to 35%)",
        "6.8%\n(6.4% to 7.3%)",
    ]


def test_without_openings_and_clicks_nothing_is_said_of_machines() -> None:
    blank = view().engagement.model_copy(deep=True)
    for one in (blank.opens, blank.clicks):
        assert one
        one.raw = 0
    assert list(sections.raw_and_human(view(engagement=blank), TELL)) == []
