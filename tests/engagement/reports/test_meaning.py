"""What a report's numbers mean, in words: as much as they carry."""

import pytest

from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.figures import rate_view
from chalicelib.engagement.reports.meaning import half_within, sentences
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.views import ReachView, ReportView
from tests.engagement.reports.sample import REACH, row, steps, view

TELL = Telling("en", Settings())


def said(report: ReportView) -> str:
    return "\n".join(sentences(report, TELL))


def test_rates_come_with_how_sure_they_are_and_without_machines() -> None:
    told = sentences(view(), TELL)
    assert told[0] == "Of 100 people who got the mail, about 34 opened it: 33% to 35% of them."
    assert told[2] == "Without taking machines out, it would look as if 62% had opened it instead of 34%."
    assert "can be far off" not in said(view())


def test_of_few_people_it_says_how_far_off_it_may_be() -> None:
    few = view(open_rate=rate_view(3, 8), click_rate=rate_view(1, 8))
    assert (
        "With so few messages, these shares can be far off: the true one may be anywhere from 14% to 69%."
        in said(few)
    )


def test_of_nothing_it_says_nothing_else() -> None:
    assert sentences(view(sent=0), TELL) == ["Nothing was sent, so there is nothing to say yet."]


@pytest.mark.parametrize(
    ("people", "within"),
    [
        pytest.param((0, 0, 5, 6, 7, 8, 9, 10), 60, id="exactly half"),
        pytest.param((0, 0, 4, 6, 7, 8, 9, 10), 180, id="more than half"),
        pytest.param((0, 0, 0, 0, 0, 0, 1, 10), None, id="later than is told"),
        pytest.param((0,) * 8, None, id="nobody"),
    ],
)
def test_half_of_them_is_told_by_the_first_step_that_has_them(
    people: tuple[int, ...], within: int | None
) -> None:
    assert half_within(steps(*people)) == within


def test_differences_are_told_only_where_chance_would_hardly_explain_them() -> None:
    assert "Email: fewer people followed a link than elsewhere (6.8%)" in said(view())
    same = ReachView(taken_at=REACH.taken_at, hours_after=24, rows=[row(1_000, 300, 75, language="en")])
    assert "no difference can be told from chance" in said(view(reach=same))
    assert "chance" not in said(view(reach=None))


def test_what_should_be_looked_at_is_said() -> None:
    assert "came back: 180" in said(view())
    assert "got nothing: 519" in said(view())
    assert "spam" not in said(view())
    assert "marked it as spam: 40" in said(view(complained=40))
