"""Who took part in a drill: each with what they answered, and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from chalicelib.alerts import tables as alerts
from chalicelib.alerts.drills.model import LAUNCHED, Drill
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.dynamo import unmarshal
from chalicelib.core.errors import NotFound
from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.plans import plans

MOST = 5_000
"""Messages that a report tells of, one by one; the record counts all."""


@dataclass(frozen=True)
class Participant:
    """One who took part, by `channels`; `answered_after_s`: seconds from the launch to the latest answer."""

    subscriber_id: str
    channels: tuple[str, ...]
    answer: str = ""
    answered_after_s: int | None = None


def alert_of(drill: Drill, number: int | None) -> str:
    """The alert of the run with a number, counted from 0 in `runs`; or of the last. Raises NotFound."""
    runs = drill.runs if number is None else drill.runs[number : number + 1]
    launched = [run.alert_id for run in runs if run.state == LAUNCHED]
    if not launched:
        raise NotFound("No such run of this drill was launched.")
    return launched[-1]


def participants(alert_id: str, *, wiring: Wiring) -> list[Participant]:
    """Who took part in a launched drill, by id."""
    plan_id = alerts.read(alert_id).plan_id
    begun = parse_rfc3339(plans(wiring).head(plan_id).created_at)
    found: dict[str, list[Mapping[str, Any]]] = {}
    for delivery in islice(_deliveries(plan_id, wiring), MOST):
        found.setdefault(delivery["subscriber_id"], []).append(delivery)
    return [_participant(one, own, begun) for one, own in sorted(found.items())]


def _deliveries(plan_id: str, wiring: Wiring) -> Iterator[dict[str, Any]]:
    for shard in range(SHARDS):
        yield from map(unmarshal, deliveries(wiring).of_shard(plan_id, shard, after="#"))


def _participant(subscriber_id: str, own: Sequence[Mapping[str, Any]], begun: datetime) -> Participant:
    channels = tuple(sorted(one["subscriber_channel"].partition("#")[2] for one in own))
    latest = max(own, key=lambda one: one.get("answer_at", ""))
    if "answer" not in latest:
        return Participant(subscriber_id, channels)
    seconds = (parse_rfc3339(latest["answer_at"]) - begun).total_seconds()
    return Participant(subscriber_id, channels, latest["answer"], round(seconds))
