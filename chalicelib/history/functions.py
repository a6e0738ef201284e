"""What queues and schedules start in this room: one line each. A function loads this, and no route."""

from functools import partial

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib.core.batch import Failures, each_message, seconds_left
from chalicelib.core.wiring import wiring
from chalicelib.history import forget

functions = Blueprint(__name__)


@functions.on_sqs_message(queue="erasures", batch_size=1)
def erasures(event: SQSEvent) -> Failures:
    """People who asked to be forgotten: what is held of them anywhere."""
    return each_message(event, partial(forget.work, left=seconds_left(event.context), wiring=wiring()))
