"""Who may act on a campaign: people of its department, with a key of the mode of the one that made it."""

from chalicelib.campaigns import tables
from chalicelib.campaigns.model import Campaign
from chalicelib.core.errors import Forbidden
from chalicelib.core.staff import Actor


def of_department(campaign_id: str, *, actor: Actor) -> Campaign:
    """The campaign, for an actor who acts for its department. Raises NotFound, Forbidden."""
    campaign = tables.read(campaign_id)
    actor.require_department(campaign.department)
    return campaign


def of_department_and_mode(campaign_id: str, *, actor: Actor) -> Campaign:
    """The same, if the key has the mode of the one that made it. Raises NotFound, Forbidden."""
    campaign = of_department(campaign_id, actor=actor)
    if campaign.mode != actor.mode:
        raise Forbidden(
            f"This campaign was made with a key of mode {campaign.mode}; use such a one.",
            code="wrong-mode",
        )
    return campaign
