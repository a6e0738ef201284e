"""Whether a campaign could be sent now: complete, its audience there, not too old, approved."""

from datetime import datetime

from chalicelib.campaigns import accounts, approval, calendar, correct, pictures, reach
from chalicelib.campaigns.audiences import Known
from chalicelib.campaigns.complete import missing
from chalicelib.campaigns.model import Campaign, Meaning
from chalicelib.core import departments
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.settings import settings
from chalicelib.core.staff import Actor


def require_complete(campaign: Campaign, *, actor: Actor, now: datetime) -> Meaning:
    """What a complete campaign's names stand for, read once: what is judged here is what is sent.

    Raises InvalidFields naming every gap; `actor` is who must be allowed to reach the audience.
    """
    found = (
        missing(campaign)
        + accounts.errors(calendar.said(campaign, settings=settings()), actor=actor)
        + pictures.errors(campaign)
    )
    found += correct.missing(campaign)
    named = Known({})
    if campaign.audience is not None:
        named = reach.known(campaign.audience)
        found += reach.judged(campaign.audience, named, actor=actor, now=now)
    if campaign.expires_at and campaign.expires_at <= rfc3339(now):
        found.append(FieldError("/expires_at", "By now this is past; what is too old is not sent."))
    if found:
        raise InvalidFields(*found, detail="The campaign is not complete; nothing was sent.")
    return reach.meant(campaign, named)


def require_sendable(campaign: Campaign, *, actor: Actor, now: datetime) -> Meaning:
    """The same; also raises Conflict where it is not approved as it is (`approval.require`)."""
    meaning = require_complete(campaign, actor=actor, now=now)
    two_person = departments.asks_for_two(campaign.department)
    approval.require(campaign, approval.digest(campaign, meaning), two_person=two_person)
    return meaning
