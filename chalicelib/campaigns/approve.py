"""Submitting, approving and rejecting."""

from dataclasses import replace
from datetime import datetime

from chalicelib.campaigns import access, approval, reach, ready, states, tables
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.states import State
from chalicelib.core import departments
from chalicelib.core.clock import rfc3339
from chalicelib.core.staff import Actor


def submit(campaign_id: str, *, version: int | None, actor: Actor, now: datetime) -> Campaign:
    """Hands a complete draft to whoever approves it; once more, as it stands now, and former approval ends.

    Raises NotFound; Forbidden; Conflict; InvalidFields naming what is missing.
    """
    campaign = _at(campaign_id, version, "submit", actor=actor)
    meaning = ready.require_complete(campaign, actor=actor, now=now)
    submitted = replace(
        approval.returned(campaign),
        state=State.SUBMITTED,
        submitted_at=rfc3339(now),
        submitted_by=actor.staff_id,
        digest=approval.digest(campaign, meaning),
    )
    return _moved(_without_rejection(submitted), campaign)


def approve(campaign_id: str, *, version: int, actor: Actor, now: datetime) -> Campaign:
    """Approves a campaign as it stands at the version that the approver saw.

    Raises NotFound; Forbidden (`second-person`); Conflict for another state or version, and
    (`approval-outdated`) where it means something else than when it was submitted.
    """
    campaign = _at(campaign_id, version, "approve", actor=actor)
    two_person = departments.asks_for_two(campaign.department)
    approval.require_other(campaign, actor.staff_id, two_person=two_person)
    approval.require_same(campaign, approval.digest(campaign, reach.meaning(campaign)))
    approved = replace(campaign, state=State.APPROVED, approved_at=rfc3339(now), approved_by=actor.staff_id)
    return _moved(approved, campaign)


def reject(campaign_id: str, *, reason: str, actor: Actor, now: datetime) -> Campaign:
    """Returns a submitted, approved or scheduled campaign to its authors, with the reason.

    Raises NotFound, Forbidden, Conflict.
    """
    campaign = _at(campaign_id, None, "reject", actor=actor)
    return rejected(campaign, reason=reason, by=actor.staff_id, now=now)


def rejected(campaign: Campaign, *, reason: str, by: str, now: datetime) -> Campaign:
    """Writes a campaign as a draft again, with the reason. Raises Conflict if it was changed meanwhile."""
    again = replace(
        approval.returned(campaign), rejected_at=rfc3339(now), rejected_by=by, rejected_reason=reason
    )
    return _moved(again, campaign)


def _without_rejection(campaign: Campaign) -> Campaign:
    return replace(campaign, rejected_at="", rejected_by="", rejected_reason="")


def _at(campaign_id: str, version: int | None, action: str, *, actor: Actor) -> Campaign:
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require(action, campaign.state)
    if version is not None and campaign.version != version:
        raise tables.changed_meanwhile()
    return campaign


def _moved(changed: Campaign, was: Campaign) -> Campaign:
    moved = replace(changed, version=was.version + 1)
    tables.replace(moved, version=was.version, state=State(was.state))
    return moved
