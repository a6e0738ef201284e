"""The function `Alerts`: all that is asked of alerts, by staff and by the public."""

from chalicelib.alerts.answers import page as answer_page
from chalicelib.alerts.answers import routes as answer_routes
from chalicelib.alerts.canary import routes as canary_routes
from chalicelib.alerts.drills import routes as drill_routes
from chalicelib.alerts.follow import routes as follow_routes
from chalicelib.alerts.public.routes import routes as public_alerts
from chalicelib.alerts.record import pages as alert_record_pages
from chalicelib.alerts.record import routes as alert_record_routes
from chalicelib.alerts.routes import alerts
from chalicelib.alerts.sources import routes as alert_source_routes
from chalicelib.alerts.templates import routes as template_routes
from chalicelib.core.app import CrierApp

ROUTES = (
    alerts,
    alert_source_routes.routes,
    follow_routes.routes,
    alert_record_routes.routes,
    alert_record_pages.routes,
    answer_page.routes,
    canary_routes.routes,
    drill_routes.routes,
    template_routes.routes,
    public_alerts,
    answer_routes.routes,
)

app = CrierApp.serving(ROUTES)
