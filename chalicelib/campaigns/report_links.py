"""Links to the page of a campaign's report, for staff to open and to pass on.

Staff have no pages to log in to, so a link is the key: signed, for this one purpose, and for days, not for
ever. It names the campaign and nothing else; the page behind it has nothing of a person.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.campaigns import states, tables
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.standing import standing
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Gone, NotFound
from chalicelib.core.tokens import Purpose, TokenExpired, TokenRefused, sign, verify
from chalicelib.core.wiring import Wiring


class ReportLinkExpired(Gone):
    """The link is genuine, but its days are over: its reader asks whoever gave it for another."""

    code = "report-link-expired"


class Link(NamedTuple):
    """The address of a page, and until when it opens (RFC 3339)."""

    url: str
    expires_at: str


def make(campaign_id: str, *, days: int, now: datetime, wiring: Wiring) -> Link:
    """A link to the report of a campaign that was launched. Raises NotFound, Conflict (`wrong-state`)."""
    require_report(tables.read(campaign_id), wiring=wiring)
    expires = now + timedelta(days=days)
    token = sign(Purpose.REPORT, bytes.fromhex(campaign_id), ring=wiring.ring, expires=expires)
    return Link(wiring.settings.url(f"/reports/{token}"), rfc3339(expires))


def read(token: str, *, now: datetime, wiring: Wiring) -> Campaign:
    """The campaign whose report a link opens.

    Raises TokenRefused, also where the campaign is gone; ReportLinkExpired.
    """
    try:
        campaign = tables.read(verify(Purpose.REPORT, token, ring=wiring.ring, now=now).hex())
    except TokenExpired:
        raise ReportLinkExpired("This link has expired.") from None
    except NotFound:
        raise TokenRefused("This link is not valid.") from None
    require_report(campaign, wiring=wiring)
    return campaign


def require_report(campaign: Campaign, *, wiring: Wiring) -> None:
    """Raises Conflict (`wrong-state`) for a campaign that has no report, since it was not launched."""
    found = standing(campaign, wiring=wiring)
    states.require("report", found.status if found.progress else states.DRAFT)
