"""How a campaign stands: what staff did with it, and what its plan says."""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.campaigns import states
from chalicelib.campaigns.model import Campaign
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.pace import Outlook, outlook
from chalicelib.delivery.progress import Progress, progress
from chalicelib.delivery.sending import holds


@dataclass(frozen=True)
class Standing:
    """A campaign with its status and, once it was launched, its progress.

    `held`: it waits, as all campaigns do, because too much of the account's mail came back.
    """

    campaign: Campaign
    status: str
    progress: Progress | None
    outlook: Outlook | None = None
    held: bool = False


def standing(campaign: Campaign, *, wiring: Wiring) -> Standing:
    """The present standing, read from the plan."""
    found = plan_progress(campaign, wiring=wiring)
    return Standing(campaign, states.status_of(campaign.state, found.status if found else None), found)


def standing_now(campaign: Campaign, *, now: datetime, wiring: Wiring) -> Standing:
    """The same, with rate and expected finish while it is sending."""
    found = standing(campaign, wiring=wiring)
    if found.progress is None or found.status != states.SENDING:
        return found
    return replace(
        found,
        outlook=outlook(campaign.plan_id, found.progress, now=now, wiring=wiring),
        held=holds("bulk", campaign.channels, wiring=wiring),
    )


def plan_progress(campaign: Campaign, *, wiring: Wiring) -> Progress | None:
    """The progress of a campaign's plan; None where there is none (yet)."""
    if not campaign.plan_id:
        return None
    try:
        return progress(campaign.plan_id, wiring=wiring)
    except NotFound:
        return None
