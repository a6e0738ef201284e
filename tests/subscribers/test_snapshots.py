"""Snapshots: filled shard by shard, read as sorted streams, and without whoever is to be forgotten."""

import random
from datetime import timedelta

from chalicelib.core.ids import SHARDS, shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import snapshots
from chalicelib.subscribers.snapshots import DONE, Snapshot
from tests.subscribers.conftest import NOW

RULE = {"engaged": {"by": "any", "since": "2026-11-01"}}


def begun(*, learned: bool = False) -> Snapshot:
    return snapshots.begin("readers", "works", RULE, learned=learned, by="s1", now=NOW, days=400)


def filled(people: list[str], wiring: Wiring, *, learned: bool = False) -> Snapshot:
    made = begun(learned=learned)
    for shard in range(SHARDS):
        here = sorted(one for one in people if shard_of(one) == shard)
        assert snapshots.fill(made, here, now=NOW, wiring=wiring)
        made = snapshots.get(made.id)
    return made


def streamed(made: Snapshot, wiring: Wiring) -> list[str]:
    shards = range(SHARDS)
    return [one for n in shards for one in snapshots.stream(wiring.dynamodb, made.id, n, after=None)]


def ids(count: int) -> list[str]:
    draw = random.Random(count)
    return [f"{draw.getrandbits(128):032x}" for _ in range(count)]


def test_it_holds_who_was_written_in_order(wiring: Wiring) -> None:
    people = ids(500)
    made = filled(people, wiring)
    assert (made.state, made.people, made.shard) == (DONE, 500, SHARDS)
    assert streamed(made, wiring) == sorted(people)
    assert snapshots.among(wiring.dynamodb, made.id, [*people[:50], *ids(3)]) == set(people[:50])
    assert snapshots.among(wiring.dynamodb, "0" * 32, people[:50]) == set()
    assert [one.id for one in snapshots.page(limit=10, cursor=None).items] == [made.id]


def test_a_stream_goes_on_from_any_place(wiring: Wiring) -> None:
    people = ids(300)
    made = filled(people, wiring)
    for after in [*people[:20], "0" * 32, "7fff" + "0" * 28, "f" * 32]:
        found = list(snapshots.stream(wiring.dynamodb, made.id, shard_of(after), after=after))
        assert found == sorted(one for one in people if shard_of(one) == shard_of(after) and one > after)


def test_two_workers_write_each_shard_once(wiring: Wiring) -> None:
    made = begun()
    assert snapshots.fill(made, ["00" + "1" * 30], now=NOW, wiring=wiring)
    assert not snapshots.fill(made, ["00" + "2" * 30], now=NOW, wiring=wiring)
    assert snapshots.get(made.id).people == 1
    assert streamed(made, wiring) == ["00" + "1" * 30]


def test_who_is_forgotten_is_in_none_any_more(wiring: Wiring) -> None:
    people = ids(40)
    over_engagement, other = filled(people, wiring, learned=True), filled(people, wiring)
    for _ in range(2):
        snapshots.take_out(people[0], learned=True, wiring=wiring)
    assert set(people) - set(streamed(over_engagement, wiring)) == {people[0]}
    assert set(streamed(other, wiring)) == set(people)
    for _ in range(2):
        snapshots.take_out(people[0], wiring=wiring)
    assert set(people) - set(streamed(other, wiring)) == {people[0]}
    assert [one.people for one in snapshots.page(limit=10, cursor=None).items] == [39, 39]


def test_who_goes_while_it_is_filled_is_not_written_by_what_was_read_before(wiring: Wiring) -> None:
    leaver, stayer = "00" + "1" * 30, "00" + "2" * 30
    over_engagement, other = begun(learned=True), begun()
    snapshots.take_out(leaver, learned=True, wiring=wiring)
    assert not snapshots.fill(over_engagement, [leaver, stayer], now=NOW, wiring=wiring)
    assert snapshots.fill(other, [leaver, stayer], now=NOW, wiring=wiring)
    made = snapshots.get(over_engagement.id)
    for shard in range(SHARDS):
        here = [leaver, stayer] if shard == 0 else []
        assert snapshots.fill(made, here, now=NOW, wiring=wiring)
        made = snapshots.get(made.id)
    assert (streamed(made, wiring), made.people, made.state) == ([stayer], 1, DONE)
    assert made.gone == frozenset(), "who went leaves no trace in it"
    snapshots.take_out(stayer, wiring=wiring)
    assert snapshots.get(made.id).gone == frozenset()


def test_it_is_named_until_it_is_about_to_expire(wiring: Wiring) -> None:
    made = filled([], wiring)
    assert made.usable(NOW + timedelta(days=369))
    assert not made.usable(NOW + timedelta(days=370))
    assert not begun().usable(NOW)
