"""Numbers in words."""

import pytest

from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.telling import NOT_KNOWN, Telling
from tests.engagement.reports.sample import hidden, row

TELL = Telling("en", Settings())


@pytest.mark.parametrize(
    ("part", "told"),
    [(None, NOT_KNOWN), (0, "0%"), (0.0312, "3.1%"), (0.08, "8.0%"), (0.345, "34%"), (1, "100%")],
)
def test_a_part_has_as_many_digits_as_it_needs(part: float | None, told: str) -> None:
    assert TELL.part(part) == told


@pytest.mark.parametrize(
    ("minutes", "told"), [(5, "5 min"), (90, "1.5 hr"), (1440, "24 hr"), (4320, "3 days")]
)
def test_a_span_has_the_unit_that_suits_it(minutes: float, told: str) -> None:
    assert TELL.span(minutes) == told


def test_rows_are_named_as_people_would() -> None:
    assert TELL.row(row(9, 1, 1, language="es", district="a", name="Old Town")) == "Spanish, Old Town"
    assert TELL.row(row(9, 1, 1, channel="sms")) == "Text message"
    assert TELL.row(row(9, 1, 1, district="none")) == "No place given"
    assert TELL.row(hidden("hill", "")) == "hill"


def test_what_is_not_known_is_a_dash() -> None:
    assert {TELL.number(None), TELL.dollars(None), TELL.rate(None), TELL.between(None, 1)} == {NOT_KNOWN}
