"""Halted lanes: why nothing leaves on a channel for now, in one small item for each lane and channel.

    until     the provider says that nothing can be sent (quota, suspension): tried again after a while
    yields    an urgent plan goes first: over when the provider has taken what that one has made
    held      too much came back (self-protection): until somebody of the staff lets it go on

Each stands by itself, so that none ends another. A lane that is halted waits; it fails nobody.
"""

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import Item, marshal, unmarshal, updated
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.lanes import LANES

KEPT_S = 2.0
QUIET_S = 0.5
"""Seconds for which a worker that saw no halt claims without a check: what overtakes it waits no longer."""

LOOK_S = 300
"""Seconds after which what waits on a lane that is held looks again, if nobody wakes it before."""

QUIET = (
    "(attribute_not_exists(#until) OR #until <= :now) AND "
    "(attribute_not_exists(yields) OR yields <= :now) AND attribute_not_exists(held)"
)


@dataclass(frozen=True)
class Halt:
    """What stands in a lane's way: moments in epoch seconds, and codes of reasons."""

    until: float = 0.0
    reason: str = ""
    yields: float = 0.0
    held: str = ""
    held_at: str = ""

    @property
    def end(self) -> float:
        """When it ends, in epoch seconds: 0 without a halt, infinity where somebody must end it."""
        return math.inf if self.held else max(self.until, self.yields)


class Halts:
    """The halts of one deployment: items `halt` of the table `plans`."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("plans")
        self._clock = wiring.clock
        self._kept: dict[str, tuple[float, float]] = {}

    def read(self, lane: str, channel: str) -> Halt:
        """A lane's channel as it stands, read consistently."""
        answer: dict[str, Any] = self._db.get_item(
            TableName=self._table, Key=_key(lane, channel), ConsistentRead=True
        )
        found = unmarshal(answer.get("Item", {}))
        halt = Halt(**{name: found[name] for name in Halt.__dataclass_fields__ if name in found})
        self._keep(lane, channel, halt.end)
        return halt

    def until(self, lane: str, channel: str) -> float:
        """When the halt of a lane's channel ends, in epoch seconds; 0 where there is none.

        At most two seconds old.
        """
        kept = self._kept.get(f"{lane}#{channel}")
        if kept and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        return self.read(lane, channel).end

    def quiet(self, lane: str, channel: str, *, now: float) -> Item:
        """The condition, for a transaction, that a lane's channel is not halted (`now` in epoch seconds)."""
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": _key(lane, channel),
                "ConditionExpression": QUIET,
                "ExpressionAttributeNames": {"#until": "until"},
                "ExpressionAttributeValues": marshal({":now": now}),
            }
        }

    def saw_quiet(self, lane: str, channel: str) -> None:
        """Keeps, for half a second, that a transaction found no halt."""
        self._keep(lane, channel, 0.0)

    def known_quiet(self, lane: str, channel: str, *, now: float) -> bool:
        """Whether it was seen in the last half second that there is no halt."""
        seen, until = self._kept.get(f"{lane}#{channel}", (-QUIET_S, now + 1))
        return time.monotonic() - seen < QUIET_S and until <= now

    def forget(self, lane: str, channel: str) -> None:
        """Has the next look read the table."""
        self._kept.pop(f"{lane}#{channel}", None)

    def halt(self, lane: str, channel: str, *, reason: str) -> float:
        """Halts a lane's channel for the time that its lane rests; after that it is tried again.

        Returns the end in epoch seconds.
        """
        until = self._clock().timestamp() + LANES[lane].halt_s
        self._update(
            lane, channel, "SET #until = :until, reason = :reason", {":until": until, ":reason": reason}
        )
        logger.warning("lane-halted", lane=lane, channel=channel, reason=reason)
        return until

    def stand_aside(self, lane: str, channel: str, *, until: float) -> bool:
        """Has a lane's channel wait for an urgent plan, until a moment (epoch seconds).

        Only ever later; False if it waits as long already.
        """
        condition = "attribute_not_exists(yields) OR yields < :until"
        return self._update(lane, channel, "SET yields = :until", {":until": until}, condition)

    def hold(self, lane: str, channel: str, *, reason: str, day: str) -> bool:
        """Holds a lane's channel until somebody releases it, for what was sent on a day (`2026-11-22`).

        False if it is held already, or somebody let it go on since that day.
        """
        return self._update(
            lane,
            channel,
            "SET held = :reason, held_at = :at",
            {":reason": reason, ":at": rfc3339(self._clock()), ":day": day},
            "attribute_not_exists(held) AND (attribute_not_exists(released_on) OR released_on <= :day)",
        )

    def release(self, lane: str, channel: str) -> bool:
        """Lets a lane's channel that is held go on; False if it is not held."""
        return self._update(
            lane,
            channel,
            "SET released_on = :day REMOVE held, held_at",
            {":day": f"{self._clock():%Y-%m-%d}"},
            "attribute_exists(held)",
        )

    def _update(
        self, lane: str, channel: str, update: str, values: dict[str, Any], condition: str = ""
    ) -> bool:
        """Changes a halt, if the condition holds; whether it did."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": _key(lane, channel),
            "UpdateExpression": update,
        }
        if values:
            request["ExpressionAttributeValues"] = marshal(values)
        if "#until" in update:
            request["ExpressionAttributeNames"] = {"#until": "until"}
        if condition:
            request["ConditionExpression"] = condition
        self.forget(lane, channel)
        return updated(self._db, **request)

    def _keep(self, lane: str, channel: str, until: float) -> None:
        self._kept[f"{lane}#{channel}"] = (time.monotonic(), until)


def _key(lane: str, channel: str) -> Item:
    return marshal({"plan_id": f"halt#{lane}#{channel}", "part": "halt"})


@lru_cache(maxsize=8)
def halts(wiring: Wiring) -> Halts:
    """The halts as this process knows them."""
    return Halts(wiring)


def halted_until(lane: str, channel: str, *, wiring: Wiring) -> float:
    """When the halt of a lane's channel ends, in epoch seconds; 0 where there is none, or infinity."""
    return halts(wiring).until(lane, channel)


def look_in_s(until: float, *, now: float) -> int:
    """Whole seconds after which what waits for the end of a halt looks again. Pure."""
    return min(LOOK_S, int(until - now) + 1) if until < math.inf else LOOK_S
