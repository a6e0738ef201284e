"""What an approval is of, and whether it counts. Pure."""

import json
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from chalicelib.campaigns.model import Campaign, Meaning, content_document
from chalicelib.campaigns.states import State
from chalicelib.core.errors import Conflict, Forbidden
from chalicelib.core.staff import Mode


def digest(campaign: Campaign, meaning: Meaning) -> str:
    """SHA-256 of all that decides what goes to whom: of what its names stand for, but not of its own."""
    text = json.dumps(
        {**decided(campaign), **asdict(meaning)}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return sha256(text.encode()).hexdigest()


def decided(campaign: Campaign) -> dict[str, Any]:
    """All in a campaign that decides what goes to whom."""
    return {
        "accounts": sorted(campaign.accounts),
        "archived": campaign.archived,
        "audience": campaign.audience,
        "channels": sorted(campaign.channels),
        "daylight": campaign.daylight,
        "content": content_document(campaign.content),
        "correction": asdict(campaign.correction) if campaign.correction else None,
        "default_language": campaign.default_language,
        "department": campaign.department,
        "event": asdict(campaign.event) if campaign.event else None,
        "expires_at": campaign.expires_at,
        "ladder": campaign.ladder,
        "images": [asdict(one) for one in campaign.images],
        "mode": campaign.mode,
        "variants": [asdict(one) for one in campaign.variants],
        "utm_campaign": campaign.utm_campaign,
        "send_time": campaign.send_time,
        "window": asdict(campaign.window) if campaign.window else None,
    }


def returned(campaign: Campaign) -> Campaign:
    """The campaign as a draft again: without submission, approval and schedule."""
    return replace(
        campaign,
        state=State.DRAFT,
        submitted_at="",
        submitted_by="",
        approved_at="",
        approved_by="",
        digest="",
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


def require(campaign: Campaign, present: str, *, two_person: bool) -> None:
    """Raises Conflict unless a campaign of this digest may be sent.

    `not-approved` where two are needed; `approval-outdated` where something else would be sent than was
    approved.
    """
    require_approved(campaign, two_person=two_person)
    if campaign.approved_by:
        require_same(campaign, present)


def require_same(campaign: Campaign, present: str) -> None:
    """Raises Conflict (`approval-outdated`) unless it means what it meant when it was submitted."""
    if campaign.digest != present:
        raise Conflict(
            "A segment, a topic's name, a picture's text or what links carry was changed since it was "
            "submitted: it would not be what was looked at. Submit it again.",
            code="approval-outdated",
        )


def require_approved(campaign: Campaign, *, two_person: bool) -> None:
    """Raises Conflict (`not-approved`) where two are needed, and nobody else approved it."""
    own = {"", campaign.submitted_by, *campaign.authors}
    if needs_two(campaign, two_person=two_person) and campaign.approved_by in own:
        raise Conflict(
            "This department asks for a second person: submit the campaign, and have it approved.",
            code="not-approved",
        )


def needs_two(campaign: Campaign, *, two_person: bool) -> bool:
    """Whether two people must agree; never in mode test, for nothing leaves."""
    return two_person and campaign.mode != Mode.TEST
