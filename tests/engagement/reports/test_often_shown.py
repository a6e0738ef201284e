"""The advice on how often to write, as a page shows it: with its numbers, none where they carry none."""

import pytest

from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.often_shown import often
from chalicelib.engagement.reports.telling import Telling
from tests.engagement.reports.period_sample import advice

TELL = Telling("en", Settings())


@pytest.mark.parametrize(
    ("readers", "said"),
    [
        ((1_200, 1_190, 800, 800), "Messages to one person in a week: at most 2. Beyond that"),
        ((1_200, 1_190), "Messages to one person in a week: up to 2 do no harm"),
        ((1_200,), "Not enough data: it takes about"),
        ((0, 0), "Not enough data: nobody was seen reading yet."),
    ],
)
def test_one_department_sees_the_advice_and_its_numbers(readers: tuple[int, ...], said: str) -> None:
    (section,) = often([advice(*readers)], TELL)
    assert section.said[0] == "Of the weeks from May 25, 2026 to November 22, 2026."
    assert section.said[1].startswith(said)
    assert [line[:2] for line in section.figures[0].table.lines] == [
        [f"Message {number}", "3,000"] for number in range(1, len(readers) + 1)
    ]


def test_the_message_that_tires_says_how() -> None:
    (section,) = often([advice(1_200, 1_190, 800)], TELL)
    first, second, third = section.figures[0].table.lines
    assert first[2:] == ["40%\n(38% to 42%)", "10%\n(9.0% to 11%)", "–"]
    assert second[-1].startswith("not enough data")
    assert third[-1] == "fewer read it and fewer followed a link"


def test_several_departments_stand_side_by_side_and_those_that_sent_nothing_are_left_out() -> None:
    found = [advice(1_200, 1_190, 800), advice(1_200, department="health"), advice(department="parks")]
    (section,) = often(found, TELL)
    lines = section.figures[0].table.lines
    assert [line[0] for line in lines] == ["works", "health"]
    assert lines[0][1] == "2"
    assert lines[1][2].startswith("Not enough data")
    assert not list(often([], TELL))


def test_a_department_that_sent_nothing_is_told_so() -> None:
    (section,) = often([advice()], TELL)
    assert section.said[1] == "Not enough data: nobody was seen reading yet."
    assert not section.figures
