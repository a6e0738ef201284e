"""Watching the plans that are under way: how fast they go, and whether one cannot close, and why.

Its line `plan-stuck` raises the alarm (a metric filter counts it).
"""

from datetime import datetime

from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.caps import others, waits
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.halts import halted_until, halts
from chalicelib.delivery.lanes import LEASE_S, Lane
from chalicelib.delivery.pace import noted, paces
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import Progress, progress
from chalicelib.delivery.ways_out import channel_of

MARGIN_S = 600


def bound_s(lane: Lane) -> int:
    """Seconds after which a plan that nothing moved should have: longer than a lost claim takes to settle."""
    return LEASE_S + lane.grace_s + MARGIN_S


def watch(plan_id: str, lane: Lane, *, now: datetime, wiring: Wiring) -> str:
    """Notes how far a plan is; answers `stuck` for one that stands still though nobody stopped it."""
    found, moment = progress(plan_id, wiring=wiring), now.timestamp()
    if found.closed_at:
        return ""
    aside = not found.waiting and _waits_its_turn(plan_id, now=now, wiring=wiring)
    pace = noted(paces(wiring).read(plan_id), found, now=moment, aside=aside)
    paces(wiring).keep(plan_id, pace)
    still = min(pace.still_s(moment), moment - _stood_aside_until(plan_id, lane, wiring=wiring))
    if still <= bound_s(lane):
        return ""
    logger.warning(
        "plan-stuck",
        plan=plan_id,
        lane=lane.name,
        status=found.status,
        waiting=found.waiting,
        minutes=int(still // 60),
        why=why(plan_id, found, lane, now=moment, wiring=wiring),
    )
    return "stuck"


def _waits_its_turn(plan_id: str, *, now: datetime, wiring: Wiring) -> bool:
    """Whether it waits for another plan of its department, because of a cap."""
    head = plans(wiring).head(plan_id)
    if not head.weekly_cap:
        return False
    return any(waits(plan_id, others(wiring).of(head, channel, now=now)) for channel in head.channels)


def _stood_aside_until(plan_id: str, lane: Lane, *, wiring: Wiring) -> float:
    """Until when it last waited for an urgent plan (epoch seconds); such a wait is none of its faults."""
    channels = plans(wiring).head(plan_id).channels
    return max(halts(wiring).read(lane.name, channel).yields for channel in channels)


def why(plan_id: str, found: Progress, lane: Lane, *, now: float, wiring: Wiring) -> str:
    """What a plan that stands still waits for, as codes."""
    reasons = []
    for channel in plans(wiring).head(plan_id).channels:
        if halted_until(lane.name, channel, wiring=wiring) > now:
            reasons.append(f"lane-halted:{channel}")
        limits = channel_of(channel, mode=found.mode, wiring=wiring).limits()
        if limits.quota_used >= lane.share:
            reasons.append(f"quota-used:{channel}")
    if not found.expanded:
        reasons.append("audience-not-read-to-its-end")
    states = chunks(wiring).open_of(plan_id, lane.name)
    reasons += [f"chunks-{state}:{number}" for state, number in sorted(states.items())]
    if found.expanded and found.waiting and not states:
        reasons.append("counts-do-not-add-up")
    return " ".join(reasons) or "closing"
