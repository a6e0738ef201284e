"""A conversion goes where clicks go: off the delivery without leave, and the counts stay."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core import dynamo
from chalicelib.delivery import counters, engaged
from chalicelib.delivery.deliveries import key
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.engagement.collect import collect
from chalicelib.engagement.fold import fold
from chalicelib.engagement.settle import settle_all
from tests.delivery.returns import PLAN, World, world
from tests.engagement.test_track import ANA, Queue

GOAL = "a" * 32
REF = DeliveryRef(PLAN, ANA, "email")
MESSAGE: dict[str, Any] = {
    "id": f"{GOAL}-{'c' * 24}",
    "kind": "conversion",
    "plan": PLAN,
    "subscriber": ANA,
    "channel": "email",
    "link": 0,
    "goal": GOAL,
    "at": "2026-11-22T05:00:00.000Z",
    "signs": [],
}


class Settling(Queue):
    """Takes what is to be settled."""

    def send_all(self, queue: str, messages: Any) -> None:
        self.sent += messages


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world() as one:
        one.plan()
        one.deliver(REF, rendition="rendition#email#en#")
        monkeypatch.setitem(one.wiring.__dict__, "queues", Settling())
        monkeypatch.setattr("chalicelib.engagement.collect.totals_taken", lambda *_, **__: False)
        monkeypatch.setattr("chalicelib.engagement.settle.with_leave", lambda ids, **_: set(ids))
        yield one


def goals(made: World) -> dict[str, int]:
    found = counters.read(PLAN, wiring=made.wiring)
    return {name: count for name, count in found.items() if "goal#" in name and count}


def test_it_counts_once_and_leaves_the_delivery_without_leave(made: World) -> None:
    for _ in range(2):
        assert collect([("1", MESSAGE), ("2", MESSAGE)], wiring=made.wiring) == set()
        settle_all([REF], wiring=made.wiring)
    counted = goals(made)
    assert counted[f"email#goal#{GOAL}#converted#human"] == 1
    assert counted[f"email#goal#{GOAL}#conversions#human"] == 1
    fold(engaged.read([REF], wiring=made.wiring), wiring=made.wiring)
    assert goals(made) == counted
    item = made.wiring.dynamodb.get_item(
        TableName=made.wiring.settings.table("deliveries"), Key=dynamo.marshal(key(PLAN, ANA, "email"))
    )["Item"]
    assert not any("event" in name or "count" in name for name in item)
    assert not any(ANA in str(event) for event in made.items("events"))


def test_one_of_nobody_counts_once_as_an_event(made: World) -> None:
    private = {**MESSAGE, "subscriber": "", "signs": ["private"]}
    for _ in range(2):
        collect([("1", private)], wiring=made.wiring)
    assert goals(made)[f"email#goal#{GOAL}#conversions#human"] == 1
    assert not any("converted" in name for name in goals(made))
