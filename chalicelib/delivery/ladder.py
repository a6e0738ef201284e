"""Ladders: one channel after the other, by what is known of the message on the channel before.

Each rung has a channel, and how long its message may take to do what is asked of it: to be handed over,
delivered, opened or clicked. The wave of a later rung holds everybody who gets the message on an earlier one,
until that has failed or its time is over, and passes over those whom it reached. Nobody waits for a channel
that does not lead to them. What the earlier rungs' messages did is read beside the audience: no request for
any one person.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from chalicelib.core.dynamo import unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.beside import Beside
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.passes import GAP_S
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import settled_channels
from chalicelib.delivery.written import Deliveries

SENT, DELIVERED, OPENED, CLICKED = "sent", "delivered", "opened", "clicked"
UNLESS: Mapping[str, tuple[str, ...]] = {
    SENT: (),
    DELIVERED: ("delivered_at", "opened_at", "clicked_at"),
    OPENED: ("opened_at", "clicked_at"),
    CLICKED: ("clicked_at",),
}
"""What may be asked of a rung's message, and the flags that show it; `sent` is the provider's answer."""

IN_VAIN = frozenset({"failed", "cancelled", "expired"})
FAILED = ("bounced_at", "failed_at")


LOOK_S = 3_600


class Rung(NamedTuple):
    """One step of a ladder: after `wait_s` seconds, the next is tried, unless this one did what is asked."""

    channel: str
    wait_s: int
    unless: str


def rungs_of(head: PlanHead) -> list[Rung]:
    """A plan's ladder; empty where it has none."""
    return [Rung(one["channel"], one["wait_s"], one["unless"]) for one in head.ladder]


def before(rungs: Sequence[Rung], channel: str) -> list[Rung]:
    """The rungs before a channel's; none of a channel that is not on the ladder. Pure."""
    channels = [rung.channel for rung in rungs]
    return list(rungs[: channels.index(channel)]) if channel in channels else []


def gap_s(head: PlanHead) -> float:
    """The seconds between two passes: half of the shortest wait, at most an hour.

    So the next rung's turn comes at most so much later than it could, and an earlier rung's failure is seen;
    and a long send is not walked all day.
    """
    waits = [rung.wait_s for rung in rungs_of(head)[:-1]]
    return max(GAP_S, min(LOOK_S, min(waits) / 2)) if waits else GAP_S


def next_rung_at(
    rung: Rung, delivery: Mapping[str, Any] | None, outcome: str, *, settled: bool, now: float
) -> float:
    """When the next rung's turn is, by a person's delivery on this one (epoch seconds). Pure.

    0.0: at once, for this one was in vain; infinity: never, for it did what is asked. `outcome` is what the
    plan counts the delivery as (empty: nothing yet). Where there is no delivery, the person's turn has not
    come, or, once the channel is `settled`, will not come any more.
    """
    if delivery is None:
        return 0.0 if settled else now + rung.wait_s
    if outcome in IN_VAIN or any(flag in delivery for flag in FAILED):
        return 0.0
    if any(flag in delivery for flag in UNLESS[rung.unless]) or outcome == rung.unless:
        return math.inf
    due = float(delivery.get("taken_at", 0)) + rung.wait_s
    return due if due > now else 0.0


class Ladder:
    """When a wave's channel has its turn with each person; asked in ascending order of subscriber ids."""

    def __init__(self, head: PlanHead, channel: str, *, now: float, wiring: Wiring) -> None:
        self._plan_id = head.plan_id
        self._earlier = before(rungs_of(head), channel)
        self._now = now
        self._gap_s = gap_s(head)
        self._wiring = wiring
        self._outcomes = Deliveries(wiring)
        self._those = Beside(self._read)

    @cached_property
    def _settled(self) -> Collection[str]:
        return settled_channels(*plans(self._wiring).waves_and_counts(self._plan_id))

    def turn_at(self, subscriber_id: str, ways: Collection[str]) -> float:
        """When to look at a person again (epoch seconds): 0.0: may be written to now; infinity: never.

        `ways` are the channels of the plan that lead to the person.
        """
        earlier = [rung for rung in self._earlier if rung.channel in ways]
        if not earlier:
            return 0.0
        found = self._those.of(subscriber_id) or {}
        turn_at = max(self._next_at(rung, subscriber_id, found.get(rung.channel)) for rung in earlier)
        return turn_at if math.isinf(turn_at) else min(turn_at, self._now + self._gap_s)

    def _next_at(self, rung: Rung, subscriber_id: str, delivery: Mapping[str, Any] | None) -> float:
        outcome = self._outcomes.outcome(self._plan_id, subscriber_id, delivery) if delivery else ""
        settled = delivery is None and rung.channel in self._settled
        return next_rung_at(rung, delivery, outcome, settled=settled, now=self._now)

    def _read(self, shard: int, start: str) -> Iterator[tuple[str, dict[str, Mapping[str, Any]]]]:
        rows = deliveries(self._wiring).of_shard(self._plan_id, shard, after=start, consistent=True)
        split = ((*item["subscriber_channel"].partition("#")[::2], item) for item in map(unmarshal, rows))
        for subscriber_id, same in groupby(split, key=itemgetter(0)):
            yield subscriber_id, {channel: item for _, channel, item in same}
