"""Halted lanes.

When the provider says that nothing can be sent for now (quota, suspension), a lane waits instead of failing
people.
"""

import time
from functools import lru_cache
from typing import Any

from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Item, marshal, unmarshal
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring

HALT_S = 900
KEPT_S = 2.0


class Halts:
    """The halts of one deployment: items `halt` of the table `plans`."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("plans")
        self._clock = wiring.clock
        self._kept: dict[str, tuple[float, float]] = {}

    def until(self, lane: str, channel: str) -> float:
        """When the halt of a lane's channel ends, in epoch seconds; 0 where there is none.

        At most two seconds old.
        """
        name = f"{lane}#{channel}"
        kept = self._kept.get(name)
        if kept and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        answer: dict[str, Any] = self._db.get_item(
            TableName=self._table, Key=marshal({"plan_id": f"halt#{name}", "part": "halt"})
        )
        until = float(unmarshal(answer["Item"])["until"]) if "Item" in answer else 0.0
        self._kept[name] = (time.monotonic(), until)
        return until

    def quiet(self, lane: str, channel: str, *, now: float) -> Item:
        """The condition, for a transaction, that a lane's channel is not halted (`now` in epoch seconds)."""
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": marshal({"plan_id": f"halt#{lane}#{channel}", "part": "halt"}),
                "ConditionExpression": "attribute_not_exists(plan_id) OR #until <= :now",
                "ExpressionAttributeNames": {"#until": "until"},
                "ExpressionAttributeValues": marshal({":now": now}),
            }
        }

    def saw_quiet(self, lane: str, channel: str) -> None:
        """Keeps, for two seconds, that a transaction found no halt."""
        self._kept[f"{lane}#{channel}"] = (time.monotonic(), 0.0)

    def known_quiet(self, lane: str, channel: str, *, now: float) -> bool:
        """Whether it was seen in the last two seconds that there is no halt."""
        seen, until = self._kept.get(f"{lane}#{channel}", (-KEPT_S, now + 1))
        return time.monotonic() - seen < KEPT_S and until <= now

    def forget(self, lane: str, channel: str) -> None:
        """Has the next look read the table."""
        self._kept.pop(f"{lane}#{channel}", None)

    def halt(self, lane: str, channel: str, *, reason: str) -> float:
        """Halts a lane's channel for a quarter of an hour; after that it is tried again.

        Returns the end in epoch seconds.
        """
        now = self._clock()
        until = now.timestamp() + HALT_S
        self._db.put_item(
            TableName=self._table,
            Item=marshal(
                {
                    "plan_id": f"halt#{lane}#{channel}",
                    "part": "halt",
                    "until": until,
                    "reason": reason,
                    "expires_at": epoch(now) + 2 * HALT_S,
                }
            ),
        )
        self._kept[f"{lane}#{channel}"] = (time.monotonic(), until)
        logger.warning("lane-halted", lane=lane, channel=channel, reason=reason)
        return until


@lru_cache(maxsize=8)
def halts(wiring: Wiring) -> Halts:
    """The halts as this process knows them."""
    return Halts(wiring)


def halted_until(lane: str, channel: str, *, wiring: Wiring) -> float:
    """When the halt of a lane's channel ends, in epoch seconds; 0 where there is none."""
    return halts(wiring).until(lane, channel)
