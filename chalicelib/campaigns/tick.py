"""The tick: every minute, starts what is due, digests too, and finishes what was cut short of launches.

Harmless however often it runs, and at the same time: a campaign is marked as sending on condition of its
version, so one tick starts it; its plan is made under the id marked with it, so it is made once. Until the
plan stands, the campaign stays due.
"""

from datetime import datetime

from chalicelib.campaigns import launch, tables
from chalicelib.campaigns.approve import rejected
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.states import State
from chalicelib.core import audit
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, CrierError, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor, Role
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.digests.launch import launch_due

ACTION = "tick: launch"
SYSTEM = "system"
AT_ONCE = 50


class TickFailed(Exception):
    """Some campaigns could not be started; the argument says how many."""


def tick(*, wiring: Wiring) -> int:
    """One round; answers how many campaigns were looked after.

    A campaign that cannot be started returns to its authors, with the reason. What fails for one keeps no
    other. Raises TickFailed at the end of such a round, for the alarm.
    """
    due = tables.due(rfc3339(wiring.clock()), limit=AT_ONCE)
    failed = sum(not _attended(campaign_id, now=wiring.clock(), wiring=wiring) for campaign_id in due)
    launch_due(now=wiring.clock(), wiring=wiring)
    if failed:
        raise TickFailed(failed)
    return len(due)


def _attended(campaign_id: str, *, now: datetime, wiring: Wiring) -> bool:
    try:
        return _attend(tables.read(campaign_id), now=now, wiring=wiring)
    except NotFound:
        return True
    except Exception as error:  # noqa: BLE001 - the others must not wait for this one
        logger.failure("tick-failed", error, campaign=campaign_id)
        return False


def _attend(campaign: Campaign, *, now: datetime, wiring: Wiring) -> bool:
    """Looks after one campaign; False if it should have started and could not."""
    if not campaign.due_at or campaign.due_at > rfc3339(now):
        return True
    if campaign.state == State.SCHEDULED:
        return _start(campaign, now=now, wiring=wiring)
    if campaign.state == State.SENDING:
        launch.hand_over(campaign, now=now, wiring=wiring)
    elif campaign.plan_id:
        launch.stop(campaign, wiring=wiring)
        tables.done(campaign)
    return True


def _start(campaign: Campaign, *, now: datetime, wiring: Wiring) -> bool:
    actor = system_of(campaign.mode)
    try:
        with audit.recorded(actor, ACTION, {"campaign_id": campaign.id}, now=now):
            launch.start(campaign, by=campaign.scheduled_by, actor=actor, now=now, wiring=wiring)
    except CrierError as refusal:
        if isinstance(refusal, Conflict) and refusal.code == tables.OVERTAKEN:
            return True
        logger.warning("campaign-not-started", campaign=campaign.id, code=refusal.code)
        rejected(campaign, reason=_why(refusal), by=SYSTEM, now=now)
        return False
    return True


def _why(refusal: CrierError) -> str:
    found = [f"{one.pointer}: {one.message}" for one in refusal.errors]
    return " ".join([refusal.detail, *found])[:1000]


def system_of(mode: str) -> Actor:
    """Crier itself, acting on what was scheduled: whoever scheduled it was allowed to reach the audience."""
    return Actor(SYSTEM, SYSTEM, "Crier", "", frozenset({str(Role.ADMIN)}), frozenset(), mode)
