"""Crier's table of contents: the routes of each room, then what its queues and schedules start."""

from chalicelib.alerts import functions as alerts_functions
from chalicelib.campaigns import (
    count_routes,
    destination_routes,
    forecast_routes,
    report_routes,
    snapshot_routes,
)
from chalicelib.campaigns import functions as campaigns_functions
from chalicelib.campaigns.control_routes import control
from chalicelib.campaigns.permission import routes as permission_routes
from chalicelib.campaigns.routes import campaigns
from chalicelib.campaigns.sources import routes as source_routes
from chalicelib.campaigns.sunset import routes as sunset_routes
from chalicelib.channels.accounts import routes as account_routes
from chalicelib.conversations import functions as conversations_functions
from chalicelib.conversations import routes as conversation_routes
from chalicelib.core import department_routes, media_routes
from chalicelib.core import routes as core_routes
from chalicelib.core.app import CrierApp
from chalicelib.delivery import functions as delivery_functions
from chalicelib.delivery import routes as sending_routes
from chalicelib.delivery.digests import routes as digest_routes
from chalicelib.delivery.posts import routes as post_routes
from chalicelib.engagement import functions as engagement_functions
from chalicelib.engagement import routes as engagement_routes
from chalicelib.engagement.destinations.conversions import routes as goal_routes
from chalicelib.engagement.destinations.posters import routes as poster_routes
from chalicelib.engagement.reports.routes import routes as period_reports
from chalicelib.engagement.timing import routes as timing_routes
from chalicelib.history import functions as history_functions
from chalicelib.history import routes as history_routes
from chalicelib.serving import alerts, public
from chalicelib.subscribers import functions as subscribers_functions
from chalicelib.subscribers.api import areas as area_routes
from chalicelib.subscribers.api import imports as import_routes
from chalicelib.subscribers.api import invitations as invitation_routes
from chalicelib.subscribers.api import segments as segment_routes
from chalicelib.subscribers.api import subscribers as subscriber_routes
from chalicelib.subscribers.api import suppressions as suppression_routes
from chalicelib.subscribers.api import topics as topic_routes
from chalicelib.subscribers.old_links import routes as old_link_routes

ROUTES = (
    core_routes.about,
    core_routes.staff,
    department_routes.staff,
    media_routes.staff,
    topic_routes.routes,
    invitation_routes.routes,
    subscriber_routes.routes,
    import_routes.routes,
    permission_routes.staff,
    sunset_routes.staff,
    old_link_routes.staff,
    suppression_routes.routes,
    segment_routes.routes,
    area_routes.routes,
    account_routes.routes,
    campaigns,
    count_routes.routes,
    snapshot_routes.routes,
    source_routes.routes,
    forecast_routes.routes,
    report_routes.staff,
    report_routes.public,
    control,
    sending_routes.routes,
    post_routes.routes,
    digest_routes.routes,
    poster_routes.routes,
    timing_routes.routes,
    period_reports,
    goal_routes.routes,
    destination_routes.routes,
    conversation_routes.routes,
    history_routes.routes,
)

app = CrierApp.serving((*ROUTES, *public.ROUTES, *alerts.ROUTES))

app.register_blueprint(engagement_routes.blueprint)
app.register_blueprint(delivery_functions.functions)
app.register_blueprint(engagement_functions.functions)
app.register_blueprint(conversations_functions.functions)
app.register_blueprint(subscribers_functions.functions)
app.register_blueprint(campaigns_functions.functions)
app.register_blueprint(alerts_functions.functions)
app.register_blueprint(history_functions.functions)
