"""Where on the agency's site people went in a period: the links of its campaigns, by page."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.campaigns import tables
from chalicelib.campaigns.model import Campaign
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.staff import Mode
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.resolve import plan_of
from chalicelib.engagement.destinations.pages import PageOver, by_page, over_campaigns
from chalicelib.engagement.reports.campaign import link_report
from chalicelib.engagement.reports.views import LinkReport

MADE_BEFORE = timedelta(days=90)
"""How long a campaign may have been a draft, to be found by its launch."""

MOST = 100
"""Campaigns that one request reads: nine requests to DynamoDB each."""


def destinations(
    since: date, until: date, *, department: str | None, topic: str | None, wiring: Wiring
) -> tuple[int, list[PageOver]]:
    """How many live campaigns were launched on these days where the agency is, and the pages they led to.

    Raises InvalidFields where they are more than one request reads.
    """
    found = [
        one
        for one in _launched(since, until, wiring=wiring)
        if department in (None, one.department) and (topic is None or topic in one.sources)
    ]
    if len(found) > MOST:
        message = f"These were {len(found)} campaigns; ask for fewer days, a department or a topic."
        raise InvalidFields(FieldError("since", message))
    return len(found), over_campaigns(by_page(_links(one, wiring=wiring)) for one in found)


def _launched(since: date, until: date, *, wiring: Wiring) -> Iterator[Campaign]:
    zone = ZoneInfo(wiring.settings.time_zone)
    first, end = (datetime.combine(day, time(), zone) for day in (since, until + timedelta(days=1)))
    for campaign in tables.made(first - MADE_BEFORE, end):
        launched = campaign.launched_at and campaign.plan_id and campaign.mode == Mode.LIVE
        if launched and rfc3339(first) <= campaign.launched_at < rfc3339(end):
            yield campaign


def _links(campaign: Campaign, *, wiring: Wiring) -> Iterator[LinkReport]:
    head, counts = plan_of(campaign.plan_id, wiring=wiring), counters.read(campaign.plan_id, wiring=wiring)
    return (link_report(number, url, counts, head.channels) for number, url in enumerate(head.links))
