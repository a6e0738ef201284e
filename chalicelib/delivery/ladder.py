"""Ladders: one channel after the other, by what is known of the message on the channel before.

Each rung has a channel, and how long its message may take to do what is asked of it: to be handed over,
delivered, opened, clicked, or answered. The wave of a later rung holds everybody who gets the message on an
earlier one, until that has failed or its time is over, and passes over those whom it reached. Nobody waits
for a channel that does not lead to them. What the earlier rungs' messages did is read beside the audience: no
request for any one person.

Where an answer is asked for (`acknowledged`), lives depend on it. An answer to any message of the plan stops
all later rungs, also for a chunk that is made and not yet claimed. A rung's time counts from the first
attempt at its message, or from when that was due: a provider that is down, and a message in doubt, hold
nobody up.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.dynamo import unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.beside import Beside
from chalicelib.delivery.deliveries import ANSWERED, deliveries
from chalicelib.delivery.lanes import URGENT
from chalicelib.delivery.passes import GAP_S, next_at
from chalicelib.delivery.plan import PlanHead, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import settled_channels, total
from chalicelib.delivery.written import PROVE_SENT, Deliveries

SENT, DELIVERED, OPENED, CLICKED, ACKNOWLEDGED = "sent", "delivered", "opened", "clicked", "acknowledged"
UNLESS: Mapping[str, tuple[str, ...]] = {
    SENT: (),
    DELIVERED: ("delivered_at", "opened_at", "clicked_at"),
    OPENED: ("opened_at", "clicked_at"),
    CLICKED: ("clicked_at",),
    ACKNOWLEDGED: (ANSWERED,),
}
"""What may be asked of a rung's message, and the flags that show it; `sent` is the provider's answer."""

IN_VAIN = frozenset({"failed", "cancelled", "expired"})
FAILED = ("bounced_at", "failed_at")
FIELDS = sorted(
    {"subscriber_channel", "chunk", "taken_at", "begun_at", "unknown_at", *FAILED, *PROVE_SENT}
    | {flag for flags in UNLESS.values() for flag in flags}
)
"""What is read of a delivery."""

LOOK_S = 3_600
URGENT_GAP_S, URGENT_LOOK_S = 15, 60
"""On the urgent lane: a turn comes so many seconds late at most; failures are looked for so often."""


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


def awaits_answers(head: PlanHead) -> bool:
    """Whether a plan's ladder asks for answers."""
    return any(rung["unless"] == ACKNOWLEDGED for rung in head.ladder)


def look_s(head: PlanHead) -> float:
    """The seconds after which who is held is looked at again: an earlier rung's message may have failed.

    Half of the shortest wait; at most an hour, a minute on the urgent lane.
    """
    waits = [rung.wait_s for rung in rungs_of(head)[:-1]]
    if head.lane == URGENT:
        return min([URGENT_LOOK_S, *(wait / 2 for wait in waits)])
    return max(GAP_S, min(LOOK_S, min(waits) / 2)) if waits else GAP_S


def gap_s(head: PlanHead) -> float:
    """The seconds between two passes, so that the next rung's turn comes at most so much later than it could.

    What is not urgent looks no oftener than it must: a long send is not walked all day.
    """
    return URGENT_GAP_S if head.lane == URGENT else look_s(head)


def next_rung_at(
    rung: Rung,
    delivery: Mapping[str, Any] | None,
    outcome: str,
    *,
    settled: bool,
    now: float,
    due_by: float | None = None,
) -> float:
    """When the next rung's turn is, by a person's delivery on this one (epoch seconds). Pure.

    0.0: at once, for this one was in vain; infinity: never, for it did what is asked. `outcome` is what the
    plan counts the delivery as (empty: nothing yet). Where there is no delivery, the person's turn has not
    come, or, once the channel is `settled`, will not come any more. On a ladder that asks for answers, the
    time counts from when the message was due (`due_by`), or first tried.
    """
    if delivery is None:
        return 0.0 if settled else _from((now if due_by is None else due_by) + rung.wait_s, now)
    if outcome in IN_VAIN or any(flag in delivery for flag in FAILED):
        return 0.0
    if any(flag in delivery for flag in UNLESS[rung.unless]) or outcome == rung.unless:
        return math.inf
    tried_at = delivery.get("taken_at", 0)
    if due_by is not None:
        tried_at = delivery.get("begun_at", tried_at)
    return _from(float(tried_at) + rung.wait_s, now)


def _from(due: float, now: float) -> float:
    return due if due > now else 0.0


class Ladder:
    """When a wave's channel has its turn with each person; asked in ascending order of subscriber ids."""

    def __init__(self, head: PlanHead, channel: str, *, now: float, wiring: Wiring) -> None:
        self._head = head
        self._earlier = before(rungs_of(head), channel)
        self._now = now
        self._look_s = look_s(head)
        self._answers = awaits_answers(head)
        self._wiring = wiring
        self._outcomes = Deliveries(wiring)
        self._those = Beside(self._read)

    @cached_property
    def _standing(self) -> tuple[list[Wave], list[dict[str, Any]]]:
        return plans(self._wiring).waves_and_counts(self._head.plan_id)

    @cached_property
    def _settled(self) -> Collection[str]:
        return settled_channels(*self._standing)

    @cached_property
    def _in_vain(self) -> Collection[str]:
        """The channels on which somebody was not reached."""
        counts = self._standing[1]
        return {
            rung.channel
            for rung in self._earlier
            if any(total(counts, f"{rung.channel}|{one}") for one in IN_VAIN)
        }

    @cached_property
    def _due_by(self) -> Mapping[str, float]:
        """When each channel's message should have left to those whose turn it is (epoch seconds)."""
        launched_at = parse_rfc3339(self._head.created_at).timestamp()
        by_channel: dict[str, float] = {}
        for wave in self._standing[0]:  # the latest wave of a channel comes last
            by_channel[wave.channel] = max(launched_at, wave.begins_at, wave.paced_until, next_at(wave))
        return by_channel

    def turn_at(self, subscriber_id: str, ways: Collection[str]) -> float:
        """When to look at a person again (epoch seconds): 0.0: may be written to now; infinity: never.

        `ways` are the channels of the plan that lead to the person.
        """
        earlier = [rung for rung in self._earlier if rung.channel in ways]
        if not earlier:
            return 0.0
        found = self._those.of(subscriber_id) or {}
        if self._answers and any(ANSWERED in delivery for delivery in found.values()):
            return math.inf
        turn_at = 0.0
        for rung in earlier:
            turn_at = max(turn_at, self._next_at(rung, subscriber_id, found.get(rung.channel), turn_at))
        return turn_at if math.isinf(turn_at) else min(turn_at, self._now + self._look_s)

    def _next_at(
        self, rung: Rung, subscriber_id: str, delivery: Mapping[str, Any] | None, own_turn_at: float
    ) -> float:
        due_by = max(own_turn_at, self._due_by.get(rung.channel, 0.0)) if self._answers else None
        return next_rung_at(
            rung,
            delivery,
            self._outcome(rung, subscriber_id, delivery),
            settled=delivery is None and rung.channel in self._settled,
            now=self._now,
            due_by=due_by,
        )

    def _outcome(self, rung: Rung, subscriber_id: str, delivery: Mapping[str, Any] | None) -> str:
        """What a delivery counts as; not asked for where nobody's answer could depend on it."""
        if delivery is None or (rung.unless != SENT and rung.channel not in self._in_vain):
            return ""
        return self._outcomes.outcome(self._head.plan_id, subscriber_id, delivery)

    def _read(self, shard: int, start: str) -> Iterator[tuple[str, dict[str, Mapping[str, Any]]]]:
        rows = deliveries(self._wiring).of_shard(
            self._head.plan_id, shard, after=start, fields=FIELDS, consistent=True
        )
        split = ((*item["subscriber_channel"].partition("#")[::2], item) for item in map(unmarshal, rows))
        for subscriber_id, same in groupby(split, key=itemgetter(0)):
            yield subscriber_id, {channel: item for _, channel, item in same}
