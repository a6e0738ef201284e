"""The pulse of a wave: one small item that lets exactly one expander message go on.

Each message names the beat that it is. Whoever takes a beat (writes the next one, on condition of this one)
may send the next message; a message delivered twice finds its beat taken and stops. While a wave has work
left, its pulse is in the index, by the time at which the sweep should wake it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Cancelled, Item, marshal, query, transact, unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import PlanHead, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.shares import shares

STALE_S = 90
"""Seconds after which a wave that should have moved, and did not, is woken by the sweep."""


class Pulse(NamedTuple):
    """A wave's pulse: the beat that its next message must name."""

    plan_id: str
    wave: int
    beat: int

    def message(self, **more: int) -> dict[str, Any]:
        """The expander message of this beat."""
        return {"plan": self.plan_id, "wave": self.wave, "beat": self.beat, **more}


def _part(wave: int) -> str:
    return f"pulse#{wave:02d}"


class Pulses:
    """The pulses of one deployment: items of the table `plans`."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("plans")

    def starting(self, head: PlanHead, wave: int, *, walking: bool, now: datetime) -> list[Item]:
        """The first beat of a wave, for a transaction; `walking` while it has audience left."""
        channel = head.channels[wave % len(head.channels)]
        item = {
            "plan_id": head.plan_id,
            "part": _part(wave),
            "channel": channel,
            "department": head.department,
            "beat": 0,
            "walking": walking,
            "made_at": epoch(now),
            "open": head.lane,
            "due_at": epoch(now) + STALE_S,
            "expires_at": head.expires_at,
        }
        put = {"Put": {"TableName": self._table, "Item": marshal(item)}}
        return [put, shares(self._wiring).turning(head.lane, channel)] if walking else [put]

    def taking(self, pulse: Pulse, *, walking: bool, until: float) -> Item:
        """Takes a beat, for a transaction.

        `until`: when the next message should have come (epoch seconds).
        """
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal({"plan_id": pulse.plan_id, "part": _part(pulse.wave)}),
                "UpdateExpression": "SET beat = :next, due_at = :due, walking = :walking",
                "ConditionExpression": "beat = :beat AND attribute_exists(#open)",
                "ExpressionAttributeNames": {"#open": "open"},
                "ExpressionAttributeValues": marshal(
                    {
                        ":beat": pulse.beat,
                        ":next": pulse.beat + 1,
                        ":due": int(until) + STALE_S,
                        ":walking": walking,
                    }
                ),
            }
        }

    def take(self, pulse: Pulse, *, walking: bool, until: float, more: Sequence[Item] = ()) -> Pulse | None:
        """Takes a beat, with `more` operations in its transaction.

        The next pulse, or None if it was taken already or one of them could not be done.
        """
        try:
            transact(self._db, [self.taking(pulse, walking=walking, until=until), *more])
        except Cancelled:
            return None
        return pulse._replace(beat=pulse.beat + 1)

    def current(self, plan_id: str, wave: int) -> Pulse | None:
        """A wave's pulse, read consistently; None once it has stopped."""
        key = marshal({"plan_id": plan_id, "part": _part(wave)})
        item = self._db.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return Pulse(plan_id, wave, int(item["beat"]["N"])) if item and "open" in item else None

    def unattended(self, lane: str, *, now: datetime, limit: int = 100) -> list[tuple[Pulse, bool]]:
        """Pulses of a lane whose next message should have come long ago.

        And whether their waves still walk.
        """
        answer = self._db.query(
            TableName=self._table,
            IndexName="due-index",
            KeyConditionExpression="#open = :lane AND due_at <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=marshal({":lane": lane, ":now": epoch(now)}),
            Limit=limit,
        )
        found = [unmarshal(item) for item in answer["Items"]]
        return [
            (Pulse(one["plan_id"], int(one["part"].split("#")[1]), one["beat"]), one["walking"])
            for one in found
        ]

    def plans(self, lane: str, *, made_before: datetime) -> list[str]:
        """The plans of a lane that are under way and began before a moment, each once."""
        found = query(
            self._db,
            TableName=self._table,
            IndexName="due-index",
            KeyConditionExpression="#open = :lane",
            FilterExpression="made_at <= :before",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=marshal({":lane": lane, ":before": epoch(made_before)}),
        )
        return list(dict.fromkeys(item["plan_id"]["S"] for item in found))

    def open_of(self, plan_id: str) -> list[Pulse]:
        """The pulses of a plan that have not stopped, read consistently."""
        answer = self._db.query(
            TableName=self._table,
            KeyConditionExpression="plan_id = :plan AND begins_with(part, :prefix)",
            ExpressionAttributeValues=marshal({":plan": plan_id, ":prefix": "pulse#"}),
            ConsistentRead=True,
        )
        found = [unmarshal(item) for item in answer["Items"] if "open" in item]
        return [Pulse(plan_id, int(one["part"].split("#")[1]), one["beat"]) for one in found]

    def stop(self, plan_id: str, *, waves: int) -> None:
        """Takes the pulses of a closed plan's first waves out of the index."""
        for wave in range(waves):
            self._db.update_item(
                TableName=self._table,
                Key=marshal({"plan_id": plan_id, "part": _part(wave)}),
                UpdateExpression="REMOVE #open, due_at",
                ExpressionAttributeNames={"#open": "open"},
            )


@lru_cache(maxsize=8)
def pulses(wiring: Wiring) -> Pulses:
    """The pulses of this process."""
    return Pulses(wiring)


def wave_at(pulse: Pulse, *, wiring: Wiring) -> Wave | None:
    """The wave as it stands at this beat; None if the beat was taken.

    The expander that took the last beat knows the wave without reading: whatever it does next is on condition
    of this beat.
    """
    kept = plans(wiring).kept_wave(pulse.plan_id, pulse.wave, beat=pulse.beat)
    if kept is not None:
        return kept
    if pulses(wiring).current(pulse.plan_id, pulse.wave) != pulse:
        return None
    return plans(wiring).wave(pulse.plan_id, pulse.wave)
