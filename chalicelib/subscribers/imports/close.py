"""The end of a question: whoever of an import's people did not say yes in time goes.

The tick finds what is due and tells the queue; the queue's worker walks the questions that are open, which
end as it goes, so that a second walk, or one at the same time, finds fewer and does no harm.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.batch import SecondsLeft
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports import unclear
from chalicelib.subscribers.imports.tables import DueItem, ImportItem, UnclearItem
from chalicelib.subscribers.imports.work import HAND_OVER_S, QUEUE

AT_ONCE = 20
PAGE = 100
NO_ANSWER = "no answer"


def close_due(*, wiring: Wiring) -> int:
    """Sends a message for each import whose time is up; how many.

    A moment that was put off since is passed over.
    """
    now, sent = rfc3339(wiring.clock()), 0
    for item in DueItem.until(now, limit=AT_ONCE):
        if _is_due(item):
            wiring.queues.send(QUEUE, {"close": item.import_id})
            sent += 1
        item.delete()
    return sent


def _is_due(item: DueItem) -> bool:
    try:
        return bool(ImportItem.read(item.import_id).due_at == item.due_at)
    except ImportItem.DoesNotExist:
        return False


def continue_close(message: Mapping[str, Any], *, left: SecondsLeft, wiring: Wiring) -> None:
    """Ends what an import's people were asked and did not answer, or as much of it as there is time for."""
    import_id = message["close"]
    while items := UnclearItem.some(import_id, limit=PAGE):
        for item in items:
            unclear.leave(
                item.subscriber_id, import_id, by="system", note=NO_ANSWER, now=wiring.clock(), wiring=wiring
            )
            if left() < HAND_OVER_S:
                wiring.queues.send(QUEUE, dict(message))
                return
