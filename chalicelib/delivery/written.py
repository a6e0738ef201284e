"""Whom a plan was written to, by what became of it: the deliveries of a shard as a stream of subscriber ids.

What was reported later stands on the delivery itself, as flags. What the provider answered stands in the
outcomes of the chunk that owns the delivery, which are read once for all its people: the stream and the
chunks have the same order.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.channels.base import State
from chalicelib.core.dynamo import batch_get, marshal, unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.deliveries import HANDED_OVER, deliveries, key
from chalicelib.delivery.nodes import Written
from chalicelib.subscribers.model import CHANNELS

FLAGS = ("delivered", "bounced", "complained", "opened", "clicked")
STATES = ("any", "sent", "failed", "unknown", *FLAGS)
"""`any`: a delivery was begun; `sent`, `failed` and `unknown`: as the plan's report counts them."""

HANDED = "handed"
"""What no audience of staff asks for: it was handed over, or may have been."""

MAY_HAVE_GOT_IT = frozenset({State.SENT, State.UNKNOWN})
PROVE_SENT = ("settled_sent_at", *HANDED_OVER, *(f"{flag}_at" for flag in FLAGS))
CHUNKS_KEPT = 256
AT_ONCE = 100

Results = Mapping[str, str]
"""The outcome of each person of a chunk, by subscriber id."""


class Deliveries:
    """Reads deliveries of earlier plans, `consistent` or not. `count` is how many were read."""

    def __init__(self, wiring: Wiring, *, consistent: bool = False) -> None:
        self._wiring = wiring
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("deliveries")
        self._consistent = consistent
        self._results: OrderedDict[tuple[str, str], Results] = OrderedDict()
        self.count = 0

    def stream(self, to: Written, shard: int, after: str | None) -> Iterator[str]:
        """The ids of a shard who have such a delivery, sorted, each once, from `after` (exclusive)."""
        last = ""
        # `~` sorts behind every channel's name; an empty `after` would be no key.
        start = f"{after}#~" if after else "#"
        rows = deliveries(self._wiring).of_shard(to.plan, shard, after=start, consistent=self._consistent)
        for found in rows:
            self.count += 1
            item = unmarshal(found)
            subscriber_id, _, channel = item["subscriber_channel"].partition("#")
            if subscriber_id != last and self._is(to, subscriber_id, channel, item):
                last = subscriber_id
                yield subscriber_id

    def among(self, to: Written, subscriber_ids: Sequence[str]) -> set[str]:
        """Those of up to 50 people who have a delivery as asked for, read consistently."""
        channels = [to.channel] if to.channel else CHANNELS
        keys = [marshal(key(to.plan, one, channel)) for one in subscriber_ids for channel in channels]
        found = set()
        for start in range(0, len(keys), AT_ONCE):
            for item in self._get(keys[start : start + AT_ONCE]):
                subscriber_id, _, channel = item["subscriber_channel"].partition("#")
                if self._is(to, subscriber_id, channel, item):
                    found.add(subscriber_id)
        return found

    def _is(self, to: Written, subscriber_id: str, channel: str, item: Mapping[str, Any]) -> bool:
        if (to.channel and channel != to.channel) or not to.timed(_taken_at(item)):
            return False
        if to.state in FLAGS:
            name = to.state if to.link is None else f"{to.state}_{to.link}"
            return f"{name}_at" in item
        if to.state == "any":
            return True
        outcome = self.outcome(to.plan, subscriber_id, item)
        return outcome in MAY_HAVE_GOT_IT if to.state == HANDED else outcome == to.state

    def outcome(self, plan_id: str, subscriber_id: str, item: Mapping[str, Any]) -> str:
        """What the plan counts a delivery as: a later report first, then the provider's answer."""
        if "failed_at" in item:
            return State.FAILED
        if "unknown_at" in item:
            return State.UNKNOWN
        if any(flag in item for flag in PROVE_SENT):
            return State.SENT
        return self._chunk(plan_id, item["chunk"]).get(subscriber_id, "")

    def _chunk(self, plan_id: str, name: str) -> Results:
        """The outcomes of a chunk; those that are settled never change, and are kept for a while."""
        found = self._results.get((plan_id, name))
        if found is None:
            found = chunks(self._wiring).results(plan_id, name, consistent=self._consistent)
            if found:
                self._results[plan_id, name] = found
            if len(self._results) > CHUNKS_KEPT:
                self._results.popitem(last=False)
        else:
            self._results.move_to_end((plan_id, name))
        return found

    def _get(self, keys: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
        return map(unmarshal, batch_get(self._db, self._table, keys, ConsistentRead=True))


def _taken_at(item: Mapping[str, Any]) -> int | None:
    return int(item["taken_at"]) if "taken_at" in item else None
