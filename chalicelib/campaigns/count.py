"""How many an audience that staff wrote reaches: what its names stand for, counted (`delivery.counts`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from chalicelib.campaigns import reach
from chalicelib.core.errors import InvalidFields
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counts
from chalicelib.delivery.audience import for_mode
from chalicelib.delivery.counts import Count
from chalicelib.delivery.freeze import continue_freeze

QUEUE = "counts"


def count(
    audience: Mapping[str, Any],
    channels: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    wiring: Wiring,
    best_hour: Mapping[str, Any] = MappingProxyType({}),
) -> Count:
    """Counts what a launch at this moment would plan. Raises InvalidFields with pointers.

    `best_hour`, where it would go then, is what `delivery.waiting.document` says.
    """
    if found := reach.errors(audience, actor=actor, now=now):
        raise InvalidFields(*found)
    request = asked(audience, channels, mode=actor.mode, now=now)
    if best_hour:
        request["best_hour"] = dict(best_hour)
    return counts.count(request, queue=QUEUE, by=actor.staff_id, now=now, wiring=wiring)


def asked(
    audience: Mapping[str, Any], channels: Sequence[str], *, mode: str, now: datetime
) -> dict[str, Any]:
    """What a count of an audience counts: what its names stand for at this moment."""
    return {"audience": for_mode(reach.resolved(audience, now=now), mode), "channels": sorted(set(channels))}


def continue_count(message: Mapping[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Goes on with a count, or a snapshot, for as long as there is time, then sends the next message."""
    if "freeze" in message:
        continue_freeze(message, queue=QUEUE, left=left, wiring=wiring)
        return
    counts.continue_count(message, queue=QUEUE, left=left, wiring=wiring)
