"""What the night starts: apart from the room's other functions, of which it needs little."""

from chalice import Blueprint
from chalice.app import CloudWatchEvent

from chalicelib.campaigns.exports import export
from chalicelib.core.batch import seconds_left
from chalicelib.core.wiring import wiring

functions = Blueprint(__name__)


@functions.schedule("cron(0 5-10 * * ? *)", name="exports")
def exports(event: CloudWatchEvent) -> None:
    """Every hour of the night (UTC): what campaigns did, as files for Athena and the like."""
    export(left=seconds_left(event.context), wiring=wiring())
