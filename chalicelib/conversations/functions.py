"""What queues and schedules start in this room: one line each. A function loads this, and no route."""

from functools import partial

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib.conversations.help_in import take_call
from chalicelib.conversations.inbound import take
from chalicelib.core.batch import Failures, each_message
from chalicelib.core.wiring import wiring
from chalicelib.delivery.notify import notify

functions = Blueprint(__name__)


@functions.on_sqs_message(queue="inbound", batch_size=10)
def inbound(event: SQSEvent) -> Failures:
    """What residents write to the agency: texts and mail."""
    return each_message(event, partial(take, notify=partial(notify, wiring=wiring()), wiring=wiring()))


@functions.on_sqs_message(queue="answers", batch_size=1, maximum_concurrency=10)
def answers(event: SQSEvent) -> Failures:
    """Calls for help: into the contact history, and to whoever is on duty."""
    return each_message(event, partial(take_call, wiring=wiring()))
