"""What an approval is of, and whether it counts. Pure."""

import json
from dataclasses import replace
from hashlib import sha256

from chalicelib.campaigns.model import Campaign, content_document
from chalicelib.campaigns.states import State
from chalicelib.core.errors import Conflict, Forbidden
from chalicelib.core.staff import Mode


def digest(campaign: Campaign) -> str:
    """SHA-256 of all that decides what goes to whom: not of its name."""
    seen = {
        "audience": campaign.audience,
        "channels": sorted(campaign.channels),
        "content": content_document(campaign.content),
        "default_language": campaign.default_language,
        "department": campaign.department,
        "expires_at": campaign.expires_at,
        "mode": campaign.mode,
    }
    text = json.dumps(seen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def returned(campaign: Campaign) -> Campaign:
    """The campaign as a draft again: without submission, approval and schedule."""
    return replace(
        campaign,
        state=State.DRAFT,
        submitted_at="",
        submitted_by="",
        approved_at="",
        approved_by="",
        approved_digest="",
        starts_at="",
        scheduled_by="",
        due_at="",
    )


def require_other(campaign: Campaign, staff_id: str, *, two_person: bool) -> None:
    """Raises Forbidden (`second-person`) for one of those who wrote or submitted it, where two are needed."""
    if needs_two(campaign, two_person=two_person) and staff_id in {campaign.submitted_by, *campaign.authors}:
        raise Forbidden(
            "This department asks for a second person: somebody who neither wrote nor submitted it.",
            code="second-person",
        )


def require(campaign: Campaign, *, two_person: bool) -> None:
    """Raises Conflict (`not-approved`) unless it may be sent: approved as it is, where two are needed."""
    if not needs_two(campaign, two_person=two_person):
        return
    own = {"", campaign.submitted_by, *campaign.authors}
    if campaign.approved_by in own or campaign.approved_digest != digest(campaign):
        raise Conflict(
            "This department asks for a second person: submit the campaign, and have it approved.",
            code="not-approved",
        )


def needs_two(campaign: Campaign, *, two_person: bool) -> bool:
    """Whether two people must agree; never in mode test, for nothing leaves."""
    return two_person and campaign.mode != Mode.TEST
