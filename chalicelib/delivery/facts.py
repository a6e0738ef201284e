"""The facts of a plan: what became of each of its messages, a shard at a time, sorted by subscriber.

All that is learned from a plan (reports, habits, variants, exports, recounts) is a fold over these.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core.dynamo import unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.written import Deliveries


@dataclass(frozen=True, slots=True)
class Fact:
    """One message to one address.

    `language` and `variant` are those of its version, `taken_at` is when it was handed over, as near as is
    known (epoch seconds; 0: not known); `state` is what the plan counts it as (`sent`, `failed`, `unknown`;
    empty: not settled). `item` is all that stands on the delivery.
    """

    plan_id: str
    subscriber_id: str
    channel: str
    language: str
    variant: str
    taken_at: int
    state: str
    item: Mapping[str, Any]


def facts(
    plan_id: str, shard: int, *, after: str = "", consistent: bool = False, wiring: Wiring
) -> Iterator[Fact]:
    """The facts of a shard of a plan, sorted by subscriber and channel.

    `after` is a subscriber's id (exclusive; empty: from the beginning).
    """
    outcomes = Deliveries(wiring, consistent=consistent)
    start = f"{after}#~" if after else ""
    for found in deliveries(wiring).of_shard(plan_id, shard, after=start, consistent=consistent):
        item = unmarshal(found)
        subscriber_id, _, channel = item["subscriber_channel"].partition("#")
        _, _, language, variant = item.get("rendition", "###").split("#")
        yield Fact(
            plan_id,
            subscriber_id,
            channel,
            language,
            variant,
            int(item.get("taken_at", 0)),
            outcomes.outcome(plan_id, subscriber_id, item),
            item,
        )
