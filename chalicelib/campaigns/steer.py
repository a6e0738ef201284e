"""Pausing, resuming and extending what was launched."""

from datetime import datetime

from chalicelib.campaigns import access, approval, states
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.standing import standing
from chalicelib.core import departments
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control
from chalicelib.subscribers import topics
from chalicelib.subscribers.topics import ENDED


def pause(campaign_id: str, *, actor: Actor, wiring: Wiring) -> Campaign:
    """Pauses a send: workers see it within two seconds. Raises NotFound, Forbidden, Conflict."""
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("pause", standing(campaign, wiring=wiring).status)
    if not control.pause(campaign.plan_id, wiring=wiring):
        raise _overtaken()
    return campaign


def resume(campaign_id: str, *, reason: str | None, actor: Actor, wiring: Wiring) -> Campaign:
    """Lets a paused send go on, or one that was halted, with a reason, to exactly those left.

    Raises NotFound; Forbidden; Conflict; InvalidFields where the reason is missing.
    """
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    status = standing(campaign, wiring=wiring).status
    states.require("resume", status)
    if status == states.HALTED and not reason:
        raise InvalidFields(FieldError("/reason", "It was halted; say why it may go on."))
    if not control.resume(campaign.plan_id, reason=reason or "", wiring=wiring):
        raise _overtaken()
    return campaign


def extend(campaign_id: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Campaign:
    """Sends what was sent to those who joined its audience since.

    Raises NotFound; Forbidden; Conflict: `too-old` where it expired, or is soon forgotten; `topic-ended`;
    `corrected`; `not-approved` where the department began to ask for a second person since.
    """
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("extend", standing(campaign, wiring=wiring).status)
    approval.require_approved(campaign, two_person=departments.asks_for_two(campaign.department))
    if any(topic.status == ENDED for topic in topics.get_all(campaign.sources).values()):
        raise Conflict("A topic that it was for has ended; nobody can be reached by it.", code="topic-ended")
    if campaign.corrected_by:
        raise Conflict("It was corrected; what was wrong is sent to nobody else.", code="corrected")
    if campaign.expires_at and campaign.expires_at <= rfc3339(now):
        raise _too_old()
    if not control.extend(campaign.plan_id, now=now, wiring=wiring):
        raise _too_old()
    return campaign


def _too_old() -> Conflict:
    return Conflict("This is too old to be sent to more people; make a campaign of its own.", code="too-old")


def _overtaken() -> Conflict:
    return Conflict("The send moved on meanwhile; read it again.", code="changed-meanwhile")
