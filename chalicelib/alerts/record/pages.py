"""The page of the report after the action, for everybody: of a live alert that is over."""

from chalice import Response

from chalicelib.alerts import tables
from chalicelib.alerts.public.notice import notice
from chalicelib.alerts.record.for_all import shown
from chalicelib.alerts.record.report import report
from chalicelib.alerts.states import OVER
from chalicelib.core import pages
from chalicelib.core.errors import NotFound
from chalicelib.core.http import Call, Routes
from chalicelib.core.settings import settings

FRESH_S = 300
routes = Routes("alert_record_pages", tag="Pages")


@routes.page("GET", "/alerts/{name}/record")
def after_action(call: Call, name: str) -> Response:
    """Shows what became of an alert once it is over, without anything of a person."""
    alert, _ = tables.public(name)
    if alert.state not in OVER:
        raise NotFound("This alert is not over.")
    language = pages.language_wanted(call.query, call.headers)
    found = report(alert.id, counting_s=0, now=call.now, wiring=call.wiring)
    return pages.render(
        "pages/after_action.html",
        language,
        max_age_s=FRESH_S,
        told=notice(alert, language, settings=settings()),
        shown=shown(found, language, now=call.now, settings=settings()),
        chain=found.chain,
        page=pages.in_language(f"/alerts/{alert.id}", language),
    )
