"""What became of everyone of a root chunk, through all the chunks that descend from it."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.channels.base import Outcome, State
from chalicelib.core.dynamo import Item, marshal, query
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import Recipient, key_of, partition


class Fate(NamedTuple):
    """What became of one recipient: the outcome, or None while it is not settled."""

    recipient: Recipient
    rendition: str
    outcome: Outcome | None


def family(plan_id: str, root: int, *, wiring: Wiring) -> list[Fate]:
    """What became so far of everyone of a root chunk, by place, by whichever chunk it was tried last."""
    first = key_of(root)
    found = query(
        wiring.dynamodb,
        TableName=wiring.settings.table("chunks"),
        KeyConditionExpression="plan_slot = :slot AND seq BETWEEN :first AND :last",
        ExpressionAttributeValues=marshal(
            {":slot": partition(plan_id, first), ":first": first, ":last": f"{first}~"}
        ),
        ConsistentRead=True,
    )
    return _fates({item["seq"]["S"]: item for item in found})


def _fates(items: Mapping[str, Item]) -> list[Fate]:
    fates: dict[int, Fate] = {}
    for key, item in items.items():
        people = items.get(f"{key}#recipients")
        if "rendition" not in item or people is None:
            continue
        settled = items.get(f"{key}#outcomes")
        outcomes = _outcomes(settled) if settled else None
        for n, person in enumerate(json.loads(people["recipients"]["S"])):
            outcome = outcomes[n] if outcomes else None
            if outcome is None or outcome.state is not State.RETRY:
                one = Recipient(*person)
                fates[one.place] = Fate(one, item["rendition"]["S"], outcome)
    return [fates[place] for place in sorted(fates)]


def _outcomes(item: Item) -> list[Outcome]:
    """The outcomes that an item `KEY#outcomes` holds, in the order of the recipients."""
    return [Outcome(State(state), *rest) for state, *rest in json.loads(item["outcomes"]["S"])]
