"""What became of everyone of a root chunk, through all the chunks that descend from it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.channels.base import Outcome, State
from chalicelib.core.dynamo import Item, marshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunks import Recipient, key_of, outcomes_in, partition


class Fate(NamedTuple):
    """What became of one recipient: the outcome, or None while it is not settled."""

    recipient: Recipient
    rendition: str
    outcome: Outcome | None


def family(plan_id: str, root: int, *, wiring: Wiring) -> list[Fate]:
    """What became so far of everyone of a root chunk, by place, by whichever chunk it was tried last."""
    request: dict[str, Any] = {
        "TableName": wiring.settings.table("chunks"),
        "KeyConditionExpression": "plan_slot = :slot AND seq BETWEEN :first AND :last",
        "ExpressionAttributeValues": marshal(
            {
                ":slot": partition(plan_id, key_of(root)),
                ":first": key_of(root),
                ":last": f"{key_of(root)}~",
            }
        ),
        "ConsistentRead": True,
    }
    items: dict[str, Item] = {}
    while True:
        answer = wiring.dynamodb.query(**request)
        items |= {item["seq"]["S"]: item for item in answer["Items"]}
        if "LastEvaluatedKey" not in answer:
            return _fates(items)
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _fates(items: Mapping[str, Item]) -> list[Fate]:
    fates: dict[int, Fate] = {}
    for key, item in items.items():
        people = items.get(f"{key}#recipients")
        if "rendition" not in item or people is None:
            continue
        settled = items.get(f"{key}#outcomes")
        outcomes = outcomes_in(settled) if settled else None
        for n, person in enumerate(json.loads(people["recipients"]["S"])):
            outcome = outcomes[n] if outcomes else None
            if outcome is None or outcome.state is not State.RETRY:
                one = Recipient(*person)
                fates[one.place] = Fate(one, item["rendition"]["S"], outcome)
    return [fates[place] for place in sorted(fates)]
