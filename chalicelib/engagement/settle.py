"""Settling: what the events of a delivery are taken for, and what the message therefore counts for.

A scanner shows itself by what it does in its first minute, so an event is judged when it is a minute old,
with all others of its delivery. What was counted of the delivery before is replaced (`delivery/engaged.py`):
doubled, shuffled and late events, and other rules, lead to the same counters.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import engaged
from chalicelib.delivery.counters import slot_of
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import TRIES, Contended
from chalicelib.engagement.fold import fold
from chalicelib.engagement.judged import change_of
from chalicelib.engagement.leave import totals_taken, with_leave
from chalicelib.engagement.raw import events_of

QUEUE = "settle"
AT_ONCE = 90
"""Deliveries in one message, and in one transaction of 100 operations: the others are of counters."""


def ask(refs: Iterable[DeliveryRef], *, wiring: Wiring) -> None:
    """Has deliveries settled when their events are old enough, and half as long again: clocks differ."""
    delay_s = wiring.settings.judged_after_s * 3 // 2 + 1
    messages = [
        ({"plan": plan_id, "deliveries": [[ref.subscriber_id, ref.channel] for ref in some]}, delay_s)
        for (plan_id, _), of_slot in by_slot(refs).items()
        for some in _some(of_slot)
    ]
    if messages:
        wiring.queues.send_all(QUEUE, messages)


def settle(messages: Sequence[tuple[str, Mapping[str, Any]]], *, wiring: Wiring) -> set[str]:
    """Settles what a batch of messages, each with its id, asks for; the ids of those that must come again."""
    asked: dict[DeliveryRef, set[str]] = defaultdict(set)
    again: set[str] = set()
    for message_id, message in messages:
        try:
            named = [DeliveryRef(message["plan"], *one) for one in message["deliveries"]]
        except Exception as error:  # noqa: BLE001 - one that cannot be read stops no other
            logger.failure("message-failed", error, message_id=message_id)
            again.add(message_id)
            continue
        for ref in named:
            asked[ref].add(message_id)
    young: list[DeliveryRef] = []
    for of_slot in by_slot(asked).values():
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

    Those without leave are folded once the plan's totals are taken. Raises Contended if others keep changing
    them.
    """
    leave = with_leave([ref.subscriber_id for ref in refs], wiring=wiring)
    without = [ref for ref in refs if ref.subscriber_id not in leave]
    if without and totals_taken(without[0].plan_id, wiring=wiring):
        fold(engaged.read(without, wiring=wiring), late=True, wiring=wiring)
        refs = [ref for ref in refs if ref.subscriber_id in leave]
    young: list[DeliveryRef] = []
    for _ in range(TRIES):
        if not refs:
            return list(dict.fromkeys(young))
        until = wiring.clock().timestamp() - wiring.settings.judged_after_s
        changes = [
            change_of(item, until=until, leave=engaged.ref_of(item).subscriber_id in leave)
            for item in engaged.read(refs, wiring=wiring)
        ]
        young += [one.ref for one in changes if any(event.at > until for event in events_of(one.item))]
        refs = [change.ref for change in engaged.replace(changes, wiring=wiring)]
    raise Contended


def by_slot(refs: Iterable[DeliveryRef]) -> dict[tuple[str, str], list[DeliveryRef]]:
    """Deliveries by plan and slot of counters."""
    found: dict[tuple[str, str], list[DeliveryRef]] = defaultdict(list)
    for ref in refs:
        found[ref.plan_id, slot_of(ref.plan_id, ref.subscriber_id)].append(ref)
    return found


def _some(refs: Sequence[DeliveryRef]) -> Iterable[Sequence[DeliveryRef]]:
    return (refs[start : start + AT_ONCE] for start in range(0, len(refs), AT_ONCE))
