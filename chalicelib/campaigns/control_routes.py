"""The routes by which a campaign is approved, scheduled and steered."""

from typing import Any

from chalicelib.campaigns import (
    accounts,
    approve,
    control_views,
    correct,
    reach,
    schedule,
    steer,
    views,
    word_views,
)
from chalicelib.campaigns.standing import standing_now
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Call, Routes
from chalicelib.core.staff import APPROVERS, COMMUNICATORS

control = Routes("campaign-control", tag="Campaigns")
ONE = "/v1/campaigns/{campaign_id}"


@control.staff(
    "POST",
    ONE + "/submit",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    query=control_views.VersionQuery,
    returns=views.CampaignView,
    also=(Conflict,),
)
def submit_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Submits a complete draft for approval. Changing it afterwards makes a draft of it again."""
    return _view(
        call, approve.submit(campaign_id, version=call.query.version, actor=call.actor, now=call.now)
    )


@control.staff(
    "POST",
    ONE + "/approve",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=control_views.Approval,
    returns=views.CampaignView,
    also=(Conflict,),
)
def approve_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Approves what was submitted, at the version that was looked at.

    Where the department asks for two people, not by one who wrote or submitted it.
    """
    return _view(
        call, approve.approve(campaign_id, version=call.body.version, actor=call.actor, now=call.now)
    )


@control.staff(
    "POST",
    ONE + "/reject",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=control_views.Rejection,
    returns=views.CampaignView,
    also=(Conflict,),
)
def reject_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Returns a campaign that was submitted, approved or scheduled to its authors, with the reason."""
    return _view(call, approve.reject(campaign_id, reason=call.body.reason, actor=call.actor, now=call.now))


@control.staff(
    "POST",
    ONE + "/schedule",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=control_views.Start,
    returns=views.CampaignView,
    also=(Conflict,),
)
def schedule_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Has a campaign start by itself, within a minute of the time given; once more sets another time."""
    return _view(
        call,
        schedule.schedule(
            campaign_id,
            starts_at=call.body.starts_at,
            version=call.body.version,
            actor=call.actor,
            now=call.now,
        ),
    )


@control.staff(
    "DELETE",
    ONE + "/schedule",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    returns=views.CampaignView,
    also=(Conflict,),
)
def unschedule_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Takes the start back: the campaign is as it was before it was scheduled."""
    return _view(call, schedule.unschedule(campaign_id, actor=call.actor))


@control.staff(
    "POST",
    ONE + "/pause",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    returns=views.CampaignView,
    also=(Conflict,),
)
def pause_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Pauses a send. What is just being sent may still go out; nothing is lost."""
    return _view(call, steer.pause(campaign_id, actor=call.actor, wiring=call.wiring))


@control.staff(
    "POST",
    ONE + "/resume",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=control_views.Resumption,
    returns=views.CampaignView,
    also=(Conflict,),
)
def resume_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Lets a paused send go on, to exactly those left; one that was halted, with the reason."""
    return _view(
        call, steer.resume(campaign_id, reason=call.body.reason, actor=call.actor, wiring=call.wiring)
    )


@control.staff(
    "POST",
    ONE + "/extend",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    returns=views.CampaignView,
    status=202,
    also=(Conflict,),
)
def extend_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Sends what was sent to those who joined its audience since, and to nobody a second time."""
    return _view(call, steer.extend(campaign_id, actor=call.actor, now=call.now, wiring=call.wiring))


@control.staff(
    "POST",
    ONE + "/correct",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=control_views.CorrectionRequest,
    returns=views.CampaignView,
    status=201,
    also=(Conflict,),
)
def correct_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Drafts a follow-up to exactly those who got it, which also puts right its posts and its page."""
    content = word_views.words_of(call.body.content)
    return _view(
        call,
        correct.correct(
            campaign_id,
            how=call.body.how,
            content=content,
            actor=call.actor,
            now=call.now,
            wiring=call.wiring,
        ),
    )


def _view(call: Call, campaign: Any) -> views.CampaignView:
    found = standing_now(campaign, now=call.now, wiring=call.wiring)
    return views.view(found, digest=reach.digest(campaign), warned=accounts.warnings(campaign, now=call.now))
