from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.delivery.counters import read
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import Flagged, flag
from tests.delivery.returns import NOW, PLAN, World, world

ANA = DeliveryRef(PLAN, "0" * 32, "email")
BEN = DeliveryRef(PLAN, "f" * 32, "email")
STRANGER = DeliveryRef(PLAN, "7" * 32, "email")


class Event(NamedTuple):
    ref: DeliveryRef
    name: str
    minutes: int
    event_id: str | None = None

    @property
    def at(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)


HISTORY = [
    Event(ANA, "sent", 0),
    Event(ANA, "delivered", 5),
    Event(ANA, "delivered", 1),
    Event(ANA, "complained", 71, "a3"),
    Event(ANA, "complained", 72, "a4"),
    Event(BEN, "sent", 0),
    Event(BEN, "bounced", 2, "b2"),
    Event(BEN, "hard_bounced", 4, "b4"),
    Event(BEN, "complained", 3, "b3"),
    Event(STRANGER, "complained", 4, "s1"),
]
COUNTS = {
    "email#delivered": 1,
    "email#bounced": 1,
    "email#hard_bounced": 1,
    "email#complained": 2,
}


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


def tell(scene: World, event: Event, **more: Any) -> Flagged:
    return flag(
        event.ref,
        event.name,
        at=event.at,
        wiring=scene.wiring,
        event_id=event.event_id,
        **more,
    )


doubled = st.lists(st.sampled_from(HISTORY), max_size=8).flatmap(lambda more: st.permutations(HISTORY + more))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(doubled)
def test_counts_and_flags_are_exact_in_any_order_and_doubling(stage: World, events: list[Event]) -> None:
    stage.clear()
    stage.deliver(ANA)
    stage.deliver(BEN)
    for event in events:
        tell(stage, event)
    assert read(PLAN, wiring=stage.wiring) == COUNTS
    ana = {
        name: at for name, at in stage.delivery(ANA).items() if name.endswith("_at") and name != "expires_at"
    }
    assert ana == {
        "sent_at": "2026-11-22T06:00:00.000000Z",
        "delivered_at": "2026-11-22T06:01:00.000000Z",
        "complained_at": "2026-11-22T07:11:00.000000Z",
    }
    assert len(stage.items("events")) == 5


def test_an_event_of_a_delivery_that_is_not_there_leaves_nothing(scene: World) -> None:
    assert tell(scene, Event(STRANGER, "complained", 1, "s")) == Flagged(delivery=False, new=False)
    assert scene.items("events") == []
    assert scene.items("counters") == []
    assert len(scene.items("deliveries")) == 2


def test_the_raw_event_is_kept_until_retention_ends(scene: World) -> None:
    tell(scene, Event(ANA, "complained", 0, "e"), details={"type": "abuse"})
    (event,) = scene.items("events")
    assert event == {
        "plan_shard": f"{PLAN}#00",
        "id": f"{ANA.subscriber_id}#email#e",
        "name": "complained",
        "at": "2026-11-22T06:00:00.000000Z",
        "type": "abuse",
        "expires_at": int((NOW + timedelta(days=400)).timestamp()),
    }


@pytest.mark.parametrize("name", ["sent", "delayed", "delivered", "bounced", "complained"])
def test_proof_of_sending_finds_what_the_sweep_settled_unknown(scene: World, name: str) -> None:
    scene.deliver(ANA, unknown_at="2026-11-22T05:59:00.000Z")
    assert tell(scene, Event(ANA, name, 0)) == Flagged(new=True, unknown=True)
    assert tell(scene, Event(ANA, name, 0)) == Flagged(new=False, unknown=True)
    assert f"{name}_at" in scene.delivery(ANA)


def test_an_unknown_name_is_refused(scene: World) -> None:
    with pytest.raises(KeyError):
        tell(scene, Event(ANA, "adored", 0))


class Conflicting:
    """A client whose first transactions meet another, as DynamoDB reports it."""

    def __init__(self, inner: Any, conflicts: int) -> None:
        self._inner = inner
        self.left = conflicts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def transact_write_items(self, **request: Any) -> Any:
        if self.left:
            self.left -= 1
            reasons = [{"Code": "None"} for _ in request["TransactItems"]]
            reasons[-1] = {"Code": "TransactionConflict"}
            raise ClientError(
                {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons},
                "TransactWriteItems",
            )
        return self._inner.transact_write_items(**request)


def test_conflicts_are_tried_again(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Conflicting(scene.wiring.dynamodb, conflicts=3)
    monkeypatch.setitem(scene.wiring.__dict__, "dynamodb", client)
    assert tell(scene, Event(ANA, "complained", 0, "o")).new
    assert client.left == 0
    assert read(PLAN, wiring=scene.wiring)["email#complained"] == 1


class Racing(Conflicting):
    """A client that lets another reader set the flag between our read and our write."""

    def __init__(self, inner: Any, rival: Any) -> None:
        super().__init__(inner, 0)
        self._rival = rival

    def transact_write_items(self, **request: Any) -> Any:
        rival, self._rival = self._rival, None
        if rival:
            rival()
        return self._inner.transact_write_items(**request)


def test_a_race_for_the_first_flag_counts_the_person_once(
    scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = scene.wiring.dynamodb

    def rival() -> None:
        with monkeypatch.context() as patch:
            patch.setitem(scene.wiring.__dict__, "dynamodb", inner)
            tell(scene, Event(ANA, "complained", 3, "theirs"))

    monkeypatch.setitem(scene.wiring.__dict__, "dynamodb", Racing(inner, rival))
    tell(scene, Event(ANA, "complained", 1, "ours"))
    monkeypatch.setitem(scene.wiring.__dict__, "dynamodb", inner)
    assert read(PLAN, wiring=scene.wiring) == {"email#complained": 1}
    assert scene.delivery(ANA)["complained_at"].startswith("2026-11-22T06:01")
