"""How often a topic has something to say, and what of it everybody can read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clock import rfc3339
from chalicelib.subscribers import topics
from chalicelib.subscribers.topics import Topic

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def sent(*days_ago: float) -> Topic:
    at = sorted(rfc3339(NOW - timedelta(days=days)) for days in days_ago)
    return Topic("roads", {}, {}, "works", "City", "open", tuple((moment, "c") for moment in at))


EXAMPLES = {
    "nothing ever": ((), 0.0),
    "nothing lately": ((100, 200), 0.0),
    "one, and others long ago": ((10, 200), 1 / 3),
    "one a month": ((1, 31, 62, 100), 1.0),
    "a new topic's three of a day": ((0, 0.5, 1), 3.0),
    "a topic that began two months ago": ((1, 15, 30, 2 * 365.25 / 12), 2.0),
    "so many that the rest is forgotten": (tuple(one / 2 for one in range(1, 41)), 40.0),
}


@pytest.mark.parametrize(("days_ago", "number"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_how_often_a_month(days_ago: tuple[float, ...], number: float) -> None:
    assert topics.a_month(sent(*days_ago), now=NOW) == pytest.approx(number)


@given(st.lists(st.floats(0, 400), max_size=40))
def test_it_is_never_more_than_was_sent_nor_less_than_nothing(days_ago: list[float]) -> None:
    number = topics.a_month(sent(*days_ago), now=NOW)
    assert 0 <= number <= len(days_ago)
    assert (number > 0) is any(days <= 91.3125 for days in days_ago)


@pytest.mark.usefixtures("platform")
def test_the_latest_forty_are_remembered_each_once() -> None:
    topics.create(sent(), now=NOW)
    moments = [rfc3339(NOW + timedelta(hours=hour)) for hour in range(43)]
    for number, at in enumerate(moments):
        for _ in range(2):
            topics.note_sent(["roads"], f"{number:032x}", at=at)
    assert [at for at, _ in topics.get("roads").sent] == moments[3:]
    for _ in range(2):
        topics.forget_sent(["roads"], f"{42:032x}", at=moments[42])
    assert topics.get("roads").sent[-1] == (moments[41], f"{41:032x}")
    assert topics.change("roads", category="Else").sent == topics.get("roads").sent
