"""Events of nobody: each counted once, by itself, and kept without person, program and network."""

from collections.abc import Iterator

import pytest

from chalicelib.delivery import counters
from chalicelib.delivery.counters import SLOTS
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.engagement import nobody
from tests.delivery.returns import NOW, PLAN, World, world
from tests.features.driver import BROWSER

ANA, BEN = (DeliveryRef(PLAN, one * 32, "email") for one in "09")
TEXT = DeliveryRef(PLAN, "0" * 32, "sms")
CLICK = {"kind": "click", "at": NOW.timestamp(), "link": 2, "agent": BROWSER, "network": "ab12"}


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def scene(stage: World) -> World:
    stage.clear()
    return stage


def counted(scene: World, name: str) -> tuple[int, int]:
    """A counter, and how much of it is nobody's."""
    of_nobody = sum(counters.nobodys(PLAN, slot, wiring=scene.wiring).get(name, 0) for slot in range(SLOTS))
    return counters.read(PLAN, wiring=scene.wiring).get(name, 0), of_nobody


def test_it_is_counted_without_its_person(scene: World) -> None:
    nobody.count({ANA: {"a": CLICK}, TEXT: {"b": CLICK}}, wiring=scene.wiring)
    for channel in ("email", "sms"):
        assert counted(scene, f"{channel}#clicks#human") == (1, 1)
        assert counted(scene, f"{channel}#nobody#clicks") == (1, 1)
        assert counted(scene, f"{channel}#clicked#raw") == (0, 0)


def test_what_is_kept_tells_nobody(scene: World) -> None:
    nobody.count({ANA: {"a": CLICK}}, wiring=scene.wiring)
    (kept,) = scene.items("events")
    assert kept["id"] == "-#email#a"
    assert kept.keys() == {"plan_shard", "id", "kind", "at", "link", "expires_at"}
    assert not [one for one in ("agent", "network", ANA.subscriber_id, BROWSER) if one in str(kept)]


def test_what_is_told_again_is_known_beside_what_is_new(scene: World) -> None:
    nobody.count({ANA: {"a": CLICK}}, wiring=scene.wiring)
    nobody.count({ANA: {"a": CLICK, "b": CLICK}, BEN: {"c": CLICK}}, wiring=scene.wiring)
    nobody.count({BEN: {"b": CLICK}}, wiring=scene.wiring)
    assert counted(scene, "email#clicks#human") == (3, 3)


def test_many_are_counted_in_several_transactions(scene: World) -> None:
    many = {f"e{n}": CLICK for n in range(2 * nobody.AT_ONCE + 1)}
    nobody.count({ANA: many}, wiring=scene.wiring)
    assert counted(scene, "email#clicks#human") == (len(many), len(many))
    assert len(scene.items("events")) == len(many)
