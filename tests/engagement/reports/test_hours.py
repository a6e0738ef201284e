"""What a report's page says of the best hour: its arms, and one sentence that the numbers carry."""

import pytest

from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.hours import best_hour
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.timing.report import told
from tests.engagement.reports.sample import view


@pytest.mark.parametrize(
    ("clicked", "said"), [(300, "more people followed"), (20, "fewer people"), (95, "not enough data")]
)
def test_arms_are_told_side_by_side_with_what_may_be_said_of_them(clicked: int, said: str) -> None:
    arms = {
        "best": {"people": 800, "opened": 400, "clicked": clicked},
        "control": {"people": 100, "opened": 50, "clicked": 12},
    }
    report = view(best_hour=told({"arms": arms}))
    (section,) = best_hour(report, Telling("en", Settings()))
    assert said in section.said[0]
    table = section.figures[0].table
    assert [row[:2] for row in table.lines] == [
        ["Their best hour", "800"],
        ["A random hour", "0"],
        ["At once, to compare", "100"],
    ]
    assert table.lines[0][2].startswith("50%")
    assert table.lines[1][2] == "–"


def test_a_campaign_that_went_to_all_at_once_tells_nothing_of_hours() -> None:
    assert not list(best_hour(view(), Telling("en", Settings())))
