"""Cancelling: a draft that will not be sent, or a send that is under way, as far as it can be stopped."""

from dataclasses import replace
from datetime import datetime

from chalicelib.campaigns import access, states, tables
from chalicelib.campaigns.launch import CUT_SHORT_AFTER, stop
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.standing import standing
from chalicelib.campaigns.states import State
from chalicelib.core.clock import rfc3339
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring


def cancel(campaign_id: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Campaign:
    """Cancels a campaign: first for staff, then its plan, so that a launch at the same moment sees it.

    What is claimed at this moment may still go out. Raises NotFound, Forbidden, Conflict.
    """
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("cancel", standing(campaign, wiring=wiring).status)
    if campaign.state != State.CANCELLED:
        campaign = _marked(campaign, actor=actor, now=now)
    if campaign.plan_id:
        stop(campaign, wiring=wiring)
    return campaign


def _marked(campaign: Campaign, *, actor: Actor, now: datetime) -> Campaign:
    cancelled = replace(
        campaign,
        state=State.CANCELLED,
        version=campaign.version + 1,
        cancelled_at=rfc3339(now),
        cancelled_by=actor.staff_id,
        due_at=rfc3339(now + CUT_SHORT_AFTER) if campaign.plan_id else "",
    )
    tables.replace(cancelled, version=campaign.version, state=State(campaign.state))
    return cancelled
