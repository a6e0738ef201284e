"""Events of nobody: of readers who ask not to be told, counted at once, by their own headers only.

They are among the plan's totals of nobody, too. Each is kept without person, program and network, so that
one that is told twice is known again.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.core.dynamo import Cancelled, transact
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.counters import NOBODY, additions, slot_of
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.engaged import Raw, keeping
from chalicelib.engagement.classify import classify
from chalicelib.engagement.counted import Message, counted
from chalicelib.engagement.raw import event_of

AT_ONCE = 80
"""Events in one transaction, which holds 100 operations: the others are of counters."""

Named = Mapping[tuple[str, str], Raw]
"""Raw events by channel and id."""


def count(told: Mapping[DeliveryRef, Mapping[str, Raw]], *, wiring: Wiring) -> None:
    """Counts events of nobody, each once however often it is told."""
    by_plan: dict[str, dict[tuple[str, str], Raw]] = defaultdict(dict)
    for ref, events in told.items():
        by_plan[ref.plan_id].update({(ref.channel, event_id): raw for event_id, raw in events.items()})
    for plan_id, found in by_plan.items():
        named = sorted(found)
        for start in range(0, len(named), AT_ONCE):
            _count(plan_id, {one: found[one] for one in named[start : start + AT_ONCE]}, wiring=wiring)


def _count(plan_id: str, events: Named, *, wiring: Wiring) -> None:
    left = dict(events)
    table = wiring.settings.table("counters")
    while left:
        more, puts = Counter[str](), []
        for (channel, event_id), raw in left.items():
            event = event_of(event_id, raw)
            at = datetime.fromtimestamp(event.at, UTC)
            more.update(
                counted(
                    [event],
                    classify([event], handed_at=0),
                    Message(plan_id, channel, "", "", 0),
                    people=False,
                )
            )
            puts.append(keeping(plan_id, channel, event_id, raw, at=at, new=True, wiring=wiring))
        slot = slot_of(plan_id, f"{zlib.crc32(next(iter(left))[1].encode()):08x}")
        counts = [*additions(slot, more, table=table), *additions(slot, more, table=table, kind=NOBODY)]
        try:
            transact(wiring.dynamodb, [*puts, *counts])
            return
        except Cancelled as cancelled:
            names = list(left)
            for place in cancelled.failed():
                del left[names[place]]
