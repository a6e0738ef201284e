"""Crier's table of contents: blueprints, and one line per queue and schedule. The rooms do the rest."""

from functools import partial
from typing import Any

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.alerts.answers import page as answer_page
from chalicelib.alerts.answers import routes as answer_routes
from chalicelib.alerts.canary import routes as canary_routes
from chalicelib.alerts.canary.fly import fly
from chalicelib.alerts.counted import go_on
from chalicelib.alerts.drills import routes as drill_routes
from chalicelib.alerts.follow import routes as follow_routes
from chalicelib.alerts.public.routes import routes as public_alerts
from chalicelib.alerts.record import pages as alert_record_pages
from chalicelib.alerts.record import routes as alert_record_routes
from chalicelib.alerts.routes import alerts
from chalicelib.alerts.sources import poll as alert_sources
from chalicelib.alerts.sources import routes as alert_source_routes
from chalicelib.alerts.templates import routes as template_routes
from chalicelib.alerts.watch import watch
from chalicelib.campaigns import (
    count_routes,
    destination_routes,
    forecast_routes,
    report_routes,
    snapshot_routes,
)
from chalicelib.campaigns.accounts import needed
from chalicelib.campaigns.archive import feed_pages
from chalicelib.campaigns.archive import pages as archive_pages
from chalicelib.campaigns.control_routes import control
from chalicelib.campaigns.count import continue_count
from chalicelib.campaigns.exports import export
from chalicelib.campaigns.permission import routes as permission_routes
from chalicelib.campaigns.routes import campaigns
from chalicelib.campaigns.sources import routes as source_routes
from chalicelib.campaigns.sources.poll import poll
from chalicelib.campaigns.sunset import routes as sunset_routes
from chalicelib.campaigns.sunset.run import sunset
from chalicelib.campaigns.tick import tick
from chalicelib.channels.accounts import routes as account_routes
from chalicelib.channels.accounts.tokens import look_after
from chalicelib.conversations import routes as conversation_routes
from chalicelib.conversations.help_in import take_call
from chalicelib.conversations.inbound import take
from chalicelib.core import department_routes, media_routes
from chalicelib.core import routes as core_routes
from chalicelib.core.app import CrierApp
from chalicelib.core.batch import all_messages, each_message
from chalicelib.core.wiring import wiring
from chalicelib.delivery import routes as sending_routes
from chalicelib.delivery.deliver import deliver
from chalicelib.delivery.digests import routes as digest_routes
from chalicelib.delivery.expand import expand
from chalicelib.delivery.notify import notify
from chalicelib.delivery.posts import routes as post_routes
from chalicelib.delivery.posts.work import work as post
from chalicelib.delivery.receipts import note_receipt
from chalicelib.delivery.sweep import sweep
from chalicelib.engagement import routes as engagement_routes
from chalicelib.engagement import study
from chalicelib.engagement.collect import collect
from chalicelib.engagement.destinations.conversions import routes as goal_routes
from chalicelib.engagement.destinations.posters import routes as poster_routes
from chalicelib.engagement.destinations.posters.count import count as count_scans
from chalicelib.engagement.reports.count import take as take_census
from chalicelib.engagement.reports.routes import routes as period_reports
from chalicelib.engagement.settle import settle
from chalicelib.engagement.timing import routes as timing_routes
from chalicelib.engagement.variants.allocate import allocate
from chalicelib.history import forget
from chalicelib.history import pages as record_pages
from chalicelib.history import routes as history_routes
from chalicelib.subscribers.api import areas as area_routes
from chalicelib.subscribers.api import imports as import_routes
from chalicelib.subscribers.api import invitations as invitation_routes
from chalicelib.subscribers.api import segments as segment_routes
from chalicelib.subscribers.api import subscribers as subscriber_routes
from chalicelib.subscribers.api import suppressions as suppression_routes
from chalicelib.subscribers.api import topics as topic_routes
from chalicelib.subscribers.imports.close import close_due
from chalicelib.subscribers.imports.queue import work_off
from chalicelib.subscribers.imports.work import seconds_left
from chalicelib.subscribers.old_links import routes as old_link_routes
from chalicelib.subscribers.pages import addresses as address_pages
from chalicelib.subscribers.pages import confirm as confirm_pages
from chalicelib.subscribers.pages import doors
from chalicelib.subscribers.pages import embed as embed_pages
from chalicelib.subscribers.pages import places as place_pages
from chalicelib.subscribers.pages import preferences as preference_pages
from chalicelib.subscribers.pages import push as push_pages
from chalicelib.subscribers.pages import sign_up as sign_up_pages
from chalicelib.subscribers.requests import answer_request

Failures = dict[str, Any]

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


@app.on_sqs_message(queue="expand-urgent", batch_size=1)
def expand_urgent(event: SQSEvent) -> Failures:
    """Alerts: the next step."""
    return each_message(event, partial(expand, wiring=wiring()))


@app.on_sqs_message(queue="expand-service", batch_size=1)
def expand_service(event: SQSEvent) -> Failures:
    """Service plans: the next step."""
    return each_message(event, partial(expand, wiring=wiring()))


@app.on_sqs_message(queue="expand-bulk", batch_size=1)
def expand_bulk(event: SQSEvent) -> Failures:
    """Campaigns: the next step."""
    return each_message(event, partial(expand, wiring=wiring()))


@app.on_sqs_message(queue="deliver-urgent", batch_size=1)
def deliver_urgent(event: SQSEvent) -> Failures:
    """Chunks of alerts."""
    return each_message(event, partial(deliver, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="deliver-service", batch_size=1)
def deliver_service(event: SQSEvent) -> Failures:
    """Chunks of confirmations, links and proofs."""
    return each_message(event, partial(deliver, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="deliver-bulk", batch_size=2, maximum_concurrency=10)
def deliver_bulk(event: SQSEvent) -> Failures:
    """Chunks of campaigns."""
    return each_message(event, partial(deliver, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="posts", batch_size=1, maximum_concurrency=10)
def posts(event: SQSEvent) -> Failures:
    """What accounts post; and what people did with it."""
    return each_message(event, partial(post, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="posts-urgent", batch_size=1)
def posts_urgent(event: SQSEvent) -> Failures:
    """What accounts post of alerts."""
    return each_message(event, partial(post, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="receipts", batch_size=10, maximum_concurrency=10)
def receipts(event: SQSEvent) -> Failures:
    """What SES reports about mails."""
    return each_message(event, partial(note_receipt, wiring=wiring()))


@app.on_sqs_message(
    queue="events", batch_size=1000, maximum_batching_window_in_seconds=10, maximum_concurrency=5
)
def events(event: SQSEvent) -> Failures:
    """What readers did with messages."""
    return all_messages(event, partial(collect, wiring=wiring()))


@app.on_sqs_message(
    queue="settle",
    name="settle",
    batch_size=100,
    maximum_batching_window_in_seconds=20,
    maximum_concurrency=5,
)
def settle_all(event: SQSEvent) -> Failures:
    """What readers did is judged and counted."""
    return all_messages(event, partial(settle, wiring=wiring()))


@app.on_sqs_message(queue="study", name="study", batch_size=1, maximum_concurrency=2)
def study_plans(event: SQSEvent) -> Failures:
    """What is learned from plans: as far as there is time."""
    return each_message(event, partial(study.work, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(
    queue="scans", batch_size=1000, maximum_batching_window_in_seconds=10, maximum_concurrency=2
)
def scans(event: SQSEvent) -> Failures:
    """Scans of posters."""
    return all_messages(event, partial(count_scans, wiring=wiring()))


@app.on_sqs_message(queue="requests", batch_size=10)
def requests(event: SQSEvent) -> Failures:
    """What residents asked for: sign-ups and links."""
    return each_message(
        event, partial(answer_request, notify=partial(notify, wiring=wiring()), wiring=wiring())
    )


@app.on_sqs_message(queue="inbound", batch_size=10)
def inbound(event: SQSEvent) -> Failures:
    """What residents write to the agency: texts and mail."""
    return each_message(event, partial(take, notify=partial(notify, wiring=wiring()), wiring=wiring()))


@app.on_sqs_message(queue="answers", batch_size=1, maximum_concurrency=10)
def answers(event: SQSEvent) -> Failures:
    """Calls for help: into the contact history, and to whoever is on duty."""
    return each_message(event, partial(take_call, wiring=wiring()))


@app.on_sqs_message(queue="imports", batch_size=1)
def imports(event: SQSEvent) -> Failures:
    """Imports: as many rows as there is time for; and people who did not answer."""
    return each_message(event, partial(work_off, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="counts", batch_size=1)
def counts(event: SQSEvent) -> Failures:
    """Counts of large audiences, and snapshots of segments: as far as there is time."""
    return each_message(event, partial(continue_count, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="alert-counts", batch_size=1)
def alert_counts(event: SQSEvent) -> Failures:
    """Who gets an alert, where they are many: as far as there is time; then what waits for it."""
    return each_message(event, partial(go_on, left=seconds_left(event.context), wiring=wiring()))


@app.on_sqs_message(queue="erasures", batch_size=1)
def erasures(event: SQSEvent) -> Failures:
    """People who asked to be forgotten: what is held of them anywhere."""
    return each_message(event, partial(forget.work, left=seconds_left(event.context), wiring=wiring()))


@app.schedule("rate(1 minute)", name="sweep")
def sweep_all(_event: CloudWatchEvent) -> None:
    """Every minute: whatever was left lying."""
    sweep(wiring=wiring())


@app.schedule("rate(1 minute)", name="tick")
def tick_all(_event: CloudWatchEvent) -> None:
    """Every minute: what is due to start or to be studied, and questions whose time is up."""
    close_due(wiring=wiring())
    tick(wiring=wiring())
    study.wake(wiring=wiring())


@app.schedule("rate(1 minute)", name="alert_watch")
def alert_watch(_event: CloudWatchEvent) -> None:
    """Every minute: alerts that wait for an approver, were cut short, or are over."""
    watch(wiring=wiring())


@app.schedule("rate(1 minute)", name="alert_sources")
def alert_sources_all(event: CloudWatchEvent) -> None:
    """Every minute: feeds of alerts, and what their rules launch."""
    alert_sources.poll(left=seconds_left(event.context), wiring=wiring())


@app.schedule("rate(1 minute)", name="variants")
def variants(event: CloudWatchEvent) -> None:
    """Every minute: what variants of campaigns did, and what their next batches get."""
    allocate(left=seconds_left(event.context), wiring=wiring())


@app.schedule("rate(15 minutes)", name="canary")
def canary(_event: CloudWatchEvent) -> None:
    """Every fifteen minutes: proof of life, by an exercise to test addresses."""
    fly(wiring=wiring())


@app.schedule("rate(1 hour)", name="accounts")
def accounts(event: CloudWatchEvent) -> None:
    """Every hour: tokens of accounts that expire."""
    look_after(needed, left=seconds_left(event.context), wiring=wiring())


@app.schedule("rate(1 hour)", name="census")
def census(event: CloudWatchEvent) -> None:
    """Every hour, until the day's is done: everybody on the list is counted."""
    take_census(left=seconds_left(event.context), wiring=wiring())


@app.schedule("rate(1 hour)", name="sunset")
def sunset_all(event: CloudWatchEvent) -> None:
    """Every hour: people who have long been silent are asked, or let go."""
    sunset(left=seconds_left(event.context), wiring=wiring())


@app.schedule("rate(5 minutes)", name="sources")
def sources_all(event: CloudWatchEvent) -> None:
    """Every five minutes: feeds and pages whose news become campaigns."""
    poll(left=seconds_left(event.context), wiring=wiring())


@app.schedule("cron(0 5-10 * * ? *)", name="exports")
def exports(event: CloudWatchEvent) -> None:
    """Every hour of the night (UTC): what campaigns did, as files for Athena and the like."""
    export(left=seconds_left(event.context), wiring=wiring())
