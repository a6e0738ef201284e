"""What queues and schedules start in this room: one line each. A function loads this, and no route."""

from functools import partial

from chalice import Blueprint
from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.core.batch import Failures, each_message, seconds_left
from chalicelib.core.wiring import wiring
from chalicelib.delivery.deliver import deliver
from chalicelib.delivery.expand import expand
from chalicelib.delivery.notify import notify
from chalicelib.delivery.posts.work import work as post
from chalicelib.delivery.receipts import note_receipt
from chalicelib.delivery.sweep import sweep
from chalicelib.subscribers.requests import answer_request

functions = Blueprint(__name__)


@functions.on_sqs_message(queue="expand-urgent", batch_size=1)
def expand_urgent(event: SQSEvent) -> Failures:
    """Alerts: the next step."""
    return each_message(event, partial(expand, wiring=wiring()))


@functions.on_sqs_message(queue="expand-service", batch_size=1)
def expand_service(event: SQSEvent) -> Failures:
    """Service plans: the next step."""
    return each_message(event, partial(expand, wiring=wiring()))


@functions.on_sqs_message(queue="expand-bulk", batch_size=1)
def expand_bulk(event: SQSEvent) -> Failures:
    """Campaigns: the next step."""
    return each_message(event, partial(expand, wiring=wiring()))


@functions.on_sqs_message(queue="deliver-urgent", batch_size=1)
def deliver_urgent(event: SQSEvent) -> Failures:
    """Chunks of alerts."""
    return each_message(event, partial(deliver, left=seconds_left(event.context), wiring=wiring()))


@functions.on_sqs_message(queue="deliver-service", batch_size=1)
def deliver_service(event: SQSEvent) -> Failures:
    """Chunks of confirmations, links and proofs."""
    return each_message(event, partial(deliver, left=seconds_left(event.context), wiring=wiring()))


@functions.on_sqs_message(queue="deliver-bulk", batch_size=2, maximum_concurrency=10)
def deliver_bulk(event: SQSEvent) -> Failures:
    """Chunks of campaigns."""
    return each_message(event, partial(deliver, left=seconds_left(event.context), wiring=wiring()))


@functions.on_sqs_message(queue="posts", batch_size=1, maximum_concurrency=10)
def posts(event: SQSEvent) -> Failures:
    """What accounts post; and what people did with it."""
    return each_message(event, partial(post, left=seconds_left(event.context), wiring=wiring()))


@functions.on_sqs_message(queue="posts-urgent", batch_size=1)
def posts_urgent(event: SQSEvent) -> Failures:
    """What accounts post of alerts."""
    return each_message(event, partial(post, left=seconds_left(event.context), wiring=wiring()))


@functions.on_sqs_message(queue="receipts", batch_size=10, maximum_concurrency=10)
def receipts(event: SQSEvent) -> Failures:
    """What SES reports about mails."""
    return each_message(event, partial(note_receipt, wiring=wiring()))


@functions.on_sqs_message(queue="requests", batch_size=10)
def requests(event: SQSEvent) -> Failures:
    """What residents asked for: sign-ups and links."""
    return each_message(
        event, partial(answer_request, notify=partial(notify, wiring=wiring()), wiring=wiring())
    )


@functions.schedule("rate(1 minute)", name="sweep")
def sweep_all(_event: CloudWatchEvent) -> None:
    """Every minute: whatever was left lying."""
    sweep(wiring=wiring())
