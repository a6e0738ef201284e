"""The routes of alerts."""

from chalicelib.alerts import tables, views
from chalicelib.alerts.standing import standing
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.staff import VIEWERS

alerts = Routes("alerts", tag="Alerts")


@alerts.staff("GET", "/v1/alerts", roles=VIEWERS, query=Listing, returns=PageOf[views.AlertSummary])
def list_alerts(call: Call) -> PageOf[views.AlertSummary]:
    """Lists the alerts of all departments and modes, the newest first."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    items = [views.summary(standing(one, wiring=call.wiring)) for one in page.items]
    return PageOf(items=items, next=page.next)
