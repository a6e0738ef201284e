"""How a campaign stands: what staff did with it, and what its plan says."""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.campaigns import states
from chalicelib.campaigns.model import Campaign
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.pace import Outlook, outlook
from chalicelib.delivery.posts.table import posts
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
    """The present standing, read from the plan; of what accounts alone post, from their posts."""
    found = plan_progress(campaign, wiring=wiring)
    status = states.status_of(campaign.state, found.status if found else None)
    if status == states.SENT and campaign.accounts and not campaign.channels:
        status = _of_posts(campaign, wiring=wiring)
    return Standing(campaign, status, found)


def _of_posts(campaign: Campaign, *, wiring: Wiring) -> str:
    if campaign.state == states.State.CANCELLED:
        return states.CANCELLED
    waiting = any(record.is_open for record in posts(wiring).of_plan(campaign.plan_id))
    return states.SENDING if waiting else states.SENT


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
