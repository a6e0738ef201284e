"""Whether a campaign could be sent now: complete, its audience there, not too old, approved."""

from datetime import datetime

from chalicelib.campaigns import approval
from chalicelib.campaigns.complete import missing
from chalicelib.campaigns.draft import audience_errors
from chalicelib.campaigns.model import Campaign
from chalicelib.core import departments
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.staff import Actor


def require_complete(campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """Raises InvalidFields naming every gap; `actor` is who must be allowed to reach the audience."""
    found = missing(campaign)
    if campaign.audience is not None:
        found += audience_errors(campaign.audience, actor=actor)
    if campaign.expires_at and campaign.expires_at <= rfc3339(now):
        found.append(FieldError("/expires_at", "By now this is past; what is too old is not sent."))
    if found:
        raise InvalidFields(*found, detail="The campaign is not complete; nothing was sent.")


def require_sendable(campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """The same, and Conflict (`not-approved`) where a second person must agree and has not."""
    require_complete(campaign, actor=actor, now=now)
    approval.require(campaign, two_person=departments.asks_for_two(campaign.department))
