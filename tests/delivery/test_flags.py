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
    link: int | None = None

    @property
    def at(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)


HISTORY = [
    Event(ANA, "sent", 0),
    Event(ANA, "delivered", 1),
    Event(ANA, "opened", 5, "a1"),
    Event(ANA, "opened", 70, "a2"),
    Event(ANA, "clicked", 71, "a3", 0),
    Event(ANA, "clicked", 72, "a4", 0),
    Event(ANA, "clicked", 73, "a5", 1),
    Event(BEN, "sent", 0),
    Event(BEN, "clicked", 9, "b1", 1),
    Event(BEN, "bounced", 2, "b2"),
    Event(BEN, "complained", 3, "b3"),
    Event(STRANGER, "opened", 4, "s1"),
]
COUNTS = {
    "email#delivered": 1,
    "email#opened": 1,
    "email#opens": 2,
    "email#hour#2026-11-22T06#opens": 1,
    "email#hour#2026-11-22T07#opens": 1,
    "email#clicked": 2,
    "email#clicks": 4,
    "email#hour#2026-11-22T06#clicks": 1,
    "email#hour#2026-11-22T07#clicks": 3,
    "email#link#0#clicked": 1,
    "email#link#0#clicks": 2,
    "email#link#1#clicked": 2,
    "email#link#1#clicks": 2,
    "email#bounced": 1,
    "email#complained": 1,
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
        link=event.link,
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
        "opened_at": "2026-11-22T06:05:00.000000Z",
        "clicked_at": "2026-11-22T07:11:00.000000Z",
        "clicked_0_at": "2026-11-22T07:11:00.000000Z",
        "clicked_1_at": "2026-11-22T07:13:00.000000Z",
    }
    assert len(stage.items("events")) == 8


def test_an_event_of_a_delivery_that_is_not_there_leaves_nothing(scene: World) -> None:
    assert tell(scene, Event(STRANGER, "clicked", 1, "s", 0)) == Flagged(delivery=False, new=False)
    assert scene.items("events") == []
    assert scene.items("counters") == []
    assert len(scene.items("deliveries")) == 2


def test_the_raw_event_is_kept_until_retention_ends(scene: World) -> None:
    tell(scene, Event(ANA, "clicked", 0, "e", 3), details={"agent": "Reader/1"})
    (event,) = scene.items("events")
    assert event == {
        "plan_shard": f"{PLAN}#00",
        "id": f"{ANA.subscriber_id}#email#e",
        "name": "clicked",
        "at": "2026-11-22T06:00:00.000000Z",
        "link": 3,
        "agent": "Reader/1",
        "expires_at": int((NOW + timedelta(days=400)).timestamp()),
    }


def test_a_private_event_is_counted_without_its_person(scene: World) -> None:
    for _ in range(2):
        tell(scene, Event(ANA, "opened", 0, "p"), private=True)
    assert read(PLAN, wiring=scene.wiring) == {"email#opens": 1, "email#hour#2026-11-22T06#opens": 1}
    assert "opened_at" not in scene.delivery(ANA)
    assert not any(ANA.subscriber_id in item["id"] for item in scene.items("events"))


@pytest.mark.parametrize("name", ["sent", "delayed", "delivered", "bounced", "complained"])
def test_proof_of_sending_finds_what_the_sweep_settled_unknown(scene: World, name: str) -> None:
    scene.deliver(ANA, unknown_at="2026-11-22T05:59:00.000Z")
    assert tell(scene, Event(ANA, name, 0)) == Flagged(new=True, unknown=True)
    assert tell(scene, Event(ANA, name, 0)) == Flagged(new=False, unknown=True)
    assert f"{name}_at" in scene.delivery(ANA)


def test_an_unknown_delivery_takes_other_flags_too(scene: World) -> None:
    scene.deliver(ANA, unknown_at="2026-11-22T05:59:00.000Z")
    assert tell(scene, Event(ANA, "opened", 0, "o")).new


def test_hours_are_counted_for_a_month(scene: World) -> None:
    tell(scene, Event(ANA, "opened", 40 * 24 * 60, "late"))
    assert read(PLAN, wiring=scene.wiring) == {"email#opened": 1, "email#opens": 1}


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
    assert tell(scene, Event(ANA, "opened", 0, "o")).new
    assert client.left == 0
    assert read(PLAN, wiring=scene.wiring)["email#opened"] == 1


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
            tell(scene, Event(ANA, "opened", 3, "theirs"))

    monkeypatch.setitem(scene.wiring.__dict__, "dynamodb", Racing(inner, rival))
    tell(scene, Event(ANA, "opened", 1, "ours"))
    monkeypatch.setitem(scene.wiring.__dict__, "dynamodb", inner)
    counts = read(PLAN, wiring=scene.wiring)
    assert (counts["email#opened"], counts["email#opens"]) == (1, 2)
    assert scene.delivery(ANA)["opened_at"].startswith("2026-11-22T06:01")
