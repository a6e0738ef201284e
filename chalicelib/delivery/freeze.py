"""Freezing a segment: its people at this moment, written down shard by shard as a job.

A step reads one shard and writes it with how far the job is, on condition that nobody else did: a message
that comes twice, or late, does no harm. Who is in it is decided as for any audience; who goes between the
reading and the writing of a shard has it read again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core.errors import NotFound
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import compiled
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.streams import members
from chalicelib.subscribers import segments, snapshots
from chalicelib.subscribers.conditions import condition
from chalicelib.subscribers.snapshots import RUNNING, Snapshot

HAND_OVER_S = 30


def freeze(segment_id: str, *, queue: str, actor: Actor, now: datetime, wiring: Wiring) -> Snapshot:
    """Begins a snapshot of a segment of one of the actor's departments; a job goes on in `queue`.

    Raises NotFound, Forbidden.
    """
    segment = segments.get(segment_id)
    actor.require_department(segment.department)
    rule = segments.resolved(segment_id, segment.rule, today=now.date())["rule"]
    made = snapshots.begin(
        segment_id,
        segment.department,
        rule,
        learned=condition(rule).habits,
        by=actor.staff_id,
        now=now,
        days=wiring.settings.retention_days,
    )
    _send(made.id, queue, wiring)
    return made


def continue_freeze(
    message: Mapping[str, Any], *, queue: str, left: Callable[[], float], wiring: Wiring
) -> None:
    """Goes on with a job for as long as there is time, then sends the next message."""
    try:
        snapshot = snapshots.get(message["freeze"])
    except NotFound:
        return
    while snapshot.state == RUNNING:
        if left() < HAND_OVER_S:
            _send(snapshot.id, queue, wiring)
            return
        people = members_of(snapshot, wiring=wiring)
        filled = snapshots.fill(snapshot, people, now=wiring.clock(), wiring=wiring)
        present = snapshots.get(snapshot.id)
        if not filled and present.shard != snapshot.shard:
            logger.info("freeze-taken-over", snapshot=snapshot.id)
            return
        snapshot = present
    logger.info("freeze-done", snapshot=snapshot.id, people=snapshot.people)


def members_of(snapshot: Snapshot, *, wiring: Wiring) -> list[str]:
    """The ids of the shard that is next, sorted."""
    audience = compiled({"segment": {"id": snapshot.segment, "rule": snapshot.rule}})
    found = members(audience, TableReading(wiring), shard=snapshot.shard, after=None)
    return [one.subscriber_id for one in found]


def _send(snapshot_id: str, queue: str, wiring: Wiring) -> None:
    wiring.queues.send(queue, {"freeze": snapshot_id})
