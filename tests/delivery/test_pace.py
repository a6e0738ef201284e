"""Rates and expected finish, by hand."""

from dataclasses import replace

import pytest

from chalicelib.delivery.pace import Pace, finish, noted, rates
from chalicelib.delivery.progress import ChannelProgress, Progress

START = 1_800_000_000.0
FOUND = Progress(
    status="sending",
    reason="",
    mode="live",
    planned=300,
    sent=200,
    failed=0,
    unknown=0,
    cancelled=0,
    expired=0,
    waiting=100,
    expected=1000,
    by_channel={"email": ChannelProgress(planned=300, sent=200, expected=1000)},
    started_at="2027-01-15T08:00:00.000Z",
)


def test_the_start_is_what_the_numbers_below_count_from() -> None:
    from chalicelib.core.clock import parse_rfc3339

    assert parse_rfc3339(FOUND.started_at).timestamp() == START


@pytest.mark.parametrize(
    ("notes", "per_second"),
    [
        ((), 2.0),
        (((START + 50, {"email": 100}),), 2.0),
        (((START + 40, {"email": 20}), (START + 60, {"email": 150})), 3.0),
        (((START + 99, {"email": 200}),), 2.0),
        (((START - 500, {"email": 190}),), 2.0),
    ],
    ids=["since it began", "since a note", "since the oldest note", "too fresh a note", "too old a note"],
)
def test_the_rate_of_the_last_minutes(
    notes: tuple[tuple[float, dict[str, int]], ...], per_second: float
) -> None:
    assert rates(Pace(notes), FOUND, now=START + 100) == {"email": per_second}


@pytest.mark.parametrize(
    ("per_second", "at"), [(2.0, "2027-01-15T08:06:40.000Z"), (0.0, None)], ids=["at two a second", "still"]
)
def test_when_it_should_be_done(per_second: float, at: str | None) -> None:
    assert finish(FOUND, {"email": per_second}, now=START) == at


def test_the_slowest_channel_decides() -> None:
    texts = ChannelProgress(planned=10, sent=0, expected=10)
    both = replace(FOUND, by_channel={**FOUND.by_channel, "sms": texts})
    assert finish(both, {"email": 80.0, "sms": 0.1}, now=START) == "2027-01-15T08:01:40.000Z"


def test_it_stands_still_until_something_is_planned_or_settled() -> None:
    pace = noted(Pace(), FOUND, now=START)
    for minute in range(1, 10):
        pace = noted(pace, FOUND, now=START + 60 * minute)
    assert pace.still_s(START + 540) == 540
    assert len(pace.notes) == 6
    assert noted(pace, replace(FOUND, waiting=99), now=START + 600).still_s(START + 600) == 0
    assert noted(pace, replace(FOUND, status="paused"), now=START + 600).still_s(START + 600) == 0
