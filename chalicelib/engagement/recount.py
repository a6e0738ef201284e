"""The recount of what readers did: counters against deliveries and the totals of nobody, slot by slot.

First every delivery is judged anew, by today's rules. Then what they count for is summed up; where the
slot's counters stood still meanwhile and say another thing, they are set right, and the log's
`recount-mended` raises an alarm. A slot that moves is looked at again, a few times, and then left: what moves
is not wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from chalicelib.core.dynamo import unmarshal
from chalicelib.core.ids import SHARDS
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.counters import SLOTS
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.engaged import ref_of
from chalicelib.delivery.recount import differences
from chalicelib.engagement.settle import AT_ONCE, settle_all

QUEUE = "study"
TRIES = 3
HAND_OVER_S = 60


def ask(plan_id: str, *, slot: int = 0, wiring: Wiring) -> None:
    """Has a plan recounted, from a slot on; again is harmless."""
    wiring.queues.send(QUEUE, {"recount": plan_id, "slot": slot})


def recount(message: Mapping[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Recounts the slots of a plan for as long as there is time, then sends the next message."""
    plan_id = message["recount"]
    for slot in range(message["slot"], SLOTS):
        if left() < HAND_OVER_S:
            ask(plan_id, slot=slot, wiring=wiring)
            return
        recount_slot(plan_id, slot, wiring=wiring)
    logger.info("recounted", plan=plan_id)


def recount_slot(plan_id: str, slot: int, *, wiring: Wiring) -> int:
    """Judges the deliveries of a slot anew and sets its counters right; how many were wrong."""
    told = (ref_of(item) for item in _told(plan_id, slot, wiring=wiring))
    while refs := list(islice(told, AT_ONCE)):
        settle_all(refs, wiring=wiring)
    for _ in range(TRIES):
        before = counters.engaged(plan_id, slot, wiring=wiring)
        right = Counter(counters.nobodys(plan_id, slot, wiring=wiring))
        for item in _told(plan_id, slot, wiring=wiring):
            right.update(item.get("counted", {}))
        wrong = differences(before, right)
        if not wrong:
            return 0
        if before == counters.engaged(plan_id, slot, wiring=wiring):
            return _mend(plan_id, slot, wrong, wiring=wiring)
    return 0


def _mend(plan_id: str, slot: int, wrong: Mapping[str, list[int]], *, wiring: Wiring) -> int:
    both = {name: (was, now) for name, (was, now) in wrong.items()}
    if counters.mend_engaged(f"{plan_id}#{slot}", both, wiring=wiring):
        for name, (was, now) in both.items():
            logger.warning("recount-mended", plan=plan_id, counter=name, was=was, now=now)
    return len(both)


def _told(plan_id: str, slot: int, *, wiring: Wiring) -> Iterator[Mapping[str, Any]]:
    """The deliveries of a slot that events were told of, read consistently."""
    for shard in range(slot, SHARDS, SLOTS):
        for item in deliveries(wiring).of_shard(plan_id, shard, after="", consistent=True):
            if "told" in item:
                yield unmarshal(item)
