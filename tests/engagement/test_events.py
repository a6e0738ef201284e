from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.delivery.chunk import Recipient, key_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.counters import read
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.engagement.events import note_event
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Wishes
from chalicelib.subscribers.tables import PersonItem
from chalicelib.subscribers.writes import person_item
from tests.delivery.returns import HEAD, NOW, PLAN, World, world

ANA = DeliveryRef(PLAN, "0" * 32, "email")
BEN = DeliveryRef(PLAN, "9" * 32, "sms")


def event(event_id: str, kind: str, ref: DeliveryRef | None, **more: Any) -> dict[str, Any]:
    """A message of the queue `events`; without a delivery, of the one that an SMS link names."""
    named: dict[str, Any] = {"plan_number": HEAD.number, "chunk": 3, "place": 1}
    if ref:
        named = {"plan": ref.plan_id, "subscriber": ref.subscriber_id, "channel": ref.channel}
    usual = {"link": None, "at": "2026-11-22T06:10:00.000Z", "agent": "Reader/1", "private": False}
    return {"id": event_id, "kind": kind, **named, **usual, **more}


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        PersonItem.create_table(billing_mode="PAY_PER_REQUEST")
        yield made


@pytest.fixture
def scene(stage: World) -> World:
    return prepared(stage)


def prepared(stage: World) -> World:
    stage.clear()
    stage.plan()
    stage.deliver(ANA)
    stage.deliver(BEN)
    making = chunks(stage.wiring).making(
        plan_id=PLAN,
        key=key_of(3),
        rendition="rendition#sms#en#",
        lane="bulk",
        recipients=[Recipient("8" * 32, "+1", "", 0), Recipient(BEN.subscriber_id, "+1", "", 1)],
        read_at=0,
        due_at=0,
        expires_at=2_000_000_000,
    )
    stage.wiring.dynamodb.transact_write_items(TransactItems=making)
    return stage


HISTORY = [
    event("1", "open", ANA),
    event("2", "open", ANA, private=True),
    event("3", "click", ANA, link=0),
    event("4", "click", ANA, link=1, at="2026-11-22T07:59:59.999Z"),
    event("5", "click", None, link=1),
    event("6", "click", None, link=1, private=True),
]
doubled = st.lists(st.sampled_from(HISTORY), max_size=5).flatmap(lambda more: st.permutations(HISTORY + more))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(doubled)
def test_events_in_any_order_and_doubling_leave_exact_counts(
    stage: World, messages: list[dict[str, Any]]
) -> None:
    prepared(stage)
    for message in messages:
        note_event(message, wiring=stage.wiring)
    assert read(PLAN, wiring=stage.wiring) == {
        "email#opened": 1,
        "email#opens": 2,
        "email#clicked": 1,
        "email#clicks": 2,
        "email#link#0#clicked": 1,
        "email#link#0#clicks": 1,
        "email#link#1#clicked": 1,
        "email#link#1#clicks": 1,
        "email#hour#2026-11-22T06#opens": 2,
        "email#hour#2026-11-22T06#clicks": 1,
        "email#hour#2026-11-22T07#clicks": 1,
        "sms#clicked": 1,
        "sms#clicks": 2,
        "sms#link#1#clicked": 1,
        "sms#link#1#clicks": 2,
        "sms#hour#2026-11-22T06#clicks": 2,
    }
    assert len(stage.items("events")) == 6


@pytest.mark.parametrize(
    "message",
    [
        event("1", "open", DeliveryRef(PLAN, "7" * 32, "email")),
        event("2", "click", None, plan_number=99, link=0),
        event("3", "click", None, chunk=9, link=0),
        event("4", "click", None, place=2, link=0),
    ],
    ids=["erased delivery", "expired plan", "expired chunk", "no such place"],
)
def test_events_of_what_is_gone_leave_nothing(
    scene: World, caplog: pytest.LogCaptureFixture, message: dict[str, Any]
) -> None:
    note_event(message, wiring=scene.wiring)
    assert scene.items("events") == []
    assert scene.items("counters") == []
    assert f'"event_id":"{message["id"]}"' in caplog.text


def test_a_private_event_keeps_no_agent(scene: World) -> None:
    note_event(HISTORY[1], wiring=scene.wiring)
    note_event(HISTORY[0], wiring=scene.wiring)
    assert [item.get("agent") for item in sorted(scene.items("events"), key=lambda item: item["id"])] == [
        None,
        "Reader/1",
    ]


def test_a_message_of_another_kind_comes_again(scene: World) -> None:
    with pytest.raises(KeyError):
        note_event(event("1", "dance", ANA), wiring=scene.wiring)


@pytest.mark.parametrize(
    ("wish", "default", "kept"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_who_does_not_wish_it_is_counted_without_their_person(
    stage: World, monkeypatch: pytest.MonkeyPatch, wish: bool | None, default: bool, kept: bool
) -> None:
    scene = prepared(stage)
    blank = people.blank(language="en", time_zone="UTC", now=NOW)
    one = replace(blank, id=ANA.subscriber_id, wishes=Wishes(tracking=wish))
    person_item(one).save()
    monkeypatch.setattr(scene.wiring, "settings", replace(scene.wiring.settings, tracking=default))
    note_event(event("1", "click", ANA, link=0), wiring=scene.wiring)
    person_item(one).delete()
    counts = read(PLAN, wiring=scene.wiring)
    assert counts["email#clicks"] == 1
    assert counts.get("email#clicked", 0) == (1 if kept else 0)
    assert (ANA.subscriber_id in str(scene.items("events"))) == kept


def test_a_reason_is_counted_once_and_kept_with_the_delivery(scene: World) -> None:
    told = {**event("reason", "reason", ANA), "reason": "too-many", "words": "Every day!"}
    for _ in range(2):
        note_event(told, wiring=scene.wiring)
    assert read(PLAN, wiring=scene.wiring)["email#reason#too-many"] == 1
