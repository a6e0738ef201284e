"""The row that digests are decided by: who has one, what it holds, and that tables keep it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import held, people, rules
from chalicelib.subscribers.cadence import Clocks, History
from chalicelib.subscribers.model import DIGEST, Person, Turn, Wishes
from chalicelib.subscribers.streams import Row, read_page, row_of
from tests.subscribers.conftest import NOW, Clock, person, write

USUAL = History("8")
MINUTE = "2026-11-22T06:01:00.000Z"


def changed(one: Person, wiring: Wiring, clock: Clock, **more: Any) -> Person:
    def rule(before: Person) -> Person:
        cadence = more.get("cadence", "")
        after = rules.subscribed(before, "roads", ("email",), source="test", at="", cadence=cadence)
        profile = {name: value for name, value in more.items() if name != "cadence"}
        return replace(after, **profile)

    return people.change(
        one.id, rule, source="test", wording=None, by="subscriber", now=clock(), wiring=wiring
    )


def rows(wiring: Wiring, one: Person) -> list[Row]:
    return read_page(wiring.dynamodb, DIGEST, shard_of(one.id), after=None, limit=5)[0]


def test_who_gets_all_at_once_has_no_such_row(wiring: Wiring, clock: Clock) -> None:
    one = write(person(email="a@city.example", roads=("email",)), wiring)
    assert rows(wiring, one) == []
    daily = changed(one, wiring, clock, cadence="daily")
    assert rows(wiring, one) == [row_of(daily, DIGEST)]
    assert people.get(one.id) == daily
    clock.later(days=1)
    back = changed(one, wiring, clock, cadence="immediate")
    assert rows(wiring, one) == [row_of(back, DIGEST)], "something may be left from before"
    ended = people.change(
        one.id,
        lambda before: replace(before, topics={}),
        source="test",
        wording=None,
        by="subscriber",
        now=clock(),
        wiring=wiring,
    )
    assert rows(wiring, one) == []
    assert people.get(one.id) == ended


def test_the_row_tells_topics_and_clocks_with_what_was_in_force(wiring: Wiring, clock: Clock) -> None:
    one = write(person(email="a@city.example", sms="+12025550123", roads=("email",)), wiring)
    wishes = Wishes(digest_hour=0)
    changed(one, wiring, clock, cadence="weekly", wishes=wishes, time_zone="Asia/Tokyo")
    (row,) = rows(wiring, one)
    found = held.read(row, usual=USUAL)
    was = one.time_zone
    assert found.clocks == Clocks(
        History("Asia/Tokyo", (Turn(MINUTE, was),)), History("0", (Turn(MINUTE, ""),)), USUAL
    )
    roads = found.topics["roads"]
    assert roads.cadences == History("weekly", (Turn(MINUTE, "immediate"),))
    assert (roads.channels, roads.since) == (("email",), one.topics["roads"].since)
    assert {*row.channels} == {"email", "sms"}, "as the row of everyone"


def test_a_row_of_the_past_has_what_was_subscribed_to_then(wiring: Wiring, clock: Clock) -> None:
    one = write(person(email="a@city.example", roads=("email",)), wiring)
    changed(one, wiring, clock, cadence="daily")
    (row,) = rows(wiring, one)
    found = held.read(row, usual=USUAL)
    since = one.topics["roads"].since
    own = found.row(row, "roads", instant=since)
    assert own is not None
    assert own == row_of(people.get(one.id), "roads")
    before = (NOW - timedelta(days=900)).isoformat()
    assert found.row(row, "roads", instant=before) is None
    assert found.row(row, "parks", instant=since) is None
    assert found.row(row, "_all", instant=before) == row


def test_a_topic_begun_anew_remembers_nothing(wiring: Wiring, clock: Clock) -> None:
    one = write(person(email="a@city.example", roads=("email",)), wiring)
    changed(one, wiring, clock, cadence="daily")
    assert people.get(one.id).topics["roads"].turns
    ended = rules.subscribed(people.get(one.id), "roads", (), source="test", at="")
    begun = rules.subscribed(ended, "roads", ("email",), source="test", at="2026-11-23T00:00:00.000Z")
    assert begun.topics["roads"].turns == ()
