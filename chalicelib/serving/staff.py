"""The API's own function: what staff do, but for alerts, and the description of all of it."""

from chalicelib.campaigns import (
    count_routes,
    destination_routes,
    forecast_routes,
    report_routes,
    snapshot_routes,
)
from chalicelib.campaigns.control_routes import control
from chalicelib.campaigns.permission import routes as permission_routes
from chalicelib.campaigns.routes import campaigns
from chalicelib.campaigns.sources import routes as source_routes
from chalicelib.campaigns.sunset import routes as sunset_routes
from chalicelib.channels.accounts import routes as account_routes
from chalicelib.conversations import routes as conversation_routes
from chalicelib.core import department_routes, media_routes
from chalicelib.core import routes as core_routes
from chalicelib.core.app import CrierApp
from chalicelib.delivery import routes as sending_routes
from chalicelib.delivery.digests import routes as digest_routes
from chalicelib.delivery.posts import routes as post_routes
from chalicelib.engagement.destinations.conversions import routes as goal_routes
from chalicelib.engagement.destinations.posters import routes as poster_routes
from chalicelib.engagement.reports.routes import routes as period_reports
from chalicelib.engagement.timing import routes as timing_routes
from chalicelib.history import routes as history_routes
from chalicelib.serving import description
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
    description.routes,
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

app = CrierApp.serving(ROUTES)
