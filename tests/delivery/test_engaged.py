"""What readers did, as it stands on deliveries."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.delivery import counters, engaged
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.engaged import MOST, Change
from tests.delivery.returns import PLAN, World, world

ANA, BEN = (DeliveryRef(PLAN, one * 32, "email") for one in "09")
STRANGER = DeliveryRef(PLAN, "7" * 32, "email")
OPEN = {"kind": "open", "at": 1_763_791_200.5}
ADDS = {"email#opens#human": 1, "email#link#21#clicks#human": 2, "email#hour#2026-11-22T06#opens#human": 1}


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def scene(stage: World) -> World:
    stage.clear()
    stage.deliver(ANA)
    stage.deliver(BEN)
    return stage


def item(scene: World, ref: DeliveryRef = ANA) -> dict[str, Any]:
    (found,) = engaged.read([ref], wiring=scene.wiring)
    return found


def test_events_stand_on_their_delivery_once_however_often_they_are_told(scene: World) -> None:
    for _ in range(2):
        told = {ANA: {"a": OPEN}, BEN: {"a": OPEN, "b": OPEN}, STRANGER: {"a": OPEN}}
        assert engaged.note(told, wiring=scene.wiring) == {STRANGER}
    assert engaged.events_on(item(scene)) == {"a": OPEN}
    assert engaged.events_on(item(scene, BEN)) == {"a": OPEN, "b": OPEN}
    assert len(scene.items("deliveries")) == 2


def test_a_message_that_a_crowd_reads_takes_no_more(scene: World) -> None:
    crowd = {f"{n:04d}": OPEN for n in range(MOST + 50)}
    assert engaged.note({ANA: crowd}, wiring=scene.wiring) == set()
    assert engaged.note({ANA: {"more": OPEN}, BEN: {"b": OPEN}}, wiring=scene.wiring) == {ANA}
    assert len(engaged.events_on(item(scene))) == MOST
    assert engaged.events_on(item(scene, BEN)) == {"b": OPEN}


def test_counters_move_by_the_difference(scene: World) -> None:
    engaged.note({ANA: {"a": OPEN}}, wiring=scene.wiring)
    flags = {"opened_at": "2026-11-22T06:00:00.500000Z", "clicked_21_at": "x"}
    assert engaged.replace([Change(item(scene), ADDS, flags, 1)], wiring=scene.wiring) == []
    assert counters.read(PLAN, wiring=scene.wiring) == ADDS
    assert item(scene).items() >= flags.items()
    fewer = {"email#opens#machine": 1}
    assert engaged.replace([Change(item(scene), fewer, {}, 2)], wiring=scene.wiring) == []
    assert counters.read(PLAN, wiring=scene.wiring) == fewer
    assert not item(scene).keys() & flags.keys()
    assert set(counters.engaged(PLAN, 0, wiring=scene.wiring)) == {*ADDS, *fewer}


def test_what_another_changed_meanwhile_is_not_written(scene: World) -> None:
    engaged.note({ANA: {"a": OPEN}, BEN: {"b": OPEN}}, wiring=scene.wiring)
    read = item(scene)
    engaged.replace([Change(read, ADDS, {}, 1)], wiring=scene.wiring)
    late = Change(read, {"email#opens#human": 9}, {}, 1)
    assert engaged.replace([late], wiring=scene.wiring) == [late]
    assert counters.read(PLAN, wiring=scene.wiring) == ADDS


def test_what_stands_already_is_not_written(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:
    engaged.note({ANA: {"a": OPEN}}, wiring=scene.wiring)
    engaged.replace([Change(item(scene), ADDS, {"opened_at": "x"}, 1)], wiring=scene.wiring)
    same = Change(item(scene), ADDS, {"opened_at": "x"}, 1)
    monkeypatch.setattr(engaged, "transact", None)
    assert engaged.replace([same], wiring=scene.wiring) == []


def test_what_is_too_much_for_a_transaction_is_written_in_two(scene: World) -> None:
    many = {
        f"email#hour#2026-{month:02d}-{day:02d}T00#opens#human": 1 for month in (1, 2) for day in range(1, 29)
    }
    both = [DeliveryRef(PLAN, f"00{n:030x}", "email") for n in range(60)]
    for ref in both:
        scene.deliver(ref)
    changes = [Change(item, many, {}, 1) for item in engaged.read(both, wiring=scene.wiring)]
    assert engaged.replace(changes, wiring=scene.wiring) == []
    assert counters.read(PLAN, wiring=scene.wiring) == dict.fromkeys(many, 60)


def test_a_folded_delivery_shows_nothing_of_its_reader(scene: World) -> None:
    before = item(scene)
    engaged.note({ANA: {"a": OPEN, "b": OPEN}}, wiring=scene.wiring)
    engaged.replace([Change(item(scene), ADDS, {"opened_at": "x"}, 1)], wiring=scene.wiring)
    assert engaged.replace([Change(item(scene), ADDS, folded=True)], wiring=scene.wiring) == []
    assert item(scene) == before
    assert counters.read(PLAN, wiring=scene.wiring) == ADDS
    assert counters.nobodys(PLAN, 0, wiring=scene.wiring) == ADDS


@pytest.mark.parametrize("later", ["told", "counted"])
def test_a_delivery_that_changed_meanwhile_is_not_folded(scene: World, later: str) -> None:
    engaged.note({ANA: {"a": OPEN}}, wiring=scene.wiring)
    read = item(scene)
    if later == "told":
        engaged.note({ANA: {"b": OPEN}}, wiring=scene.wiring)
    else:
        engaged.replace([Change(read, ADDS, {}, 1)], wiring=scene.wiring)
    fold = Change(read, ADDS, folded=True)
    assert engaged.replace([fold], wiring=scene.wiring) == [fold]
    assert counters.nobodys(PLAN, 0, wiring=scene.wiring) == {}
    late = Change(read, ADDS, {}, 1)
    engaged.replace([Change(item(scene), ADDS, folded=True)], wiring=scene.wiring)
    assert engaged.replace([late], wiring=scene.wiring) == [late], "its events are gone"
