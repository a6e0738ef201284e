"""Who reads what comes, and who has long been silent: by day, by kind and by channel."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers.conditions import condition, frozen
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Row
from tests.subscribers.test_conditions import row

TODAY = date(2026, 11, 22)
DAY = (TODAY - date(1970, 1, 1)).days
KNOWN = Habit(
    "0" * 32,
    since=DAY - 400,
    day=DAY,
    opened={"email": DAY - 5},
    clicked={"email": DAY - 90, "sms": DAY - 200},
    sent={"email": DAY - 1, "sms": DAY - 150},
    unread={"email": 2, "sms": 9},
    unclicked={"email": 7, "sms": 9},
)
NEVER = replace(KNOWN, opened={}, clicked={}, unread={"email": 3}, unclicked={"email": 3})
CLICKS, OPENS, ANY = ({"by": by} for by in ("click", "open", "any"))
CASES: list[tuple[str, dict[str, Any], Habit | None, bool]] = [
    ("on the last day", {"engaged": {**CLICKS, "within_days": 90}}, KNOWN, True),
    ("a day too late", {"engaged": {**CLICKS, "within_days": 89}}, KNOWN, False),
    ("on another channel", {"engaged": {**CLICKS, "channel": "sms", "within_days": 90}}, KNOWN, False),
    ("by opens", {"engaged": {**OPENS, "within_days": 5}}, KNOWN, True),
    ("by any", {"engaged": {**ANY, "within_days": 5}}, KNOWN, True),
    ("never", {"engaged": {**ANY, "within_days": 3650}}, NEVER, False),
    ("nothing is known", {"engaged": {**ANY, "within_days": 3650}}, None, False),
    ("the last click lies within", {"silent": {**CLICKS, "for_days": 90}}, KNOWN, False),
    ("the last click lies before", {"silent": {**CLICKS, "for_days": 89}}, KNOWN, True),
    ("opened", {"silent": {**ANY, "for_days": 89}}, KNOWN, False),
    (
        "seven since",
        {"silent": {**CLICKS, "for_days": 60, "channel": "email", "sent_at_least": 7}},
        KNOWN,
        True,
    ),
    (
        "eight not",
        {"silent": {**CLICKS, "for_days": 60, "channel": "email", "sent_at_least": 8}},
        KNOWN,
        False,
    ),
    ("nothing was sent in that time", {"silent": {**ANY, "for_days": 149, "channel": "sms"}}, KNOWN, False),
    ("something was", {"silent": {**ANY, "for_days": 150, "channel": "sms"}}, KNOWN, True),
    ("never read anything", {"silent": {**ANY, "for_days": 400}}, NEVER, True),
    ("three unless told", {"silent": {**ANY, "for_days": 400}}, replace(NEVER, unread={"email": 2}), False),
    ("known for too short", {"silent": {**ANY, "for_days": 401}}, NEVER, False),
    (
        "opens are hidden",
        {"silent": {**ANY, "for_days": 9}},
        replace(NEVER, hidden={"email": DAY - 9}),
        False,
    ),
    ("they were before", {"silent": {**ANY, "for_days": 8}}, replace(NEVER, hidden={"email": DAY - 9}), True),
    (
        "hidden elsewhere",
        {"silent": {**OPENS, "for_days": 9, "channel": "sms", "sent_at_least": 1}},
        replace(NEVER, sent={"sms": DAY}, unread={"sms": 1}, hidden={"email": DAY}),
        True,
    ),
    ("clicks are not", {"silent": {**CLICKS, "for_days": 9}}, replace(NEVER, hidden={"email": DAY}), True),
    ("of their own", {"engaged": {**ANY, "within_days": 2}}, replace(NEVER, seen=DAY - 2), True),
    ("too long ago", {"engaged": {**ANY, "within_days": 1}}, replace(NEVER, seen=DAY - 2), False),
    ("they wrote", {"silent": {**ANY, "for_days": 2}}, replace(NEVER, seen=DAY - 2), False),
    ("nothing read", {"engaged": {**OPENS, "within_days": 2}}, replace(NEVER, seen=DAY), False),
    (
        "on that channel",
        {"silent": {**ANY, "for_days": 2, "channel": "email"}},
        replace(NEVER, seen=DAY),
        True,
    ),
    ("of nobody", {"silent": {**ANY, "for_days": 1}}, None, False),
]


@pytest.mark.parametrize(("rule", "habit", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_rule_means(rule: dict[str, Any], habit: Habit | None, expected: bool) -> None:
    made = condition(frozen(rule, today=TODAY))
    assert made.habits
    assert made.test(row(habit=habit)) is expected


def test_it_means_the_same_later() -> None:
    rule = {"any": [{"engaged": {**ANY, "within_days": 22}}, {"silent": {**CLICKS, "for_days": 1}}]}
    assert frozen(rule, today=TODAY) == {
        "any": [
            {"engaged": {"by": "any", "since": "2026-10-31"}},
            {"silent": {"by": "click", "since": "2026-11-21", "sent_at_least": 3}},
        ]
    }


DAYS = st.none() | st.integers(DAY - 40, DAY)
COUNTS = st.integers(0, 5)


def on(days: dict[str, int | None]) -> dict[str, int]:
    return {channel: day for channel, day in days.items() if day is not None}


def both(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"email": inner, "sms": inner})


HABITS = st.builds(
    Habit,
    subscriber_id=st.just("0" * 32),
    since=st.integers(DAY - 40, DAY),
    day=st.just(DAY),
    opened=both(DAYS).map(on),
    clicked=both(DAYS).map(on),
    sent=both(DAYS).map(on),
    unread=both(COUNTS),
    unclicked=both(COUNTS),
    hidden=both(DAYS).map(on),
    seen=st.just(0) | st.integers(DAY - 40, DAY),
)


@given(st.none() | HABITS, st.sampled_from(["click", "open", "any"]), st.integers(1, 40))
def test_nobody_is_silent_and_engaged_and_who_is_not_known_is_neither(
    habit: Habit | None, by: str, days: int
) -> None:
    def holds(rule: dict[str, Any]) -> bool:
        return condition(frozen(rule, today=TODAY)).test(person)

    person: Row = row(habit=habit)
    engaged = holds({"engaged": {"by": by, "within_days": days}})
    silent = holds({"silent": {"by": by, "for_days": days, "sent_at_least": 1}})
    assert not (engaged and silent)
    first = TODAY - timedelta(days=days)
    within = (
        {
            kind: [channel for channel, day in found.items() if day >= (first - date(1970, 1, 1)).days]
            for kind, found in (
                ("open", habit.opened),
                ("click", habit.clicked),
                ("own", {"": habit.seen}),
                ("sent", habit.sent),
                ("hidden", habit.hidden),
            )
        }
        if habit
        else {"open": [], "click": [], "own": [], "sent": [], "hidden": []}
    )
    did = within["open"] + within["click"] + within["own"] if by == "any" else within[by]
    assert engaged is bool(did)
    if silent:
        assert habit is not None
        assert not did
        assert within["sent"]
        assert by == "click" or not within["hidden"]
        assert habit.since <= DAY - days
