"""The routes of reports over many campaigns."""

from chalice import Response

from chalicelib.core.http import Call, Routes
from chalicelib.core.staff import VIEWERS
from chalicelib.engagement.reports import period_sheet, periods
from chalicelib.engagement.reports.formats import CSV, csv_response, wants_csv
from chalicelib.engagement.reports.often import FrequencyQuery, FrequencyView, frequency
from chalicelib.engagement.reports.period_views import PeriodQuery, PeriodView

routes = Routes("reports", tag="Reports")


@routes.staff("GET", "/v1/reports", roles=VIEWERS, query=PeriodQuery, returns=PeriodView, or_as=CSV)
def report_period(call: Call) -> PeriodView | Response:
    """Reports whole weeks by topic, department, channel, language, place or week.

    What was sent and read, who came and went, the list's health, and what it cost.
    """
    found = periods.report(call.query, now=call.now, wiring=call.wiring)
    return csv_response(period_sheet.as_csv(found)) if wants_csv(call) else found


@routes.staff(
    "GET",
    "/v1/departments/{department_id}/frequency",
    roles=VIEWERS,
    query=FrequencyQuery,
    returns=FrequencyView,
)
def show_frequency(call: Call, department_id: str) -> FrequencyView:
    """Advises a department on how often to write to one person, by the fatigue that is seen."""
    return frequency(department_id, back=call.query.weeks, now=call.now, wiring=call.wiring)
