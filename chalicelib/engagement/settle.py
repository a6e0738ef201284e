"""Settling: what the events of a delivery are taken for, and what the message therefore counts for.

A scanner shows itself by what it does in its first minute, so an event is judged when it is a minute old,
with all others of its delivery. What was counted of the delivery before is replaced (`delivery/engaged.py`):
doubled, shuffled and late events, and other rules, lead to the same counters.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import engaged
from chalicelib.delivery.counters import slot_of
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.engaged import Change
from chalicelib.delivery.flags import TRIES, Contended
from chalicelib.engagement.classify import RULES, classify
from chalicelib.engagement.counted import Message, counted, flags_of, message_of
from chalicelib.engagement.model import Event, Verdicts
from chalicelib.engagement.raw import events_of

QUEUE = "settle"
AT_ONCE = 90
"""Deliveries in one message, and in one transaction of 100 operations: the others are of counters."""


def ask(refs: Iterable[DeliveryRef], *, wiring: Wiring) -> None:
    """Has deliveries settled when their events are old enough, and half as long again: clocks differ."""
    delay_s = wiring.settings.judged_after_s * 3 // 2 + 1
    messages = [
        ({"plan": plan_id, "deliveries": [[ref.subscriber_id, ref.channel] for ref in some]}, delay_s)
        for (plan_id, _), of_slot in _by_slot(refs).items()
        for some in _some(of_slot)
    ]
    if messages:
        wiring.queues.send_all(QUEUE, messages)


def settle(messages: Sequence[tuple[str, Mapping[str, Any]]], *, wiring: Wiring) -> set[str]:
    """Settles what a batch of messages, each with its id, asks for; the ids of those that must come again."""
    asked: dict[DeliveryRef, set[str]] = defaultdict(set)
    for message_id, message in messages:
        for subscriber_id, channel in message["deliveries"]:
            asked[DeliveryRef(message["plan"], subscriber_id, channel)].add(message_id)
    again: set[str] = set()
    young: list[DeliveryRef] = []
    for of_slot in _by_slot(asked).values():
        for refs in _some(of_slot):
            try:
                young += settle_all(refs, wiring=wiring)
            except Exception as error:  # noqa: BLE001 - what fails of one plan stops no other
                failed = set().union(*(asked[ref] for ref in refs))
                logger.failure("settle-failed", error, messages=len(failed))
                again |= failed
    ask(young, wiring=wiring)
    return again


def settle_all(refs: Sequence[DeliveryRef], *, wiring: Wiring) -> list[DeliveryRef]:
    """Settles up to AT_ONCE deliveries of one slot of a plan; answers those with events too young to judge.

    Raises Contended if others keep changing them.
    """
    young: list[DeliveryRef] = []
    for _ in range(TRIES):
        until = wiring.clock().timestamp() - wiring.settings.judged_after_s
        items = engaged.read(refs, wiring=wiring)
        changes = [change_of(item, until=until) for item in items]
        young += [
            change.ref for change in changes if any(event.at > until for event in events_of(change.item))
        ]
        refs = [change.ref for change in engaged.replace(changes, wiring=wiring)]
        if not refs:
            return list(dict.fromkeys(young))
    raise Contended


def change_of(item: Mapping[str, Any], *, until: float = math.inf) -> Change:
    """What a delivery is to count for, by what stands on it `until` then (epoch seconds). Pure."""
    message = message_of(item)
    events = [event for event in events_of(item) if event.at <= until]
    verdicts = verdicts_of(events, message)
    return Change(item, counted(events, verdicts, message), flags_of(events, verdicts), RULES)


def verdicts_of(events: Sequence[Event], message: Message) -> Verdicts:
    """What events of one message are taken for. Links of mails are counted where its picture is. Pure."""
    return classify(events, handed_at=message.taken_at, pictures=message.channel == "email")


def _by_slot(refs: Iterable[DeliveryRef]) -> dict[tuple[str, str], list[DeliveryRef]]:
    """Deliveries by plan and slot of counters."""
    found: dict[tuple[str, str], list[DeliveryRef]] = defaultdict(list)
    for ref in refs:
        found[ref.plan_id, slot_of(ref.plan_id, ref.subscriber_id)].append(ref)
    return found


def _some(refs: Sequence[DeliveryRef]) -> Iterable[Sequence[DeliveryRef]]:
    return (refs[start : start + AT_ONCE] for start in range(0, len(refs), AT_ONCE))
