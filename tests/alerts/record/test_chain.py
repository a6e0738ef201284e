"""The record of an alert: nothing is noted twice or lost, and whoever tampers with it shows."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.alerts import tables as alerts
from chalicelib.alerts.record import tables
from chalicelib.alerts.record.chain import digest, following, note, opening, verify
from chalicelib.alerts.record.model import Entry, Event, Head, Record
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from tests.alerts.sample import alert

NOW = datetime(2026, 11, 22, 18, 0, 0, tzinfo=UTC)
ALERT = "0" * 31 + "1"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
FACTS = st.tuples(st.sampled_from(Event), st.text(max_size=8), st.dictionaries(st.text(max_size=5), JSON))


def chain(facts: Sequence[tuple[Event, str, dict[str, object]]]) -> list[Entry]:
    made: list[Entry] = []
    for event, by, detail in facts:
        before = made[-1].hash if made else opening(ALERT, "crier-1")
        at = "2026-11-22T18:00:00.000Z"
        made.append(following(ALERT, len(made), before, event, at=at, by=by, detail=detail))
    return made


def head_of(entries: Sequence[Entry]) -> Head:
    return Head(len(entries), entries[-1].hash) if entries else Head(0, "")


def first_wrong(entries: Sequence[Entry], head: Head | None = None, *noted: Head) -> int | None:
    own = head or head_of(entries)
    return verify(Record(ALERT, "crier-1", tuple(entries), own), *noted)


RECORDS = st.lists(FACTS, min_size=1, max_size=6).map(chain)


@settings(max_examples=15, deadline=None)
@given(RECORDS, st.data())
def test_a_record_as_it_was_written_is_whole_by_any_head_that_was_noted(
    entries: list[Entry], data: st.DataObject
) -> None:
    earlier = head_of(entries[: data.draw(st.integers(0, len(entries)))])
    assert first_wrong(entries, head_of(entries), earlier) is None


@settings(max_examples=15, deadline=None)
@given(RECORDS, st.data())
def test_a_changed_entry_shows_at_its_number(entries: list[Entry], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(entries)))
    was, head = entries[number - 1], head_of(entries)
    changes: dict[str, st.SearchStrategy[Any]] = {
        "at": st.just("2026-11-22T18:00:00.001Z"),
        "event": st.sampled_from(Event).map(str),
        "by": st.text(max_size=8),
        "detail": st.dictionaries(st.text(max_size=5), JSON),
        "before": st.just("0" * 64),
        "hash": st.just("0" * 64),
        "number": st.integers(0, 9),
        "alert_id": st.just("0" * 31 + "2"),
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    forged = replace(was, **{name: data.draw(changes[name])})
    entries[number - 1] = forged
    assert first_wrong(entries, head) == (None if digest(forged) == digest(was) == forged.hash else number)


@settings(max_examples=15, deadline=None)
@given(RECORDS, st.data())
def test_a_dropped_or_added_entry_shows_at_its_number(entries: list[Entry], data: st.DataObject) -> None:
    number, head = data.draw(st.integers(1, len(entries))), head_of(entries)
    without, doubled = [*entries], [*entries]
    del without[number - 1]
    doubled.insert(number, entries[number - 1])
    assert first_wrong(without, head) == number
    assert first_wrong(doubled, head) == number + 1


@settings(max_examples=15, deadline=None)
@given(st.lists(FACTS, min_size=2, max_size=6).map(chain), st.data())
def test_entries_in_another_order_show(entries: list[Entry], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(entries))))
    moved = [entries[n] for n in order]
    first = next((n for n, place in enumerate(order) if n != place), None)
    assert first_wrong(moved) == (None if first is None else first + 1)


@settings(max_examples=15, deadline=None)
@given(RECORDS, st.data())
def test_an_end_cut_off_or_written_anew_shows_against_a_head_that_was_noted(
    entries: list[Entry], data: st.DataObject
) -> None:
    head, kept = head_of(entries), data.draw(st.integers(0, len(entries) - 1))
    assert first_wrong(entries[:kept], head) == kept + 1
    last = entries[-1]
    anew = following(ALERT, len(entries) - 1, last.before, "anew", at=last.at, by="", detail={})
    assert first_wrong([*entries[:-1], anew]) is None
    assert first_wrong([*entries[:-1], anew], None, head) == len(entries)


@pytest.mark.parametrize("named", [("0" * 31 + "2", "crier-1"), (ALERT, "crier-2")])
def test_one_alert_s_record_is_not_another_s(named: tuple[str, str]) -> None:
    entries = chain([(Event.DRAFTED, "", {})])
    assert verify(Record(*named, tuple(entries), head_of(entries))) == 1


@pytest.fixture
def made(platform: Platform) -> str:
    """The id of an alert that is there."""
    one = alert()
    alerts.add(one, wiring=wiring())
    return one.id


def test_what_was_noted_is_read_in_order_and_whole(made: str) -> None:
    note(
        made,
        Event.DRAFTED,
        by="a" * 32,
        detail={"version": 1, "languages": ["en", "es"]},
        now=NOW,
        wiring=wiring(),
    )
    note(made, Event.SUBMITTED, by="a" * 32, now=NOW, wiring=wiring())
    last = note(made, Event.APPROVED, by="b" * 32, now=NOW, wiring=wiring())
    record = tables.read(made)
    found = record.entries
    assert [(one.number, one.event, one.at) for one in found] == [
        (1, "drafted", "2026-11-22T18:00:00.000Z"),
        (2, "submitted", "2026-11-22T18:00:00.000Z"),
        (3, "approved", "2026-11-22T18:00:00.000Z"),
    ]
    assert found[0].detail == {"version": 1, "languages": ["en", "es"]}
    assert record.head == Head(3, last.hash)
    assert (record.identifier, verify(record)) == (made, None)


def test_what_is_noted_once_is_there_once(made: str) -> None:
    first = note(made, Event.LAUNCHED, once="launched", now=NOW, wiring=wiring())
    note(made, Event.CHANGED, now=NOW, wiring=wiring())
    assert note(made, Event.LAUNCHED, once="launched", now=NOW, wiring=wiring()) == first
    assert [one.event for one in tables.read(made).entries] == ["launched", "changed"]


def test_many_who_note_at_once_lose_and_double_nothing(made: str) -> None:
    def one(number: int) -> None:
        once = "launched" if number % 4 == 0 else ""
        note(made, Event.CHANGED, detail={"of": number}, once=once, now=NOW, wiring=wiring())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(24)))
    found = tables.read(made).entries
    assert verify(tables.read(made)) is None
    numbers = sorted(one.detail["of"] for one in found)
    assert [n for n in numbers if n % 4] == [n for n in range(24) if n % 4]
    assert len([n for n in numbers if n % 4 == 0]) == 1


@pytest.mark.parametrize("detail", [{"text": "x" * 4001}, {"when": NOW}, {1: "one"}, {"much": 2**53}])
def test_a_detail_is_small_json(made: str, detail: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        note(made, Event.DRAFTED, detail=detail, now=NOW, wiring=wiring())
    assert tables.read(made).entries == ()


def test_no_alert_has_no_record(platform: Platform) -> None:
    with pytest.raises(NotFound):
        note(ALERT, Event.DRAFTED, now=NOW, wiring=wiring())


def test_the_log_tells_each_head(made: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    entry = note(made, Event.DRAFTED, by="a" * 32, now=NOW, wiring=wiring())
    told = f'"alert":"{made}","number":1,"what":"drafted","hash":"{entry.hash}"'
    assert any(told in line for line in caplog.messages)
