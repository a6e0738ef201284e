"""What a report's page says of the words that were tried: never a winner where the data carry none."""

import pytest

from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.tried import tried
from chalicelib.engagement.variants.views import SearchReport
from tests.engagement.reports.sample import search, view


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (search("collecting"), ["It is not known yet which words people follow most."]),
        (
            search("winner", winner="question"),
            ["“question” is the best of them; the rest of the people got it most."],
        ),
        (
            search("winner", winner="default"),
            ["“The campaign's own words” is the best of them; the rest of the people got it most."],
        ),
        (
            search("not enough data", more=12_400),
            [
                "There is not enough data to tell which words people follow most.",
                "To tell a difference like the one seen would take about 12,400 more people.",
            ],
        ),
    ],
)
def test_it_says_what_the_data_carry(found: SearchReport, said: list[str]) -> None:
    (section,) = tried(view(search=found), Telling("en", Settings()))
    assert list(section.said) == said
    table = section.figures[0].table
    assert [(row[0], row[1], row[3], row[4]) for row in table.lines] == [
        ("The campaign's own words", "400", "20%", "4"),
        ("question", "400", "80%", "4"),
    ]


def test_a_campaign_of_one_wording_tells_nothing_of_it() -> None:
    assert not list(tried(view(), Telling("en", Settings())))
