"""How many an audience reaches, exactly: at once as far as a request may, above that as a job in steps.

A job's step reads on from where the last one was written, writes how far it came on condition that nobody
else did, and sends the next message: one that comes twice, or late, does no harm.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.delivery.costs import PAID, Countries
from chalicelib.delivery.count_tables import DONE, RUNNING, CountItem
from chalicelib.delivery.counting import Beside, Tally, tally_of, test_of, walk
from chalicelib.delivery.daylight import Daylight, usual_hours
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.waiting import of_document
from chalicelib.subscribers.conditions import PERSONAL

AT_ONCE = 50_000
"""People of the audience that a request counts; more become a job."""

READ_AT_ONCE = 100_000
"""Rows that a request reads: a narrow audience may lie far apart."""

AT_ONCE_S = 10.0
STEP = 100_000
"""Rows read between two writes of a job."""

HAND_OVER_S = 30
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Count:
    """A count: `job` is empty where the request counted everyone; `request` is what is counted."""

    job: str
    state: str
    tally: Tally
    counted_at: str
    request: Mapping[str, Any] = field(default_factory=dict)


def count(request: Mapping[str, Any], *, queue: str, by: str, now: datetime, wiring: Wiring) -> Count:
    """Counts what a launch at this moment would plan; a job goes on in `queue`.

    `request` is JSON: the resolved `audience`, the `channels`, and the `scope` (newsletters' unless named).
    Those of whom its leaf `apart` holds are counted by themselves, too; with an audience `beside` it, of such
    people only, they are counted nowhere else. Its `bands`, leaves by channel, are counted one by one. With a
    `best_hour` (`waiting.document`), people are counted by when their turn would come.
    """
    reading, tally, until = TableReading(wiring), Tally(ids.random_id()), time.monotonic() + AT_ONCE_S

    def enough(so_far: Tally) -> bool:
        return so_far.matched > AT_ONCE or reading.count > READ_AT_ONCE or time.monotonic() > until

    _walk(tally, request, reading, enough, now=now, wiring=wiring)
    if tally.done and tally.matched <= AT_ONCE:
        return Count("", DONE, tally, rfc3339(now), request)
    return _begin(request, tally, queue=queue, by=by, now=now, wiring=wiring)


def find(job: str) -> Count:
    """A job as it stands. Raises NotFound."""
    item = CountItem.read(job)
    tally, request = tally_of(json.loads(item.tally)), json.loads(item.request)
    return Count(item.id, item.state, tally, item.ended_at or item.created_at, request)


def continue_count(
    message: Mapping[str, Any], *, queue: str, left: Callable[[], float], wiring: Wiring
) -> Count | None:
    """Goes on with a job for as long as there is time, then sends the next message.

    The count, once it is done (again where the message is an old one); else None.
    """
    try:
        item = CountItem.read(message["count"])
    except NotFound:
        return None
    request, tally = json.loads(item.request), tally_of(json.loads(item.tally))
    while item.state == RUNNING:
        _step(tally, request, left=left, wiring=wiring)
        ended_at = rfc3339(wiring.clock()) if tally.done else ""
        if not item.move(tally=json.dumps(tally.document()), ended_at=ended_at):
            logger.info("count-taken-over", count=item.id)
            return None
        if tally.done:
            logger.info("count-done", count=item.id, people=tally.people)
        elif left() < HAND_OVER_S:
            send(item.id, queue=queue, wiring=wiring)
            return None
    return find(item.id)


def send(job: str, *, queue: str, wiring: Wiring) -> None:
    """Sends a job's message (again: harmless)."""
    wiring.queues.send(queue, {"count": job})


def _step(tally: Tally, request: Mapping[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    reading = TableReading(wiring)

    def enough(_: Tally) -> bool:
        return reading.count >= STEP or (reading.count > 0 and left() < HAND_OVER_S)

    _walk(tally, request, reading, enough, now=wiring.clock(), wiring=wiring)


def _walk(
    tally: Tally,
    request: Mapping[str, Any],
    reading: TableReading,
    enough: Callable[[Tally], bool],
    *,
    now: datetime,
    wiring: Wiring,
) -> None:
    audience, apart, others = request["audience"], request.get("apart"), request.get("beside")
    bands = {
        channel: [test_of(leaf) for leaf in found]
        for channel, found in request.get("bands", {}).items()
        if all(leaf.keys() <= PERSONAL.keys() for leaf in found)
    }
    waiting = of_document(request.get("best_hour", {}), wiring=wiring)
    turn = waiting.comes_at if waiting else None
    walk(
        tally,
        {"any": [audience, others]} if others else audience,
        channels=request["channels"],
        scope=request.get("scope", NEWSLETTER),
        light=Daylight(usual_hours(wiring.settings), now),
        reading=reading,
        enough=enough,
        countries={channel: Countries(wiring.settings.prices(channel)) for channel in PAID},
        beside=Beside(test_of(apart) if apart else None, bool(others), bands, turn),
    )


def _begin(
    request: Mapping[str, Any], tally: Tally, *, queue: str, by: str, now: datetime, wiring: Wiring
) -> Count:
    """Makes a job that goes on from the tally."""
    item = CountItem(
        ids.time_ordered_id(now),
        state=RUNNING,
        request=json.dumps(request),
        tally=json.dumps(tally.document()),
        step=1,
        by=by,
        created_at=rfc3339(now),
        expires_at=epoch(now + KEPT),
    )
    item.save()
    send(item.id, queue=queue, wiring=wiring)
    return Count(item.id, RUNNING, tally, item.created_at, request)
