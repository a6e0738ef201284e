"""When a source is silent, and when it is looked at again."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.alerts.sources import times
from chalicelib.alerts.sources.model import Watch
from chalicelib.core.clock import rfc3339
from tests.alerts.cap.samples import NOW
from tests.alerts.sources.test_judge import SOURCE

BEGUN = times.begun(SOURCE, Watch(due_at="x"), now=NOW)


def _after(minutes: int) -> str:
    return rfc3339(NOW + timedelta(minutes=minutes))


def test_a_source_that_was_never_read_is_silent_after_its_interval() -> None:
    assert not times.is_silent(SOURCE, BEGUN, now=NOW + timedelta(minutes=29))
    assert times.is_silent(SOURCE, BEGUN, now=NOW + timedelta(minutes=30))


def test_a_source_that_is_read_is_not_silent_however_little_it_says() -> None:
    read = times.after_success(SOURCE, BEGUN, news=False, unread=0, now=NOW + timedelta(days=9))
    assert not times.is_silent(SOURCE, read, now=NOW + timedelta(days=9, minutes=29))


def test_unless_it_should_have_said_something() -> None:
    weekly = replace(SOURCE, quiet_hours=24 * 8)
    read = times.after_success(weekly, BEGUN, news=True, unread=0, now=NOW)
    again = times.after_success(weekly, read, news=False, unread=0, now=NOW + timedelta(days=8))
    assert not times.is_silent(weekly, again, now=NOW + timedelta(days=7, hours=23))
    assert times.is_silent(weekly, again, now=NOW + timedelta(days=8))


def test_a_server_in_trouble_is_left_alone_for_a_quarter_of_an_hour_at_most() -> None:
    watch = BEGUN
    due = []
    for _ in range(6):
        watch = times.after_failure(SOURCE, watch, "down", after_s=0, now=NOW)
        due.append(watch.due_at)
    assert due == [_after(minutes) for minutes in (2, 4, 8, 15, 15, 15)]
    assert watch.failures == 6
    well = times.after_success(SOURCE, watch, news=False, unread=2, now=NOW)
    assert (well.failures, well.problem, well.unread, well.due_at) == (0, "", 2, _after(2))


def test_it_is_also_where_it_asks_for_a_day() -> None:
    asked = times.after_failure(SOURCE, BEGUN, "down", after_s=86_400, now=NOW)
    assert asked.due_at == _after(15)
    seldom = times.after_failure(replace(SOURCE, every=60), BEGUN, "down", after_s=86_400, now=NOW)
    assert seldom.due_at == _after(60)
    soon = times.after_failure(SOURCE, BEGUN, "down", after_s=300, now=NOW)
    assert soon.due_at == _after(5)


def test_another_address_begins_anew() -> None:
    watch = replace(BEGUN, read_at="x", validators={"If-None-Match": "y"})
    assert times.begun(SOURCE, watch, now=NOW) is watch
    moved = times.begun(replace(SOURCE, url="https://other.example/"), watch, now=NOW)
    assert (moved.validators, moved.read_at) == ({}, "")
