"""Every minute: the plans with variants that are to be looked at, and what their next batch gets.

Harmless however often it runs, and at the same time: a batch is decided once, and a look noted once. One that
is cut short is taken up again when its lease is over; if none comes in time, the engine shares evenly.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.allocations import allocations
from chalicelib.delivery.batches import look_at, mature_before
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.engagement.variants.observe import Batches, Observed, observed, together, written
from chalicelib.engagement.variants.thompson import Prior, Seen, prior_of, shares, side_by_side

LEASE_S = 330
"""Longer than the function may run; so a look that was cut short is done again before its batch opens."""

TIME_FOR_ONE_S = 60


class AllocationFailed(Exception):
    """Some plans could not be looked at; the argument says how many."""


def allocate(*, left: Callable[[], float], wiring: Wiring) -> int:
    """Looks at every plan that is due, while there is time; answers at how many.

    What fails for one keeps no other. Raises AllocationFailed at the end of such a round, for the alarm.
    """
    looked, failed = 0, 0
    for plan_id in allocations(wiring).due(now=wiring.clock()):
        if left() < TIME_FOR_ONE_S:
            break
        try:
            looked += look(plan_id, now=wiring.clock(), wiring=wiring)
        except Exception as error:  # noqa: BLE001 - the others must not wait for this one
            logger.failure("allocation-failed", error, plan=plan_id)
            failed += 1
    if failed:
        raise AllocationFailed(failed)
    return looked


def look(plan_id: str, *, now: datetime, wiring: Wiring) -> bool:
    """One look at a plan, if it is due: what was seen is noted, and its next batch decided.

    After the last look, what it told is part of its topics' past.
    """
    store, moment = allocations(wiring), now.timestamp()
    last, _ = store.standing(plan_id)
    due_at = last.get("due_at")
    if due_at is None or due_at > moment or not store.take(plan_id, was=due_at, until=moment + LEASE_S):
        return False
    head, number = plans(wiring).head(plan_id), int(last["look"])
    found = observed(head, before=mature_before(head, now=moment), wiring=wiring)
    if number + 1 < len(head.variants["batches"]):
        given = shares(seen_of(head, found), prior(head, wiring=wiring))
        store.decide(head, number + 1, given, how="thompson", at=moment)
    next_at = look_at(head, number + 1)
    past = [] if next_at else _past(head, together(found), now=now, wiring=wiring)
    noted = store.note(head, look=number, seen=written(found), at=moment, due_at=next_at, past=past)
    logger.info("variants-looked-at", plan=plan_id, look=number, noted=noted)
    return True


def seen_of(head: PlanHead, found: Batches) -> dict[str, Seen]:
    """What counts of each variant that takes part in the search, in their order, side by side."""
    names = head.variants["names"]
    batches = [{name: batch.get(name, Observed()).seen for name in names} for batch in found.values()]
    return side_by_side(batches or [dict.fromkeys(names, Seen(0, 0))])


def prior(head: PlanHead, *, wiring: Wiring) -> Prior:
    """What the past of a plan's topics tells before anything was seen."""
    return prior_of(Seen(*allocations(wiring).past(head.topics)))


def _past(
    head: PlanHead, found: Mapping[str, Observed], *, now: datetime, wiring: Wiring
) -> list[dict[str, Any]]:
    """What a plan's topics learn from it; nothing from what reached no resident."""
    if head.mode != "live":
        return []
    messages = sum(one.messages for one in found.values())
    clicked = sum(one.clicked for one in found.values())
    store = allocations(wiring)
    return [
        store.adding_past(topic, messages=messages, clicked=clicked, now=now) for topic in head.topics[:50]
    ]
