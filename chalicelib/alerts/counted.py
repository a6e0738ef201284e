"""Counts of many people, in a queue of their own: what waits for one goes on when it is done."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.alerts import launch, preview, tables
from chalicelib.alerts.model import Alert
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counts
from chalicelib.delivery.counts import Count


def go_on(message: Mapping[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Goes on with a count; once it is done, with the preview or the launch that asked for it.

    A doubled message, and one of a count that nobody waits for any more, do nothing.
    """
    found = counts.continue_count(message, queue=preview.QUEUE, left=left, wiring=wiring)
    if found is None:
        return
    try:
        alert = tables.read(found.request["alert"])
        if alert.counting and alert.counting.job == found.job:
            _follow(alert, found, wiring=wiring)
    except (NotFound, Conflict) as refused:
        logger.info("alert-count-over", alert=found.request["alert"], code=refused.code)


def _follow(alert: Alert, found: Count, *, wiring: Wiring) -> None:
    counting, now = alert.counting, wiring.clock()
    assert counting is not None
    if counting.action == preview.PREVIEW:
        preview.taken(alert, found, by=counting.by, now=now, wiring=wiring)
    else:
        launch.counted(alert, found.tally, by=counting.by, reason=counting.reason, now=now, wiring=wiring)
