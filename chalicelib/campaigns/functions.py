"""What queues and schedules start in this room: one line each. A function loads this, and no route."""

from functools import partial

from chalice import Blueprint
from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.campaigns.accounts import needed
from chalicelib.campaigns.count import continue_count
from chalicelib.campaigns.sources.poll import poll
from chalicelib.campaigns.sunset.run import sunset
from chalicelib.campaigns.tick import tick
from chalicelib.channels.accounts.tokens import look_after
from chalicelib.core.batch import Failures, each_message, each_task, seconds_left
from chalicelib.core.wiring import wiring
from chalicelib.engagement import study
from chalicelib.subscribers.imports.close import close_due

functions = Blueprint(__name__)


@functions.on_sqs_message(queue="counts", batch_size=1)
def counts(event: SQSEvent) -> Failures:
    """Counts of large audiences, and snapshots of segments: as far as there is time."""
    return each_message(event, partial(continue_count, left=seconds_left(event.context), wiring=wiring()))


@functions.schedule("rate(1 minute)", name="tick")
def tick_all(_event: CloudWatchEvent) -> None:
    """Every minute: what is due to start or to be studied, and questions whose time is up."""
    each_task(*(partial(one, wiring=wiring()) for one in (close_due, tick, study.wake)))


@functions.schedule("rate(1 hour)", name="accounts")
def accounts(event: CloudWatchEvent) -> None:
    """Every hour: tokens of accounts that expire."""
    look_after(needed, left=seconds_left(event.context), wiring=wiring())


@functions.schedule("rate(1 hour)", name="sunset")
def sunset_all(event: CloudWatchEvent) -> None:
    """Every hour: people who have long been silent are asked, or let go."""
    sunset(left=seconds_left(event.context), wiring=wiring())


@functions.schedule("rate(5 minutes)", name="sources")
def sources_all(event: CloudWatchEvent) -> None:
    """Every five minutes: feeds and pages whose news become campaigns."""
    poll(left=seconds_left(event.context), wiring=wiring())
