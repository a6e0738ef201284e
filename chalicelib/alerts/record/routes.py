"""The route of the report after the action, for staff."""

from typing import Literal

from chalice import Response
from pydantic import Field

from chalicelib.alerts.record.model import Head
from chalicelib.alerts.record.report import report
from chalicelib.alerts.record.sheet import as_csv
from chalicelib.alerts.record.views import RecordView
from chalicelib.core.endpoints import Model
from chalicelib.core.http import SECURITY_HEADERS, Call, Routes
from chalicelib.core.staff import VIEWERS

CSV = "text/csv"
routes = Routes("alert_records", tag="Alerts")


class RecordQuery(Model):
    """How the report is answered, and what its chain is held against."""

    format: Literal["json", "csv"] | None = Field(None, description="Else as `Accept` asks for.")
    noted: str | None = Field(
        None,
        pattern="^[1-9][0-9]{0,7}:[0-9a-f]{64}$",
        description="A head that was noted before, from the log or another copy: `NUMBER:HASH`.",
    )


@routes.staff(
    "GET", "/v1/alerts/{alert_id}/record", roles=VIEWERS, query=RecordQuery, returns=RecordView, or_as=CSV
)
def show_alert_record(call: Call, alert_id: str) -> RecordView | Response:
    """Shows an alert's record, whether its chain is whole, and the report after the action.

    Counts on where it is not counted to its end yet: ask again while `counting`.
    """
    number, _, hash_ = (call.query.noted or "").partition(":")
    noted = Head(int(number), hash_) if number else None
    found = report(alert_id, noted=noted, now=call.now, wiring=call.wiring)
    wanted = call.query.format or ("csv" if CSV in call.headers.get("accept", "") else "json")
    if wanted == "json":
        return found
    return Response(as_csv(found), headers={"Content-Type": f"{CSV}; charset=utf-8", **SECURITY_HEADERS})
