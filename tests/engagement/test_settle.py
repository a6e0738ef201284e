"""Settling: what is asked for together, and what of it must come again."""

import pytest

from chalicelib.core.clock import rfc3339
from chalicelib.delivery import counters
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.engagement import settle
from chalicelib.engagement.collect import collect
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.features.driver import BROWSER


@pytest.fixture
def sent(platform: Platform) -> DeliveryRef:
    """Somebody's message, ten minutes old, whose link was followed just now."""
    one = person(1).id
    plan_id = plan()
    run(platform)
    platform.clock.advance(600)
    named = {"plan": plan_id, "subscriber": one, "channel": "email"}
    at = rfc3339(world().clock())
    message = {"id": "a", "kind": "click", **named, "link": 0, "at": at, "agent": BROWSER}
    assert not collect([("m", message)], wiring=world())
    return DeliveryRef(plan_id, one, "email")


def asked(ref: DeliveryRef) -> dict[str, object]:
    return {"plan": ref.plan_id, "deliveries": [[ref.subscriber_id, ref.channel]]}


@pytest.mark.parametrize("poison", [{}, {"plan": "p"}, {"plan": "p", "deliveries": [["one"]]}])
def test_a_message_that_cannot_be_read_stops_no_other(
    platform: Platform, sent: DeliveryRef, poison: dict[str, object]
) -> None:
    platform.clock.advance(100)
    messages = [("poison", poison), ("good", asked(sent))]
    assert settle.settle(messages, wiring=world()) == {"poison"}
    assert counters.read(sent.plan_id, wiring=world())["email#clicks#human"] == 1


def test_what_is_too_young_is_asked_for_again(platform: Platform, sent: DeliveryRef) -> None:
    assert settle.settle([("m", asked(sent))], wiring=world()) == set()
    assert "email#clicks#human" not in counters.read(sent.plan_id, wiring=world())
    run(platform)
    assert counters.read(sent.plan_id, wiring=world())["email#clicks#human"] == 1


def test_deliveries_are_asked_for_by_plan_and_slot(platform: Platform) -> None:
    refs = [DeliveryRef(plan_id, f"{n:02x}{0:030x}", "email") for plan_id in "ab" for n in range(256)]
    found = settle.by_slot(refs)
    assert len(found) == 2 * counters.SLOTS
    assert {ref for some in found.values() for ref in some} == set(refs)
    settle.ask(refs, wiring=world())
    assert len(platform.world.sqs.queue("crier-settle").messages) == len(found)
