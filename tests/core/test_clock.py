from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clock import epoch, parse_rfc3339, rfc3339, utc_now

MOMENTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=45))]),
)


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_moments_do(one: datetime, other: datetime) -> None:
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (rfc3339(one) < rfc3339(other)) == (one < other)


@given(MOMENTS)
def test_a_moment_survives_its_text(moment: datetime) -> None:
    assert moment - parse_rfc3339(rfc3339(moment)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["2026-11-22T05:51:55", "2026-11-22", "soon", ""])
def test_text_without_an_offset_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|Invalid"):
        parse_rfc3339(text)


def test_the_form_is_always_the_same() -> None:
    assert rfc3339(datetime(2026, 11, 22, 6, tzinfo=UTC)) == "2026-11-22T06:00:00.000Z"
    assert utc_now().tzinfo is UTC
    assert epoch(datetime(1970, 1, 2, tzinfo=UTC)) == 86400
