"""What queues and schedules start in this room: one line each. A function loads this, and no route."""

from functools import partial

from chalice import Blueprint
from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.alerts.canary.fly import fly
from chalicelib.alerts.counted import go_on
from chalicelib.alerts.sources import poll as alert_sources
from chalicelib.alerts.watch import watch
from chalicelib.core.batch import Failures, each_message, seconds_left
from chalicelib.core.wiring import wiring

functions = Blueprint(__name__)


@functions.on_sqs_message(queue="alert-counts", batch_size=1)
def alert_counts(event: SQSEvent) -> Failures:
    """Who gets an alert, where they are many: as far as there is time; then what waits for it."""
    return each_message(event, partial(go_on, left=seconds_left(event.context), wiring=wiring()))


@functions.schedule("rate(1 minute)", name="alert_watch")
def alert_watch(_event: CloudWatchEvent) -> None:
    """Every minute: alerts that wait for an approver, were cut short, or are over."""
    watch(wiring=wiring())


@functions.schedule("rate(1 minute)", name="alert_sources")
def alert_sources_all(event: CloudWatchEvent) -> None:
    """Every minute: feeds of alerts, and what their rules launch."""
    alert_sources.poll(left=seconds_left(event.context), wiring=wiring())


@functions.schedule("rate(15 minutes)", name="canary")
def canary(_event: CloudWatchEvent) -> None:
    """Every fifteen minutes: proof of life, by an exercise to test addresses."""
    fly(wiring=wiring())
