"""Crier's table of contents: the routes of each room, then what its queues and schedules start."""

from chalicelib.alerts import functions as alerts_functions
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
from chalicelib.campaigns import (
    count_routes,
    destination_routes,
    forecast_routes,
    report_routes,
    snapshot_routes,
)
from chalicelib.campaigns import functions as campaigns_functions
from chalicelib.campaigns.archive import feed_pages
from chalicelib.campaigns.archive import pages as archive_pages
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
from chalicelib.history import pages as record_pages
from chalicelib.history import routes as history_routes
from chalicelib.subscribers import functions as subscribers_functions
from chalicelib.subscribers.api import areas as area_routes
from chalicelib.subscribers.api import imports as import_routes
from chalicelib.subscribers.api import invitations as invitation_routes
from chalicelib.subscribers.api import segments as segment_routes
from chalicelib.subscribers.api import subscribers as subscriber_routes
from chalicelib.subscribers.api import suppressions as suppression_routes
from chalicelib.subscribers.api import topics as topic_routes
from chalicelib.subscribers.old_links import routes as old_link_routes
from chalicelib.subscribers.pages import addresses as address_pages
from chalicelib.subscribers.pages import confirm as confirm_pages
from chalicelib.subscribers.pages import doors
from chalicelib.subscribers.pages import embed as embed_pages
from chalicelib.subscribers.pages import places as place_pages
from chalicelib.subscribers.pages import preferences as preference_pages
from chalicelib.subscribers.pages import push as push_pages
from chalicelib.subscribers.pages import sign_up as sign_up_pages

app = CrierApp(app_name="crier")
app.register_blueprint(core_routes.about.blueprint)
app.register_blueprint(core_routes.staff.blueprint)
app.register_blueprint(department_routes.staff.blueprint)
app.register_blueprint(department_routes.public.blueprint)
app.register_blueprint(media_routes.staff.blueprint)
app.register_blueprint(media_routes.public.blueprint)
app.register_blueprint(sign_up_pages.routes.blueprint)
app.register_blueprint(embed_pages.routes.blueprint)
app.register_blueprint(confirm_pages.routes.blueprint)
app.register_blueprint(doors.routes.blueprint)
app.register_blueprint(preference_pages.routes.blueprint)
app.register_blueprint(address_pages.routes.blueprint)
app.register_blueprint(place_pages.routes.blueprint)
app.register_blueprint(push_pages.routes.blueprint)
app.register_blueprint(archive_pages.routes.blueprint)
app.register_blueprint(feed_pages.routes.blueprint)
app.register_blueprint(topic_routes.routes.blueprint)
app.register_blueprint(invitation_routes.routes.blueprint)
app.register_blueprint(subscriber_routes.routes.blueprint)
app.register_blueprint(import_routes.routes.blueprint)
app.register_blueprint(permission_routes.staff.blueprint)
app.register_blueprint(permission_routes.public.blueprint)
app.register_blueprint(sunset_routes.staff.blueprint)
app.register_blueprint(sunset_routes.public.blueprint)
app.register_blueprint(old_link_routes.staff.blueprint)
app.register_blueprint(old_link_routes.public.blueprint)
app.register_blueprint(suppression_routes.routes.blueprint)
app.register_blueprint(segment_routes.routes.blueprint)
app.register_blueprint(area_routes.routes.blueprint)
app.register_blueprint(account_routes.routes.blueprint)
app.register_blueprint(alerts.blueprint)
app.register_blueprint(alert_source_routes.routes.blueprint)
app.register_blueprint(follow_routes.routes.blueprint)
app.register_blueprint(alert_record_routes.routes.blueprint)
app.register_blueprint(alert_record_pages.routes.blueprint)
app.register_blueprint(answer_page.routes.blueprint)
app.register_blueprint(canary_routes.routes.blueprint)
app.register_blueprint(drill_routes.routes.blueprint)
app.register_blueprint(template_routes.routes.blueprint)
app.register_blueprint(public_alerts.blueprint)
app.register_blueprint(answer_routes.routes.blueprint)
app.register_blueprint(campaigns.blueprint)
app.register_blueprint(count_routes.routes.blueprint)
app.register_blueprint(snapshot_routes.routes.blueprint)
app.register_blueprint(source_routes.routes.blueprint)
app.register_blueprint(forecast_routes.routes.blueprint)
app.register_blueprint(report_routes.staff.blueprint)
app.register_blueprint(report_routes.public.blueprint)
app.register_blueprint(control.blueprint)
app.register_blueprint(sending_routes.routes.blueprint)
app.register_blueprint(post_routes.routes.blueprint)
app.register_blueprint(digest_routes.routes.blueprint)
app.register_blueprint(engagement_routes.blueprint)
app.register_blueprint(poster_routes.routes.blueprint)
app.register_blueprint(timing_routes.routes.blueprint)
app.register_blueprint(period_reports.blueprint)
app.register_blueprint(goal_routes.routes.blueprint)
app.register_blueprint(destination_routes.routes.blueprint)
app.register_blueprint(conversation_routes.routes.blueprint)
app.register_blueprint(history_routes.routes.blueprint)
app.register_blueprint(record_pages.routes.blueprint)

app.register_blueprint(delivery_functions.functions)
app.register_blueprint(engagement_functions.functions)
app.register_blueprint(conversations_functions.functions)
app.register_blueprint(subscribers_functions.functions)
app.register_blueprint(campaigns_functions.functions)
app.register_blueprint(alerts_functions.functions)
app.register_blueprint(history_functions.functions)
