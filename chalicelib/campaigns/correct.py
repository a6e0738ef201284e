"""Corrections: a follow-up to exactly those who got a campaign, which also puts right what stands in public.

A correction is a campaign of its own, with all its approvals. It reaches each person on the channels on
which the first one was handed over, or may have been. At its launch, the first one's posts and its page in
the archive follow, and its item is taken out of the digests to come: their readers find the correction there.
"""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.campaigns import access, digests, draft, posting, states, tables
from chalicelib.campaigns.archive import issues
from chalicelib.campaigns.model import Campaign, Correction, Draft
from chalicelib.campaigns.standing import plan_progress, standing
from chalicelib.core.errors import Conflict, FieldError
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import SAME, Expression
from chalicelib.delivery.content import Words
from chalicelib.delivery.plans import plans

REPLACE, ADD, WITHDRAW = "replace", "add", "withdraw"
NAME_MAX = 200


def correct(
    campaign_id: str,
    *,
    how: str,
    content: Mapping[str, Words],
    actor: Actor,
    now: datetime,
    wiring: Wiring,
) -> Campaign:
    """Drafts the correction of a campaign that was sent, or cancelled after its launch.

    Without `content`, it begins with the words of the campaign. A correction of a correction is one of the
    first campaign. Raises NotFound, Forbidden, Conflict, InvalidFields.
    """
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    states.require("correct", standing(campaign, wiring=wiring).status)
    first = tables.read(campaign.correction.campaign) if campaign.correction else campaign
    if not first.plan_id:
        raise Conflict("It was cancelled before it was launched: nobody got it.", code="never-sent")
    drafted = Draft(
        name=f"Correction: {first.name}"[:NAME_MAX],
        department=first.department,
        channels=first.channels,
        default_language=first.default_language,
        content=content or campaign.content,
        audience=audience_of(first.id),
        archived=first.archived,
        daylight=first.daylight,
        images=first.images,
        event=campaign.event,
        utm_campaign=first.utm_campaign,
    )
    correction = Correction(first.id, how)
    return draft.create(drafted, correction=correction, actor=actor, now=now, wiring=wiring)


def audience_of(campaign_id: str) -> Expression:
    """Exactly those whom a campaign was handed over to, or may have been, on the same channels."""
    states_of = ("sent", "unknown")
    return {
        "any": [
            {"deliveries": {"campaign": campaign_id, "state": state, "channel": SAME}} for state in states_of
        ]
    }


def missing(campaign: Campaign) -> list[FieldError]:
    """What keeps a correction from being one: words that are still those of the campaign it corrects."""
    if campaign.correction is None or campaign.content != tables.read(campaign.correction.campaign).content:
        return []
    return [FieldError("/content", "These are still the words that it corrects; write what is right.")]


def require_settled(campaign: Campaign, *, wiring: Wiring) -> None:
    """Raises Conflict (`still-settling`) while messages of what is corrected may still go out."""
    if campaign.correction is None:
        return
    found = plan_progress(tables.read(campaign.correction.campaign), wiring=wiring)
    if found is None or not found.closed_at:
        raise Conflict(
            "Messages of the campaign that it corrects are still on their way; try again in a minute.",
            code="still-settling",
        )


def digest_audience(campaign: Campaign, *, wiring: Wiring) -> Expression | None:
    """Whom the campaign that it corrects was for: readers of digests among them get the correction there."""
    if campaign.correction is None:
        return None
    return plans(wiring).head(tables.read(campaign.correction.campaign).plan_id).audience


def take_effect(campaign: Campaign, *, now: datetime, wiring: Wiring) -> None:
    """Puts right what stands in public of the campaign that a launched one corrects; twice is harmless."""
    if campaign.correction is None:
        return
    first = tables.read(campaign.correction.campaign)
    tables.note_correction(first.id, campaign.id)
    digests.withdraw(first, wiring=wiring)
    issues.correct(first, campaign)
    how = campaign.correction.how
    if how == WITHDRAW:
        posting.withdraw(first, once=campaign.id, now=now, wiring=wiring)
    else:
        posting.correct(first, campaign, how=how, now=now, wiring=wiring)
