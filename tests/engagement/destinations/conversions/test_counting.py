"""Conversions among a delivery's other events: what they are taken for, and what they count for."""

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.classify import classify
from chalicelib.engagement.counted import counted, flags_of
from chalicelib.engagement.destinations.conversions.report import by_goal
from chalicelib.engagement.model import Class, Event, Kind, Sign
from chalicelib.engagement.raw import event_of, raw_of
from tests.engagement.test_classify import CHROME, HANDED, a_click, a_scan
from tests.engagement.test_counted import MESSAGE

CLINIC, FORM = "a" * 32, "b" * 32


def a_conversion(at: float, goal: str = CLINIC, click: str = "c1", link: int = 1, agent: str = "") -> Event:
    network = "home" if agent else ""
    return Event(f"{goal}-{click}", Kind.CONVERSION, HANDED + at, link, agent, network, goal=goal)


EVENTS = st.lists(
    st.one_of(
        st.builds(a_click, st.integers(0, 4000), st.integers(0, 5)),
        st.builds(
            a_conversion,
            st.integers(0, 4000),
            st.sampled_from([CLINIC, FORM]),
            st.sampled_from(["c1", "c2", "c3"]),
            st.integers(0, 5),
        ),
    ),
    max_size=12,
    unique_by=lambda event: event.id,
)


def classes(events: list[Event]) -> dict[str, Class]:
    return {one: verdict.as_ for one, verdict in classify(events, handed_at=HANDED, pictures=True).items()}


@given(EVENTS)
def test_conversions_change_nothing_of_how_clicks_are_judged(events: list[Event]) -> None:
    found = classes(events)
    without = classes([event for event in events if event.kind is not Kind.CONVERSION])
    assert {one: found[one] for one in without} == without
    assert all(found[event.id] is Class.HUMAN for event in events if event.kind is Kind.CONVERSION)


def test_what_a_scanners_browser_tells_is_a_scanners() -> None:
    scan = a_scan(5)
    own = replace(a_conversion(9), agent=scan[0].agent, network=scan[0].network)
    readers, servers = a_conversion(900, FORM, agent=CHROME), a_conversion(9, FORM, "c2")
    ahead = replace(a_conversion(9, CLINIC, "c3", agent=CHROME), signs=frozenset({Sign.AHEAD}))
    found = classes([*scan, own, readers, servers, ahead])
    assert [found[one.id] for one in (own, ahead)] == [Class.MACHINE] * 2
    assert [found[one.id] for one in (readers, servers)] == [Class.HUMAN] * 2


@given(EVENTS)
def test_people_count_once_for_each_goal_and_events_each(events: list[Event]) -> None:
    counts = counted(events, classify(events, handed_at=HANDED), MESSAGE)
    made = [event for event in events if event.kind is Kind.CONVERSION]
    found = {one.goal: one for one in by_goal(counts, ["email"], got=10, clicked=4)}
    assert {goal: one.events.human for goal, one in found.items()} == Counter(event.goal for event in made)
    for goal, one in found.items():
        links = {event.link for event in made if event.goal == goal}
        parts = {(part.kind, part.name): part.people.human for part in one.parts}
        assert one.people.human == 1
        assert parts == {
            ("channel", "email"): 1,
            ("language", "es"): 1,
            ("variant", "b"): 1,
            **{("link", str(link)): 1 for link in links},
        }
        assert one.rate is not None
        assert (one.rate.value, one.rate.of) == (0.1, 10)
    assert counts.get("email#converted#human", 0) == bool(made)


def test_a_conversion_is_no_click_and_sets_no_flag_of_one() -> None:
    event = a_conversion(60)
    verdicts = classify([event], handed_at=HANDED)
    counts = counted([event], verdicts, MESSAGE)
    assert flags_of([event], verdicts) == {}
    assert not any("click" in name or "open" in name for name in counts)
    alone = counted([event], verdicts, MESSAGE, people=False)
    assert not any("click" in name or "converted" in name for name in alone)
    assert alone[f"email#goal#{CLINIC}#conversions#human"] == 1


def test_its_goal_travels_with_it() -> None:
    message: dict[str, Any] = {"kind": "conversion", "at": "2026-11-22T06:00:00Z", "link": 1, "goal": CLINIC}
    assert event_of("x", raw_of(message)).goal == CLINIC
