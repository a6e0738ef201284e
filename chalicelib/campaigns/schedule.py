"""Setting the time at which a campaign starts by itself, another one, or none."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.campaigns import access, ready, states, tables
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.states import State
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.staff import Actor

FURTHEST = timedelta(days=366)


def schedule(
    campaign_id: str, *, starts_at: str, version: int | None, actor: Actor, now: datetime
) -> Campaign:
    """Has a campaign start at a moment (RFC 3339, in UTC), within the minute; once more sets another one.

    Raises NotFound; Forbidden; Conflict; InvalidFields for a moment that is past or over a year away, and for
    what the campaign is missing.
    """
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("schedule", campaign.state)
    if version is not None and campaign.version != version:
        raise tables.changed_meanwhile()
    _require_future(starts_at, campaign, now=now)
    ready.require_sendable(campaign, actor=actor, now=now)
    return _moved(
        replace(
            campaign,
            state=State.SCHEDULED,
            starts_at=starts_at,
            scheduled_by=actor.staff_id,
            due_at=starts_at,
        ),
        campaign,
    )


def unschedule(campaign_id: str, *, actor: Actor) -> Campaign:
    """Takes the start back: the campaign is approved, or a draft, as before. Raises as `schedule`."""
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("unschedule", campaign.state)
    before = State.APPROVED if campaign.approved_at else State.DRAFT
    return _moved(replace(campaign, state=before, starts_at="", scheduled_by="", due_at=""), campaign)


def _require_future(starts_at: str, campaign: Campaign, *, now: datetime) -> None:
    if starts_at <= rfc3339(now):
        raise InvalidFields(FieldError("/starts_at", "This is past; to send at once, launch it."))
    if parse_rfc3339(starts_at) > now + FURTHEST:
        raise InvalidFields(FieldError("/starts_at", "Choose a time within a year."))
    if campaign.expires_at and starts_at >= campaign.expires_at:
        raise InvalidFields(FieldError("/starts_at", "By then the campaign is too old to send."))


def _moved(changed: Campaign, was: Campaign) -> Campaign:
    moved = replace(changed, version=was.version + 1)
    tables.replace(moved, version=was.version, state=State(was.state))
    return moved
