"""When a plan's messages were handed over, and when they arrived: counted from what stands, a page at a time.

What was handed over when stands in the outcomes of chunks, what arrived when on the deliveries. Both are read
from a place on, which is kept between (`Timing`): no request reads a whole plan.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.channels.base import State
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.dynamo import unmarshal
from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import evidence
from chalicelib.delivery.chunk import root_of
from chalicelib.delivery.plan import CHANNEL_CHUNKS, PlanHead, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.recount import roots_of
from chalicelib.delivery.times import Times, times_of

BOUNCED, BOUNCED_IN_PASSING = "bounced", "bounced-in-passing"


def _by_channel() -> dict[str, Times]:
    return defaultdict(Times)


@dataclass
class Timing:
    """What was counted so far, by channel, in seconds since the plan was made.

    `roots` and `shards` (of `after` on) were read. `failed` counts failures as `email|no-such-address`,
    `again` how often somebody was tried again, `resent` who was sent to again after a doubt.
    """

    roots: int = 0
    shard: int = 0
    after: str = ""
    done: bool = False
    handed: dict[str, Times] = field(default_factory=_by_channel)
    delivered: dict[str, Times] = field(default_factory=_by_channel)
    failed: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    resent: Counter[str] = field(default_factory=Counter)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **vars(self),
            "handed": {channel: one.document() for channel, one in self.handed.items()},
            "delivered": {channel: one.document() for channel, one in self.delivered.items()},
        }


def timing_of(document: Mapping[str, Any]) -> Timing:
    """The timing of a document."""
    found = Timing(**{name: document[name] for name in ("roots", "shard", "after", "done")})
    for name in ("handed", "delivered"):
        getattr(found, name).update({channel: times_of(one) for channel, one in document[name].items()})
    for name in ("failed", "again", "resent"):
        getattr(found, name).update(document[name])
    return found


def walk(timing: Timing, plan_id: str, *, enough: Callable[[], bool], wiring: Wiring) -> None:
    """Counts on from where it is, until `enough` or to the end. Raises NotFound.

    At least one page is read: whoever goes on comes to the end.
    """
    head = plans(wiring).head(plan_id)
    waves, _ = plans(wiring).waves_and_counts(plan_id)
    roots = roots_of(head.channels, waves)
    while not timing.done:
        if timing.roots < len(roots):
            _chunks(timing, head, roots[timing.roots : timing.roots + evidence.KEYS], wiring=wiring)
        else:
            _deliveries(timing, head, waves, wiring=wiring)
        if enough():
            return


def _chunks(timing: Timing, head: PlanHead, roots: list[str], *, wiring: Wiring) -> None:
    begun = int(parse_rfc3339(head.created_at).timestamp())
    for root, family in evidence.outcomes(head.plan_id, roots, wiring=wiring).items():
        channel = head.channels[root_of(root) // CHANNEL_CHUNKS]
        for fact, number in family.facts.items():
            if fact.state == State.SENT and fact.at:
                timing.handed[channel].add(fact.at - begun, number)
            if fact.state == State.FAILED:
                timing.failed[f"{channel}|{fact.reason}"] += number
            if fact.state == State.RETRY:
                timing.again[channel] += number
            elif fact.resent:
                timing.resent[channel] += number
    timing.roots += len(roots)


def _deliveries(timing: Timing, head: PlanHead, waves: list[Wave], *, wiring: Wiring) -> None:
    """A page of deliveries of the shards in which somebody was written to."""
    reached = [shard for shard in range(SHARDS) if any(wave.reached >> shard & 1 for wave in waves)]
    shard = next((one for one in reached if one >= timing.shard), None)
    if shard is None:
        timing.done = True
        return
    after = timing.after if shard == timing.shard else ""
    begun = parse_rfc3339(head.created_at)
    page = evidence.reported(head.plan_id, shard, after, wiring=wiring)
    for channel, item in page.items:
        if at := item.get("delivered_at"):
            timing.delivered[channel].add(_since(begun, at["S"]))
        if at := item.get("settled_sent_at"):
            timing.handed[channel].add(_since(begun, at["S"]))
        if reason := failure(unmarshal(item)):
            timing.failed[f"{channel}|{reason}"] += 1
    timing.shard, timing.after = (shard, page.after) if page.after else (shard + 1, "")


def failure(delivery: Mapping[str, Any]) -> str:
    """Why a message that was handed over did not arrive, as reported; empty where it may have. Pure."""
    if "failed_at" in delivery:
        return str(delivery.get("failed_reason") or "failed")
    if "hard_bounced_at" in delivery:
        return BOUNCED
    return BOUNCED_IN_PASSING if "bounced_at" in delivery and "delivered_at" not in delivery else ""


def _since(begun: datetime, at: str) -> int:
    return int((parse_rfc3339(at) - begun).total_seconds())
