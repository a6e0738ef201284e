"""What a message adds to the counters of engagement."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.flags import moment_text
from chalicelib.engagement.classify import classify
from chalicelib.engagement.counted import band_of, counted, flags_of, message_of
from chalicelib.engagement.model import Class, Event, Kind, Sign, Verdict, Why
from tests.delivery.returns import NOW, PLAN

START = NOW.timestamp()
ITEM = {
    "plan_id": PLAN,
    "subscriber_channel": f"{'0' * 32}#email",
    "rendition": "rendition#email#es#b",
    "taken_at": START,
}
MESSAGE = message_of(ITEM)


def test_a_message_counts_by_its_events_its_people_and_its_version() -> None:
    events = [
        Event("1", Kind.OPEN, START + 30, signs=frozenset({Sign.AHEAD})),
        Event("2", Kind.OPEN, START + 400),
        Event("3", Kind.CLICK, START + 3_700, 4),
        Event("4", Kind.CLICK, START + 3_701, 4),
        Event("5", Kind.CLICK, START + 3_702, 0, signs=frozenset({Sign.HEAD})),
        Event("6", Kind.CONTROL, START + 3_702),
    ]
    assert counted(events, classify_plainly(events), MESSAGE) == {
        "email#opens#human": 1,
        "email#opens#machine": 1,
        "email#clicks#human": 2,
        "email#clicks#machine": 1,
        "email#controls#machine": 1,
        "email#why#reader": 3,
        "email#why#prefetch": 1,
        "email#why#head": 1,
        "email#why#control-link": 1,
        "email#hour#2026-11-22T06#opens#human": 1,
        "email#hour#2026-11-22T06#opens#machine": 1,
        "email#hour#2026-11-22T07#clicks#human": 2,
        "email#hour#2026-11-22T07#clicks#machine": 1,
        "email#link#4#clicks#human": 2,
        "email#link#0#clicks#machine": 1,
        "email#link#4#clicked#raw": 1,
        "email#link#4#clicked#human": 1,
        "email#link#0#clicked#raw": 1,
        "email#link#0#clicked#machine": 1,
        **{
            f"email#{part}{verb}#{view}": 1
            for part in ("", "language#es#", "variant#b#")
            for verb in ("opened", "clicked")
            for view in ("raw", "human", "machine")
        },
        **{
            f"email#{part}#{name}": number
            for part in ("language#es", "variant#b")
            for name, number in {
                "opens#human": 1,
                "opens#machine": 1,
                "clicks#human": 2,
                "clicks#machine": 1,
            }.items()
        },
        "email#read#human": 1,
        "email#within#15#opened#human": 1,
        "email#within#180#clicked#human": 1,
    }


def classify_plainly(events: list[Event]) -> dict[str, Verdict]:
    """By what the events say of themselves, whatever the rules are by now."""
    why = {Sign.AHEAD: Why.PREFETCH, Sign.HEAD: Why.HEAD}
    told = {event.id: next((why[sign] for sign in event.signs), None) for event in events}
    control = Verdict(Class.MACHINE, Why.CONTROL)
    return {
        event.id: control
        if event.kind is Kind.CONTROL
        else Verdict(Class.MACHINE, said)
        if (said := told[event.id])
        else Verdict(Class.HUMAN, Why.READER)
        for event in events
    }


@pytest.mark.parametrize(
    ("seconds", "band"), [(-5, "5"), (300, "5"), (300.1, "15"), (72 * 3600, "4320"), (72 * 3600 + 1, "more")]
)
def test_who_is_as_quick_as_a_band_counts_in_it(seconds: float, band: str) -> None:
    assert band_of(seconds) == band


@pytest.mark.parametrize(
    "item",
    [
        {**ITEM, "rendition": "rendition#sms#en#"},
        {name: ITEM[name] for name in ("plan_id", "subscriber_channel")},
    ],
)
def test_what_is_not_known_of_a_message_counts_nothing(item: dict[str, Any]) -> None:
    event = Event("1", Kind.OPEN, START + 5)
    found = counted([event], {"1": Verdict(Class.HUMAN, Why.READER)}, message_of(item))
    assert not [name for name in found if "#variant#" in name]
    assert any("#within#" in name for name in found) == ("taken_at" in item)


def test_hours_are_counted_for_a_month() -> None:
    event = Event("1", Kind.OPEN, START + 40 * 86_400)
    found = counted([event], {"1": Verdict(Class.HUMAN, Why.READER)}, MESSAGE)
    assert found["email#opens#human"] == 1
    assert not [name for name in found if "#hour#" in name]


events = st.lists(
    st.builds(
        Event,
        id=st.integers(0, 10_000).map(str),
        kind=st.sampled_from(Kind),
        at=st.floats(START, START + 60 * 86_400),
        link=st.none() | st.integers(0, 3),
        signs=st.frozensets(st.sampled_from([Sign.HEAD, Sign.AHEAD, Sign.AUTOMATED])),
    ),
    max_size=12,
    unique_by=lambda event: event.id,
)


@given(events)
def test_raw_is_machine_and_human_and_nobody_is_counted_twice(found: list[Event]) -> None:
    verdicts = classify(found, handed_at=START)
    adds = counted(found, verdicts, MESSAGE)
    for kind, (all_, people) in {Kind.OPEN: ("opens", "opened"), Kind.CLICK: ("clicks", "clicked")}.items():
        of_kind = [event for event in found if event.kind is kind]
        assert sum(adds.get(f"email#{all_}#{one}", 0) for one in Class) == len(of_kind)
        assert adds.get(f"email#{people}#raw", 0) == bool(of_kind)
        human = [event.at for event in of_kind if verdicts[event.id].as_ is Class.HUMAN]
        assert adds.get(f"email#{people}#human", 0) == bool(human)
        flags = flags_of(found, verdicts)
        first = moment_text(datetime.fromtimestamp(min(human), UTC)) if human else None
        assert flags.get(f"{people}_at") == first
    assert sum(n for name, n in adds.items() if "#why#" in name) == len(found)
    events_only = counted(found, verdicts, MESSAGE, people=False)
    nameless = {name: events_only.pop(name, 0) for name in ("email#nobody#opens", "email#nobody#clicks")}
    assert events_only.items() <= adds.items()
    assert sum(n for name, n in events_only.items() if "#why#" in name) == len(found)
    for name, number in nameless.items():
        assert number == adds.get(f"email#{name.rpartition('#')[2]}#human", 0)
