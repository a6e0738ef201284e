"""What queues and schedules start in this room: one line each. A function loads this, and no route."""

from functools import partial

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib.core.batch import Failures, each_message, seconds_left
from chalicelib.core.wiring import wiring
from chalicelib.subscribers.imports.queue import work_off

functions = Blueprint(__name__)


@functions.on_sqs_message(queue="imports", batch_size=1)
def imports(event: SQSEvent) -> Failures:
    """Imports: as many rows as there is time for; and people who did not answer."""
    return each_message(event, partial(work_off, left=seconds_left(event.context), wiring=wiring()))
