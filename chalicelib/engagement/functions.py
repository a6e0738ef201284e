"""What queues and schedules start in this room: one line each. A function loads this, and no route."""

from functools import partial

from chalice import Blueprint
from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.core.batch import Failures, all_messages, seconds_left
from chalicelib.core.wiring import wiring
from chalicelib.engagement.collect import collect
from chalicelib.engagement.destinations.posters.count import count as count_scans
from chalicelib.engagement.reports.count import take as take_census
from chalicelib.engagement.settle import settle
from chalicelib.engagement.variants.allocate import allocate

functions = Blueprint(__name__)


@functions.on_sqs_message(
    queue="events", batch_size=1000, maximum_batching_window_in_seconds=10, maximum_concurrency=5
)
def events(event: SQSEvent) -> Failures:
    """What readers did with messages."""
    return all_messages(event, partial(collect, wiring=wiring()))


@functions.on_sqs_message(
    queue="settle",
    name="settle",
    batch_size=100,
    maximum_batching_window_in_seconds=20,
    maximum_concurrency=5,
)
def settle_all(event: SQSEvent) -> Failures:
    """What readers did is judged and counted."""
    return all_messages(event, partial(settle, wiring=wiring()))


@functions.on_sqs_message(
    queue="scans", batch_size=1000, maximum_batching_window_in_seconds=10, maximum_concurrency=2
)
def scans(event: SQSEvent) -> Failures:
    """Scans of posters."""
    return all_messages(event, partial(count_scans, wiring=wiring()))


@functions.schedule("rate(1 minute)", name="variants")
def variants(event: CloudWatchEvent) -> None:
    """Every minute: what variants of campaigns did, and what their next batches get."""
    allocate(left=seconds_left(event.context), wiring=wiring())


@functions.schedule("rate(1 hour)", name="census")
def census(event: CloudWatchEvent) -> None:
    """Every hour, until the day's is done: everybody on the list is counted."""
    take_census(left=seconds_left(event.context), wiring=wiring())
