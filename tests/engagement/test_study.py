"""Studies: when plans are, what learners are told, and what then stands of people without leave."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from chalicelib.core.ids import shard_of
from chalicelib.delivery import counters, studying
from chalicelib.delivery.studying import HOURS, LAST
from chalicelib.engagement import study
from chalicelib.engagement.learners import LEARNERS
from chalicelib.engagement.studied import Document, Studied, Study
from chalicelib.engagement.tables import StudyItem
from chalicelib.subscribers import joins, people
from chalicelib.subscribers.model import NO_WISHES, Person, Wishes, Wording
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.engagement.reading import click, look_at


class Reader:
    """A learner that learns who there is, and how often it was told."""

    finished: list[Document] = []

    def __init__(self, study: Study, found: Document) -> None:
        self._found: dict[str, Any] = {"ids": list(found.get("ids", ())), "shards": found.get("shards", 0)}

    def take(self, studied: Studied) -> None:
        assert studied.row is not None
        assert studied.row.subscriber_id == studied.fact.subscriber_id
        self._found["ids"].append(studied.fact.subscriber_id)

    def end_shard(self, shard: int) -> None:
        assert shard_of(self._found["ids"][-1]) == shard
        self._found["shards"] += 1

    def act(self) -> None:
        assert self._found["shards"] > 0

    def document(self) -> Document:
        return self._found

    def finish(self) -> None:
        self.finished.append(self._found)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> type[Reader]:
    monkeypatch.setattr(Reader, "finished", [])
    monkeypatch.setitem(LEARNERS, "reader", Reader)
    return Reader


def hours_pass(platform: Platform, hours: float) -> None:
    platform.clock.advance(hours * 3600)
    platform.fire("tick")
    run(platform)


def test_a_plan_is_studied_four_times_and_each_message_told_once(
    platform: Platform, reader: type[Reader]
) -> None:
    ids = [person(number, channels=("email",)).id for number in range(12)]
    plan_id = plan()
    run(platform)
    told, before = [], 0
    for hours in HOURS:
        hours_pass(platform, hours - before + 0.01)
        told.append(len(reader.finished))
        before = hours
    hours_pass(platform, 500)
    assert told == [1, 2, 3, 4]
    assert len(reader.finished) == 4
    for found in reader.finished:
        assert found["ids"] == sorted(ids)
        assert found["shards"] == len({shard_of(one) for one in ids})
    assert study.documents(plan_id)["reader"] == reader.finished[-1]
    assert studying.standing(plan_id, wiring=world()) == (plan_id, LAST + 1, True)


def test_a_study_goes_on_where_it_was_and_a_message_that_comes_twice_does_no_harm(
    platform: Platform, reader: type[Reader]
) -> None:
    ids = [person(number, channels=("email",)).id for number in range(12)]
    plan_id = plan()
    run(platform)
    message = {"plan": plan_id, "taking": 0}
    turns = 0
    while not reader.finished:
        times = iter([100.0, 100.0])
        study.study(message, left=lambda: next(times, 0.0), wiring=world())  # noqa: B023
        turns += 1
    assert turns > 2
    assert reader.finished[0]["ids"] == sorted(ids)
    for _ in range(2):
        study.study(message, left=lambda: 100, wiring=world())
    assert len(reader.finished) == 1


def test_totals_are_not_taken_of_a_plan_that_still_sends(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(1, channels=("email",))
    plan_id = plan()
    for taking in range(LAST):
        studying.done(plan_id, taking, wiring=world())
    study.study({"plan": plan_id, "taking": LAST}, left=lambda: 100, wiring=world())
    assert studying.standing(plan_id, wiring=world()) == (plan_id, LAST, False)
    assert not studying.is_over(plan_id, wiring=world())
    run(platform)
    study.study({"plan": plan_id, "taking": LAST}, left=lambda: 100, wiring=world())
    assert studying.standing(plan_id, wiring=world()) == (plan_id, LAST + 1, True)
    assert studying.is_over(plan_id, wiring=world())


def traces(subscriber_id: str) -> list[dict[str, Any]]:
    """What stands of somebody's doing, in all tables."""
    tables = world().dynamodb.list_tables()["TableNames"]
    items = [item for name in tables for item in world().dynamodb.scan(TableName=name)["Items"]]
    done = ("event#", "opened", "clicked", "counted", "told")
    mine = [item for item in items if subscriber_id in str(item)]
    return [item for item in mine if any(name.startswith(done) or name == "agent" for name in item)]


def test_of_people_without_leave_nothing_is_left_once_totals_were_taken(platform: Platform) -> None:
    gives = person(1, channels=("email",)).id
    gives_none = person(2, channels=("email",), wishes=Wishes(tracking=False)).id
    plan_id = plan()
    run(platform)
    for one in (gives, gives_none):
        look_at(platform, plan_id, one)
        platform.clock.advance(30)
        click(platform, plan_id, one)
    run(platform)
    counted = counters.read(plan_id, wiring=world())
    assert (counted["email#clicked#human"], counted["email#opened#raw"]) == (2, 2)
    assert len(traces(gives_none)) == 1
    for hours in HOURS:
        hours_pass(platform, hours)
    assert traces(gives_none) == []
    assert len(traces(gives)) == 2, "the delivery, and the habit"
    assert counters.read(plan_id, wiring=world()) == counted
    click(platform, plan_id, gives_none)
    run(platform)
    assert traces(gives_none) == []
    later = counters.read(plan_id, wiring=world())
    assert later["email#clicks#human"] == counted["email#clicks#human"] + 1
    assert later["email#clicked#human"] == 2, "it is nobody's"


@pytest.mark.parametrize("dies_at", range(4))
def test_who_is_folded_just_before_a_study_dies_is_counted_in_it_all_the_same(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    shy = ["01" + "0" * 30, "42" + "0" * 30]
    for number, one in enumerate(shy):
        person(number, subscriber_id=one, channels=("email",), wishes=Wishes(tracking=False))
    plan_id = plan()
    run(platform)
    for one in shy:
        look_at(platform, plan_id, one)
        platform.clock.advance(30)
        click(platform, plan_id, one)
    run(platform)
    platform.clock.advance(HOURS[-1] * 3600)
    for taking in range(LAST):
        studying.done(plan_id, taking, wiring=world())
    message, moves = {"plan": plan_id, "taking": LAST}, count()
    whole = StudyItem.move

    def dies(item: StudyItem, **how: Any) -> bool:
        if next(moves) == dies_at:
            raise ConnectionError
        return whole(item, **how)

    monkeypatch.setattr(StudyItem, "move", dies)
    with suppress(ConnectionError):
        study.study(message, left=lambda: 100, wiring=world())
    assert next(moves) > dies_at
    study.study(message, left=lambda: 100, wiring=world())
    found = study.documents(plan_id)
    people = [cell for place, cell in found["reports"]["cells"].items() if place.startswith("|")]
    assert sum(cell.get("clicked", 0) for cell in people) == 2
    assert sum(one for _, one in found["hours"]["hours"].values()) == 2
    assert [traces(one) for one in shy] == [[], []]


def joined(platform: Platform, *, leave: bool) -> tuple[str, str]:
    """Two records that read a mail, of which one was then joined into the other; with leave, or without."""
    wishes = NO_WISHES if leave else Wishes(tracking=False)
    own, other = person(1, channels=("email",), wishes=wishes).id, person(2, channels=("email",)).id
    changed(other, lambda one: replace(one, addresses={"email": one.addresses["email"]}))
    plan_id = plan()
    run(platform)
    for one in (own, other):
        look_at(platform, plan_id, one)
    run(platform)
    assert len(traces(other)) == 1
    joins.join(own, other, "email", wording=Wording("Yes."), now=world().clock(), wiring=world())
    platform.clock.advance(60)
    run(platform)
    return own, other


def changed(subscriber_id: str, rule: Callable[[Person], Person]) -> None:
    now = world().clock()
    people.change(subscriber_id, rule, source="test", wording=None, by="subscriber", now=now, wiring=world())


def test_who_takes_leave_back_takes_it_for_records_joined_into_theirs(platform: Platform) -> None:
    own, other = joined(platform, leave=True)
    assert (len(traces(own)), len(traces(other))) == (1, 1)
    changed(own, lambda one: replace(one, wishes=Wishes(tracking=False)))
    platform.clock.advance(60)
    run(platform)
    assert traces(own) == traces(other) == []


def test_a_record_that_is_joined_into_one_without_leave_is_kept_of_nobody(platform: Platform) -> None:
    _, other = joined(platform, leave=False)
    assert traces(other) == []
