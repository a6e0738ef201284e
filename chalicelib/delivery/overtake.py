"""Overtaking: while a plan of the urgent lane goes out on a channel, bulk stands aside there.

No message and no flag ends it: it lasts until the provider will have taken what the plan has made so far,
and each of the plan's steps puts that off. When the plan is over, or dies, the others go on by themselves.
"""

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.halts import halts
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.plan import PlanHead

MARGIN_S = 5
"""Seconds more: for messages under way, the start of a worker, and calls that are tried again."""


def overtake(head: PlanHead, channel: str, *, paced_until: float, now: float, wiring: Wiring) -> None:
    """Has the lanes that this plan's lane overtakes wait on a channel, in time for what it sends next.

    `paced_until`: when the provider will have taken what was made (epoch seconds). A plan that sends nothing
    any more, or only as a test, overtakes nobody.
    """
    if head.mode == "test" or head.too_old(now):
        return
    for lane in LANES[head.lane].overtakes:
        halts(wiring).stand_aside(lane, channel, until=max(now, paced_until) + MARGIN_S)
