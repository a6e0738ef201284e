"""What counters should say, counted anew: the flags of deliveries, the outcomes of chunks."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.channels.base import State
from chalicelib.core.dynamo import Item, batch_get, marshal
from chalicelib.core.ids import sharded
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.child_keys import children_of, resends_of
from chalicelib.delivery.chunk import partition
from chalicelib.delivery.counters import ANSWER, PEOPLE

PAGE = 3_000
KEYS = 100
"""What DynamoDB reads in one BatchGetItem."""

MOVED = {"settled_sent_at": ("unknown", "sent"), "failed_at": ("sent", "failed")}
"""What a flag moved in the plan's counts (`settle.py`): from one outcome to another."""

COUNTED = (*(f"{name}_at" for name in sorted(PEOPLE)), *MOVED)
NAMED = re.compile(rf"({'|'.join(sorted(PEOPLE))})_at")


class Flags(NamedTuple):
    """What one page of a shard's deliveries adds; `after` is where the next one begins, empty at the end."""

    counts: Counter[str]
    after: str


class Reported(NamedTuple):
    """The deliveries of one page of a shard that were reported on: each one's channel, and what stands on it.

    `after` is where the next page begins, empty at the end.
    """

    items: list[tuple[str, Item]]
    after: str


def reported(plan_id: str, shard: int, after: str, *, wiring: Wiring) -> Reported:
    """A page of a shard's deliveries, read consistently from `after` (exclusive). In one request."""
    request: dict[str, Any] = {
        "TableName": wiring.settings.table("deliveries"),
        "KeyConditionExpression": "plan_shard = :shard",
        "FilterExpression": " OR ".join(f"attribute_exists({name})" for name in COUNTED),
        "ExpressionAttributeValues": marshal({":shard": sharded(plan_id, shard)}),
        "Limit": PAGE,
        "ConsistentRead": True,
    }
    if after:
        place = {"plan_shard": sharded(plan_id, shard), "subscriber_channel": after}
        request["ExclusiveStartKey"] = marshal(place)
    answer = wiring.dynamodb.query(**request)
    items = [(one["subscriber_channel"]["S"].partition("#")[2], one) for one in answer["Items"]]
    last = answer.get("LastEvaluatedKey")
    return Reported(items, last["subscriber_channel"]["S"] if last else "")


def flags(plan_id: str, shard: int, after: str, *, wiring: Wiring) -> Flags:
    """Counts a page of a shard's deliveries by their flags, read consistently from `after` (exclusive).

    People by the names of `counters.py`; what later reports moved as `email|sent`. In one request.
    """
    page = reported(plan_id, shard, after, wiring=wiring)
    counts: Counter[str] = Counter()
    for channel, item in page.items:
        count_flags(channel, item, counts)
        if ANSWER in item:
            counts[f"{channel}#{ANSWER}#{item[ANSWER]['S']}"] += 1
    return Flags(counts, page.after)


def count_flags(channel: str, names: Iterable[str], counts: Counter[str]) -> None:
    """Adds what a delivery on a channel counts for, by the names of its attributes. Pure."""
    for name in names:
        if found := NAMED.fullmatch(name):
            counts[f"{channel}#{found[1]}"] += 1
        elif name in MOVED:
            less, more = MOVED[name]
            counts[f"{channel}|{less}"] -= 1
            counts[f"{channel}|{more}"] += 1


class Fact(NamedTuple):
    """What a chunk's record says of a recipient: the outcome, why, and when (epoch seconds; 0: not known).

    `resent`: the chunk sends again to people in doubt. One that is tried again has a fact for each try.
    """

    state: str
    reason: str
    at: int
    resent: bool


class Family(NamedTuple):
    """What became of the recipients of a root chunk; `whole` unless some outcomes could not be found.

    `facts` count every try, `outcomes` what each recipient came to.
    """

    outcomes: Counter[str]
    whole: bool
    facts: Counter[Fact]


class _Group(NamedTuple):
    """Chunks that hold so many recipients together (None: not known); some of the keys may not exist."""

    root: str
    keys: tuple[str, ...]
    size: int | None


def outcomes(plan_id: str, roots: Sequence[str], *, wiring: Wiring) -> dict[str, Family]:
    """What became of the recipients of up to 100 root chunks, through all that descend from them, by root."""
    found = {root: Family(Counter(), True, Counter()) for root in roots}
    groups = [_Group(root, (root,), None) for root in roots]
    while groups:
        settled = _settled(plan_id, [key for group in groups for key in group.keys], wiring=wiring)
        groups = [child for group in groups for child in _counted(group, settled, found)]
    return found


def _counted(
    group: _Group, settled: Mapping[str, Counter[Fact]], found: dict[str, Family]
) -> Iterable[_Group]:
    """Adds a group's outcomes to its root's; answers the groups of those who moved to children."""
    here = {key: settled[key] for key in group.keys if key in settled}
    size = sum(one.total() for one in here.values())
    whole = bool(here) and group.size in (None, size)
    total = found[group.root]
    found[group.root] = total._replace(whole=total.whole and whole)
    for key, facts in here.items():
        total.facts.update(facts)
        states = Counter[str]()
        for fact, number in facts.items():
            states[fact.state] += number
        again = states.pop(State.RETRY, 0)
        total.outcomes.update(states)
        if again:
            yield _Group(group.root, children_of(key), again)


def _settled(plan_id: str, keys: Sequence[str], *, wiring: Wiring) -> dict[str, Counter[Fact]]:
    """What each chunk's record says of its recipients, read consistently; only settled ones."""
    table = wiring.settings.table("chunks")
    found: dict[str, Counter[Fact]] = {}
    for start in range(0, len(keys), KEYS):
        asked = [_place(plan_id, key) for key in keys[start : start + KEYS]]
        for item in batch_get(wiring.dynamodb, table, asked, ConsistentRead=True):
            key, at = item["seq"]["S"].partition("#")[0], int(item.get("at", {"N": "0"})["N"])
            told = Counter((state, reason) for state, _, reason in json.loads(item["outcomes"]["S"]))
            resent = resends_of(key) > 0
            found[key] = Counter({Fact(*what, at, resent): number for what, number in told.items()})
    return found


def _place(plan_id: str, key: str) -> Item:
    return marshal({"plan_slot": partition(plan_id, key), "seq": f"{key}#outcomes"})
