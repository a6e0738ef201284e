"""Folding: what somebody did with messages goes into the totals of nobody, and off their deliveries.

So it is where there is no leave to keep it of a person: once a plan's totals were taken, at once when leave
is withdrawn, and where somebody is forgotten. The counters stay as they are. Each event is kept without
person, program and network: told once more, it is known.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.dynamo import transact
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import engaged
from chalicelib.delivery.counters import slot_of
from chalicelib.delivery.engaged import Change
from chalicelib.delivery.flags import TRIES, Contended
from chalicelib.delivery.person import deliveries_of
from chalicelib.engagement.judged import change_of
from chalicelib.engagement.raw import events_of

AT_ONCE = 90
"""Deliveries in one transaction of 100 operations: the others are of counters."""

Items = Sequence[Mapping[str, Any]]


def fold_person(recipient_id: str, *, wiring: Wiring) -> None:
    """Folds all that stands of a person, whatever the plan; the same again does no harm."""
    by_slot: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for item in deliveries_of(recipient_id, wiring=wiring):
        by_slot[slot_of(item["plan_id"], recipient_id)].append(item)
    for items in by_slot.values():
        fold(items, wiring=wiring)


def fold(items: Items, *, late: bool = False, wiring: Wiring) -> None:
    """Folds deliveries of one slot of a plan, as far as there is anything on them.

    What comes `late`, after the plan's totals were taken, counts as events only: its person may be among the
    totals already. Raises Contended if others keep changing them.
    """
    for start in range(0, len(items), AT_ONCE):
        _fold(items[start : start + AT_ONCE], late=late, wiring=wiring)


def _fold(items: Items, *, late: bool, wiring: Wiring) -> None:
    for _ in range(TRIES):
        found = [item for item in items if events_of(item) or "counted" in item]
        changes = [
            replace(change_of(one, people=not late or "counted" in one), flags={}, folded=True)
            for one in found
        ]
        _keep(changes, wiring=wiring)
        left = engaged.replace(changes, wiring=wiring)
        if not left:
            return
        items = engaged.read([change.ref for change in left], wiring=wiring)
    raise Contended


def _keep(changes: Sequence[Change], *, wiring: Wiring) -> None:
    """Keeps the events without their person; the same again is harmless."""
    puts = [
        engaged.keeping(
            change.ref.plan_id,
            change.ref.channel,
            event_id,
            raw,
            at=datetime.fromtimestamp(float(raw["at"]), UTC),
            new=False,
            wiring=wiring,
        )
        for change in changes
        for event_id, raw in engaged.events_on(change.item).items()
    ]
    for start in range(0, len(puts), engaged.AT_ONCE):
        transact(wiring.dynamodb, puts[start : start + engaged.AT_ONCE])
