"""Whom a round asks, and whom it lets go: never who cannot be seen, nor who showed that they are there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.sunset.model import Policy, Round, audience, is_let_go, next_round
from chalicelib.core.clock import rfc3339
from chalicelib.delivery.audience import compiled
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Person, Wishes
from tests.subscribers.conftest import person

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = int(NOW.timestamp()) // 86_400
POLICY = Policy(True, silent_days=90, messages=5, answer_days=14)
ONE = next_round(POLICY, number=7, plan_id="7" * 32, state="asked", now=NOW)
LATER = NOW + timedelta(days=20)
GOT = {"delivered_at": "2026-11-22T12:05:00.000Z"}
SILENT = Habit("a" * 32, since=DAY - 400, day=DAY, sent={"email": DAY}, unread={"email": 9})
ANA = person(email="ana@city.example", sms="+12025550123", roads=("email", "sms"))


def gone(
    delivery: dict[str, Any] = GOT, one: Person | None = ANA, habit: Habit | None = SILENT, **how: Any
) -> bool:
    return is_let_go(delivery, one, habit, ONE, **{"usual": True, "now": LATER, **how})


def test_who_does_not_answer_is_let_go() -> None:
    assert gone()
    assert gone(one=replace(ANA, wishes=Wishes(tracking=True)), usual=False)
    assert gone(habit=replace(SILENT, opened={"email": DAY - 91}, seen=DAY - 91, hidden={"email": DAY - 91}))


@pytest.mark.parametrize(
    "sign",
    [
        {"opened": {"email": DAY - 90}},
        {"clicked": {"email": DAY + 1}},
        {"clicked": {"sms": DAY - 90}},
        {"opened": {"push": DAY + 19}},
        {"seen": DAY - 90},
        {"hidden": {"email": DAY - 90}},
        {"since": DAY - 89},
        {"unread": {"email": 4}},
        {"sent": {"email": DAY - 91}},
    ],
    ids=str,
)
def test_who_is_there_or_cannot_be_seen_is_not(sign: dict[str, Any]) -> None:
    assert not gone(habit=replace(SILENT, **sign))


@pytest.mark.parametrize(
    "delivery",
    [
        {},
        {"sent_at": "2026-11-22T12:05:00.000Z", "bounced_at": "2026-11-22T12:06:00.000Z"},
        {**GOT, "opened_at": "2026-12-11T12:00:00.000Z"},
        {**GOT, "clicked_at": "2026-12-11T12:00:00.000Z"},
        {**GOT, "counted": {"email#hidden#people": 1}},
    ],
    ids=["not begun", "came back", "opened late", "followed late", "a proxy loaded it"],
)
def test_who_may_not_have_got_the_question_or_did_is_not(delivery: dict[str, Any]) -> None:
    assert not gone(delivery)


OTHERS: list[tuple[str, Person | None]] = [
    ("gone", None),
    ("took leave back", replace(ANA, wishes=Wishes(tracking=False))),
    ("no email any more", replace(ANA, addresses={"sms": ANA.addresses["sms"]})),
    (
        "another address since",
        replace(ANA, addresses={"email": replace(ANA.addresses["email"], verified_at=rfc3339(LATER))}),
    ),
    ("nothing by email", person(email="ana@city.example", sms="+12025550123", roads=("sms",))),
    ("said stop", replace(ANA, blocks={"email:newsletter": "stop"})),
    ("nothing may come", replace(ANA, blocks={"email:*": "bounce"})),
    ("paused", replace(ANA, wishes=Wishes(paused_until=rfc3339(LATER + timedelta(days=1))))),
]


@pytest.mark.parametrize("one", [one for _, one in OTHERS], ids=[name for name, _ in OTHERS])
def test_for_whom_there_is_nothing_to_end_nothing_does(one: Person | None) -> None:
    assert not gone(one=one)


def test_of_whom_nothing_is_known_nobody_is_let_go() -> None:
    assert not gone(habit=None)
    assert not gone(usual=False)


DAYS = st.dictionaries(st.sampled_from(["email", "sms", "push"]), st.integers(DAY - 200, DAY + 20))
HABITS = st.builds(
    Habit,
    subscriber_id=st.just("a" * 32),
    since=st.integers(DAY - 200, DAY),
    opened=DAYS,
    clicked=DAYS,
    hidden=DAYS,
    sent=DAYS,
    seen=st.just(0) | st.integers(DAY - 200, DAY + 20),
    unread=st.dictionaries(st.just("email"), st.integers(0, 9)),
)


@given(
    HABITS,
    st.sampled_from([GOT, {}, {**GOT, "opened_at": "x"}]),
    st.booleans(),
    st.sampled_from([None, True, False]),
)
def test_the_rule_in_other_words(
    habit: Habit, delivery: dict[str, Any], usual: bool, wish: bool | None
) -> None:
    since = DAY - 90
    signs = [*habit.opened.values(), *habit.clicked.values(), habit.seen]
    visible = habit.hidden.get("email", 0) < since
    written = habit.sent.get("email", 0) >= since and habit.unread.get("email", 0) >= 5
    expected = (
        delivery == GOT
        and (usual if wish is None else wish)
        and habit.since <= since
        and max(signs) < since
        and visible
        and written
    )
    one = replace(ANA, wishes=Wishes(tracking=wish))
    assert gone(delivery, one, habit, usual=usual) is expected


def test_a_round_asks_nobody_whom_another_one_asked_in_that_time() -> None:
    def made(number: int, days: int) -> Round:
        return next_round(
            POLICY, number=number, plan_id=str(number), state="done", now=NOW - timedelta(days=days)
        )

    found = audience(ONE, [ONE, made(6, 30), made(5, 89), made(4, 90)])
    (silent, *asked) = found["except"]
    assert [one["deliveries"]["plan"] for one in asked] == ["6", "5"]
    assert audience(ONE, [ONE, made(4, 90)]) == silent
    compiled(found)
    assert "2026-08-24" in str(silent)
    assert (ONE.asked_at, ONE.due_at) == (rfc3339(NOW), rfc3339(NOW + timedelta(days=17)))
