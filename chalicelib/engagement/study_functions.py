"""What studies plans: apart from the room's other functions, which need none of its reports."""

from functools import partial

from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib.core.batch import Failures, each_message, seconds_left
from chalicelib.core.wiring import wiring
from chalicelib.engagement import study

functions = Blueprint(__name__)


@functions.on_sqs_message(queue="study", name="study", batch_size=1, maximum_concurrency=2)
def study_plans(event: SQSEvent) -> Failures:
    """What is learned from plans: as far as there is time."""
    return each_message(event, partial(study.work, left=seconds_left(event.context), wiring=wiring()))
