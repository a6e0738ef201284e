"""Folding: what somebody did with messages goes into the totals of nobody, and off their deliveries.

So it is where there is no leave to keep it of a person: once a plan's totals were taken, at once when leave
is withdrawn, and where somebody is forgotten. The counters stay as they are. Each event is kept without
person, program and network: told once more, it is known. So that it is looked up there, a delivery whose
reader withdrew leave takes no more events: what comes later is of nobody, as after the totals were taken.
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
from chalicelib.delivery.engaged import NOBODYS, Change
from chalicelib.delivery.flags import TRIES, Contended
from chalicelib.delivery.person import deliveries_of
from chalicelib.engagement.judged import change_of
from chalicelib.engagement.leave import totals_taken
from chalicelib.engagement.raw import events_of

AT_ONCE = 90
"""Deliveries in one transaction of 100 operations: the others are of counters."""

Items = Sequence[Mapping[str, Any]]


def fold_person(recipient_id: str, *, wiring: Wiring) -> None:
    """Folds all that stands of a person, whatever the plan; the same again does no harm.

    Deliveries of plans whose totals are still to be taken are closed, whether or not anything stands on them.
    """
    by_slot: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for item in deliveries_of(recipient_id, wiring=wiring):
        by_slot[slot_of(item["plan_id"], recipient_id)].append(item)
    for items in by_slot.values():
        close = not totals_taken(items[0]["plan_id"], wiring=wiring)
        fold(items, close=close, wiring=wiring)


def fold(items: Items, *, late: bool = False, close: bool = False, wiring: Wiring) -> None:
    """Folds deliveries of one slot of a plan, as far as there is anything on them; may `close` them, too.

    What comes `late`, after the plan's totals were taken, counts as events only: its person may be among the
    totals already. Raises Contended if others keep changing them.
    """
    for start in range(0, len(items), AT_ONCE):
        _fold(items[start : start + AT_ONCE], late=late, close=close, wiring=wiring)


def _fold(items: Items, *, late: bool, close: bool, wiring: Wiring) -> None:
    for _ in range(TRIES):
        changes = [
            replace(change_of(one, people=not late or "counted" in one), flags={}, folded=True, closed=close)
            for one in items
            if events_of(one) or "counted" in one or (close and NOBODYS not in one)
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
