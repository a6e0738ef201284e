"""Links to the pages of reports, of a campaign or of a period, for staff to open and to pass on.

Staff have no pages to log in to, so a link is the key: signed, for this one purpose, and for days, not for
ever. It says of what the report is and nothing else; the page behind it has nothing of a person.

    payload = "c" | the campaign's id: 16 bytes          or          "p" | the period's query, as JSON
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
from chalicelib.engagement.reports import periods
from chalicelib.engagement.reports.period_views import PeriodQuery
from chalicelib.subscribers import growth

CAMPAIGN, PERIOD = b"c", b"p"


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
    return _link(CAMPAIGN + bytes.fromhex(campaign_id), days=days, now=now, wiring=wiring)


def of_period(query: PeriodQuery, *, days: int, now: datetime, wiring: Wiring) -> Link:
    """A link to the report of a period; one without an end is always of the latest weeks.

    Raises InvalidFields (`from`).
    """
    periods.period(query, today=growth.day_of(now, time_zone=wiring.settings.time_zone))
    asked = query.model_dump_json(by_alias=True, exclude_none=True, exclude={"format"})
    return _link(PERIOD + asked.encode(), days=days, now=now, wiring=wiring)


def read(token: str, *, now: datetime, wiring: Wiring) -> Campaign | PeriodQuery:
    """What a link opens: the report of a campaign, or of a period.

    Raises TokenRefused, also where the campaign is gone; ReportLinkExpired.
    """
    try:
        payload = verify(Purpose.REPORT, token, ring=wiring.ring, now=now)
        if payload.startswith(PERIOD):
            return PeriodQuery.model_validate_json(payload[1:])
        campaign = tables.read(payload[1:].hex())
    except TokenExpired:
        raise ReportLinkExpired("This link has expired.") from None
    except NotFound:
        raise TokenRefused("This link is not valid.") from None
    require_report(campaign, wiring=wiring)
    return campaign


def _link(payload: bytes, *, days: int, now: datetime, wiring: Wiring) -> Link:
    expires = now + timedelta(days=days)
    token = sign(Purpose.REPORT, payload, ring=wiring.ring, expires=expires)
    return Link(wiring.settings.url(f"/reports/{token}"), rfc3339(expires))


def require_report(campaign: Campaign, *, wiring: Wiring) -> None:
    """Raises Conflict (`wrong-state`) for a campaign that has no report, since it was not launched."""
    found = standing(campaign, wiring=wiring)
    states.require("report", found.status if found.progress else states.DRAFT)
