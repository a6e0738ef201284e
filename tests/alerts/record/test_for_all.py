"""What everybody may read of an alert: nothing of staff, and nobody who could be recognised."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts.record import small
from chalicelib.alerts.record.for_all import STEPS, Chart, Shown, shown
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.record.views import RecordView
from chalicelib.core.settings import Settings
from tests.alerts.record.evacuation import HASH, SECRET, channel, plan, view
from tests.alerts.sample import NOW


def told(report: RecordView, language: str = "en") -> Shown:
    return shown(report, language, now=NOW, settings=Settings())


def numbers(one: Shown) -> list[int]:
    """All numbers of people and messages that are told."""
    cells = [line[1] for line in (*one.speed, *one.arrived, *one.answers, *one.missed)]
    cells += [line[2] for line in one.followed] + re.findall(r": ([\d,]+)", " ".join(one.rungs))
    for chart in filter(None, (one.handed_over, one.delivered, one.answered)):
        cells += [cell for line in chart.lines for cell in line[1:]]
    return [int(cell.replace(",", "")) for cell in cells if cell != "fewer than 5"]


def test_it_tells_how_fast_whom_and_what_they_answered() -> None:
    found = told(view())
    assert found.speed[0] == ["Notification", "4,120", "2 sec", "21 sec", "39 sec", "41 sec"]
    assert [line[0] for line in found.arrived] == ["Email", "Phone call"]
    assert found.answers == [["I am safe", "3,995"], ["I need help", "400"], ["I am not here", "10"]]
    assert found.rungs[0] == "Notification: 4,125; after 10 min the next, unless they had answered"
    assert found.rungs[-1] == "Phone call: 315"
    assert found.missed[0] == ["People without an address that we may write to", "15"]
    assert found.followed == [["It was cancelled: it was wrong", "1:00 PM", "9,300"]]
    assert found.steps[4] == ["It was sent", "1:07 PM", "8 min"]
    assert found.day == "On November 22, 2026. Times are those of Eastern Time."


def test_nothing_of_staff_is_told() -> None:
    report = view()
    assert SECRET in report.model_dump_json()
    found = told(report)
    assert SECRET not in repr(found)
    assert HASH not in repr(found)
    assert "preview" not in repr(found).lower()


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(0, 9))
def test_no_number_tells_of_a_few(sizes: list[int], skipped: int) -> None:
    names = ("push", "email", "sms", "voice")
    channels = [
        channel(name, n + 1, sizes[n], n, 40 * sizes[n]) for n, name in enumerate(names[: len(sizes)])
    ]
    own = plan(channels=channels, skipped={"no_channel": skipped})
    found = told(view(plans=[own, plan("ended", channels=channels)]))
    assert not [one for one in numbers(found) if one % 5]


def test_where_there_are_few_there_is_no_chart() -> None:
    few = plan(channels=[channel("email", None, 4, 1, 2)], answers_over_time=[])
    found = told(view(plans=[few]))
    assert (found.speed, found.handed_over, found.delivered, found.answered) == ([], None, None, None)


def test_a_chart_has_its_name_and_its_table() -> None:
    chart = told(view()).handed_over
    assert isinstance(chart, Chart)
    assert chart.picture.startswith("data:image/svg+xml;base64,")
    assert chart.head == ["Notification", "Email", "Text message", "Phone call"]
    assert chart.lines[-1] == ["2 hr", "4,120", "9,350", "6,205", "310"]


def test_what_is_for_staff_is_left_out() -> None:
    assert set(Event) - set(STEPS) == {Event.CHANGED, Event.PREVIEWED, Event.ANSWERED_HELP, Event.ALARM}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_numbers_are_rounded_to_the_nearest_five(number: int) -> None:
    found = small.rounded(number)
    assert (found is None) == (0 < number < 5)
    assert found is None or (found % 5 == 0 and abs(found - number) <= 2)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_marks_lie_around_all_that_happened(one: int, other: int) -> None:
    first, last = sorted((one, other))
    marks = small.marks_until(last, first)
    assert marks == sorted(set(marks))
    assert len(marks) <= small.MOST_MARKS
    assert marks[-1] >= last
    assert small.by([(first, 1), (last, 7)], marks)[-1] == 7


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.integers(0, 2_000).map(lambda n: n * 5), st.just({"safe": 2}), max_size=60))
def test_bins_keep_every_answer(found: dict[int, dict[str, int]]) -> None:
    bins = small.binned(found)
    assert sum(one["safe"] for one in bins.values()) == 2 * len(found)
    assert len(bins) <= small.MOST_BINS


@pytest.mark.parametrize("language", ["es", "vi", "zh-Hans", "ar"])
def test_spans_are_written_as_the_language_does(language: str) -> None:
    assert small.span(45, language) != "45 sec"
    assert "45" in small.span(45, language)
