"""Habits are kept with a person's leave alone, read back as they were written, and go with the leave."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import habits, people, streams
from chalicelib.subscribers.habits import Habit, every, habits_of
from chalicelib.subscribers.model import Person, Wishes
from tests.subscribers.conftest import NOW, person, write

HABIT = Habit(
    "a" * 32,
    since=20_000,
    day=20_400,
    hours={9: (3.25, 1.0), 18: (0.5, 0.0)},
    best=9,
    opened={"email": 20_399},
    clicked={"email": 20_390, "sms": 20_391},
    sent={"email": 20_400},
    hidden={"email": 20_200},
    unread={"email": 2},
    learned=("one", "two"),
)


def resident(wiring: Wiring, *, n: int = 10, tracking: bool | None = None) -> Person:
    one = person(email=f"p{n}@city.example", id=f"{n:032x}", roads=("email",))
    return write(replace(one, wishes=Wishes(tracking=tracking)), wiring)


def kept(wiring: Wiring, *subscriber_ids: str) -> dict[str, Habit]:
    return habits_of(wiring.dynamodb, subscriber_ids, consistent=True)


def learn(wiring: Wiring, *subscriber_ids: str) -> list[str]:
    return habits.write([replace(HABIT, subscriber_id=one) for one in subscriber_ids], wiring=wiring)


def wish(wiring: Wiring, one: Person, **wishes: Any) -> None:
    def rule(before: Person) -> Person:
        return replace(before, wishes=replace(before.wishes, **wishes))

    people.change(one.id, rule, source="test", wording=None, by="subscriber", now=NOW, wiring=wiring)


def test_what_is_written_is_read_back_in_order(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PAGE", 40)
    ids = [resident(wiring, n=n).id for n in range(60)]
    assert learn(wiring, *ids) == []
    found = list(every(wiring.dynamodb, shard_of(ids[0])))
    assert found == [replace(HABIT, subscriber_id=one, version=1) for one in ids]
    assert list(every(wiring.dynamodb, shard_of(ids[0]), after=ids[49])) == found[50:]
    assert HABIT.engaged == 20_399


def test_only_what_was_read_is_written_over(wiring: Wiring) -> None:
    one, two = resident(wiring, n=1).id, resident(wiring, n=2).id
    learn(wiring, one, two)
    ours, theirs = kept(wiring, one)[one], kept(wiring, two)[two]
    assert habits.write([replace(theirs, unread={"email": 9})], wiring=wiring) == []
    assert habits.write(
        [replace(ours, unread={"email": 3}), replace(theirs, unread={"email": 4})], wiring=wiring
    ) == [two]
    assert {key: habit.unread["email"] for key, habit in kept(wiring, one, two).items()} == {one: 3, two: 9}
    assert learn(wiring, one) == [one]  # there is one already


@pytest.mark.parametrize(
    ("usual", "tracking", "allowed"),
    [(True, None, True), (True, False, False), (False, None, False), (False, True, True)],
)
def test_nobody_is_learned_of_without_leave(
    wiring: Wiring, usual: bool, tracking: bool | None, allowed: bool
) -> None:
    wiring = Wiring(settings=replace(wiring.settings, tracking=usual), clock=wiring.clock)
    one = resident(wiring, tracking=tracking)
    assert habits.may_be_kept(one.wishes, usual=usual) is allowed
    assert learn(wiring, one.id) == ([] if allowed else [one.id])
    assert bool(kept(wiring, one.id)) is allowed


def test_who_is_not_there_is_not_learned_of(wiring: Wiring) -> None:
    assert learn(wiring, "f" * 32) == ["f" * 32]


def test_a_habit_goes_with_leave_and_does_not_come_back(wiring: Wiring) -> None:
    one, other = resident(wiring, n=1), resident(wiring, n=2)
    learn(wiring, one.id, other.id)
    held = kept(wiring, one.id)[one.id]
    wish(wiring, one, digest_hour=9)
    assert kept(wiring, one.id)
    wish(wiring, one, tracking=False)
    assert list(kept(wiring, one.id, other.id)) == [other.id]
    assert habits.write([held], wiring=wiring) == [one.id]  # of one who was read before
    assert learn(wiring, one.id) == [one.id]


def test_what_a_person_does_of_their_own_is_noted_where_engagement_is_kept(wiring: Wiring) -> None:
    one, other = resident(wiring, n=1), resident(wiring, n=2, tracking=False)
    learn(wiring, one.id)
    before, today = kept(wiring, one.id)[one.id], int(NOW.timestamp()) // 86_400
    for _ in range(2):
        wish(wiring, one, digest_hour=9)
        wish(wiring, other, digest_hour=9)
    after = kept(wiring, one.id, other.id)
    assert after == {one.id: replace(before, seen=today, version=before.version + 1)}
    assert habits.write([before], wiring=wiring) == [one.id]  # what was learned meanwhile is learned anew
    assert habits.write([after[one.id]], wiring=wiring) == []
    assert kept(wiring, one.id)[one.id].seen == today
    habits.saw(one.id, now=NOW - timedelta(days=1), wiring=wiring)
    assert kept(wiring, one.id)[one.id].seen == today


def test_what_others_change_is_no_sign_of_a_person(wiring: Wiring) -> None:
    one = resident(wiring)
    learn(wiring, one.id)

    def rule(before: Person) -> Person:
        return replace(before, name="Ann")

    people.change(one.id, rule, source="test", wording=None, by="staff:1", now=NOW, wiring=wiring)
    assert kept(wiring, one.id)[one.id].seen == 0


def test_a_habit_goes_with_its_person(wiring: Wiring) -> None:
    one = resident(wiring)
    learn(wiring, one.id)
    people.remove(one.id, source="test", by="system", now=NOW, wiring=wiring)
    assert not kept(wiring, one.id)
