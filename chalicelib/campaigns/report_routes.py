"""The routes of reports: of a campaign's, of links for staff to pass on, of the pages they open; recounts."""

from typing import Literal

from chalice import Response
from pydantic import Field

from chalicelib.campaigns import report_links, tables
from chalicelib.campaigns.archive.public_page import public_page
from chalicelib.core import departments, pages
from chalicelib.core.brands import branded
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Call, Model, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.engagement import recount
from chalicelib.engagement.reports import often, period_shown, periods
from chalicelib.engagement.reports.campaign import report
from chalicelib.engagement.reports.formats import CSV, FormatQuery, csv_response, wants_csv
from chalicelib.engagement.reports.period_views import PeriodQuery
from chalicelib.engagement.reports.sheet import as_csv
from chalicelib.engagement.reports.shown import shown
from chalicelib.engagement.reports.views import ReportView

MOST_DAYS = 31
staff = Routes("campaign-reports", tag="Campaigns")
public = Routes("report-pages", tag="Pages")


@staff.staff(
    "GET",
    "/v1/campaigns/{campaign_id}/report",
    roles=VIEWERS,
    query=FormatQuery,
    returns=ReportView,
    also=(Conflict,),
    or_as=CSV,
)
def report_campaign(call: Call, campaign_id: str) -> ReportView | Response:
    """Reports what became of a launched campaign, and what its readers did: raw, machines and people."""
    campaign = tables.read(campaign_id)
    report_links.require_report(campaign, wiring=call.wiring)
    told = report(campaign.plan_id, wiring=call.wiring)
    if wants_csv(call):
        return csv_response(as_csv(told))
    return told.model_copy(update={"page": public_page(campaign, settings=call.wiring.settings)})


class NewLink(Model):
    """For how long a link is wanted."""

    days: int = Field(7, ge=1, le=MOST_DAYS, description="After so many days it opens nothing more.")


class LinkView(Model):
    """A link to the page of a report: whoever has it may read the report, so pass it on with care."""

    url: str
    expires_at: str


@staff.staff(
    "POST",
    "/v1/campaigns/{campaign_id}/report/link",
    roles=VIEWERS,
    modes=ANY_MODE,
    body=NewLink,
    returns=LinkView,
    status=201,
    also=(Conflict,),
    secret=True,
)
def link_report(call: Call, campaign_id: str) -> LinkView:
    """Makes a link to the page of a launched campaign's report, which opens without a key."""
    link = report_links.make(campaign_id, days=call.body.days, now=call.now, wiring=call.wiring)
    return LinkView(url=link.url, expires_at=link.expires_at)


@staff.staff(
    "POST",
    "/v1/reports/link",
    roles=VIEWERS,
    modes=ANY_MODE,
    query=PeriodQuery,
    body=NewLink,
    returns=LinkView,
    status=201,
    secret=True,
)
def link_period_report(call: Call) -> LinkView:
    """Makes a link to the page of the report that `GET /v1/reports` answers to the same query."""
    link = report_links.of_period(call.query, days=call.body.days, now=call.now, wiring=call.wiring)
    return LinkView(url=link.url, expires_at=link.expires_at)


class RecountView(Model):
    """A recount that was asked for."""

    plan_id: str
    state: Literal["running"] = Field(description="It is done within minutes; what was wrong is in the log.")


@staff.staff(
    "POST",
    "/v1/campaigns/{campaign_id}/recount",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    returns=RecountView,
    status=202,
    also=(Conflict,),
)
def recount_campaign(call: Call, campaign_id: str) -> RecountView:
    """Counts anew what readers did with a launched campaign, by today's rules, and sets the report right."""
    campaign = tables.read(campaign_id)
    report_links.require_report(campaign, wiring=call.wiring)
    recount.ask(campaign.plan_id, wiring=call.wiring)
    return RecountView(plan_id=campaign.plan_id, state="running")


@public.page("GET", "/reports/{token}", also=(Conflict,))
def show_report(call: Call, token: str) -> Response:
    """Shows the report of a campaign or a period to whoever has a link to it; nobody is named on it."""
    language = pages.language_wanted(call.query, call.headers)
    now, wiring = call.now, call.wiring
    of = report_links.read(token, now=now, wiring=wiring)
    if isinstance(of, PeriodQuery):
        found = periods.report(of, now=now, wiring=wiring)
        advice = often.frequencies(periods.departments(found), now=now, wiring=wiring)
        paper = period_shown.shown(found, advice, language, now=now, settings=wiring.settings)
    else:
        told = report(of.plan_id, wiring=wiring)
        paper = shown(told, of.name, of.department, language, now=now, settings=wiring.settings)
    brand = branded(departments.brand_of(of.department) if of.department else {}, wiring.settings)
    return pages.render("pages/report.html", language, brand=brand, paper=paper)
