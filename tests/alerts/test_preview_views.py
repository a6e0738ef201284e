"""What staff are shown of a preview: bands in order, and whose language is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.preview_views import bands_of, untranslated
from chalicelib.delivery.content import Words
from chalicelib.delivery.forecast import ChannelForecast
from tests.alerts.sample import alert

AT = "2026-11-22T18:00:00.000Z"


def texts(messages: int, seconds: float | None) -> ChannelForecast:
    return ChannelForecast("sms", messages, [], [], None, seconds)


@given(st.lists(st.integers(0, 500), max_size=6), st.floats(0, 10_000))
def test_bands_follow_each_other_and_the_last_ends_with_the_channel(
    counts: list[int], seconds: float
) -> None:
    whole = texts(sum(counts), seconds if sum(counts) else 0.0)
    found = bands_of(counts, whole, starts_at=AT)
    finishes = [one.finish or "" for one in found]
    assert [one.messages for one in found] == counts
    assert finishes == sorted(finishes)
    assert finishes[-1:] in ([], [whole.finish(AT)])


def test_where_no_rate_is_known_no_finish_is_told() -> None:
    assert [one.finish for one in bands_of([3, 4], texts(7, None), starts_at=AT)] == [None, None]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"en": 5, "en-GB": 1}, []),
        ({"es-MX": 2, "zh-Hans": 3}, [("zh-Hans", 3)]),
        ({"vi": 1, "ht": 9}, [("ht", 9), ("vi", 1)]),
    ],
)
def test_those_whose_language_is_missing_are_counted(
    people: dict[str, int], expected: list[tuple[str, int]]
) -> None:
    written = alert(words={"en": Words(sms="Go."), "es": Words(sms="Vaya.")})
    assert [(one.language, one.people) for one in untranslated(written, people)] == expected
