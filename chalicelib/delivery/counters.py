"""Counters of what came back: how many people and how many events, per plan, channel, link and hour.

A counter is one item in each of eight slots of its plan; a subscriber's shard chooses the slot, so that no
item takes the writes of a whole campaign. `flags.flag` adds to counters in the transaction of the event
itself; `read` sums the slots.

    email#delivered   email#opened   email#clicked       people, each once
    email#opens   email#clicks                           events
    email#link#3#clicked   email#link#3#clicks           people and events of the plan's link 3
    email#hour#2026-11-22T05#opens                       events in one hour, UTC
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring

SLOTS = 8
HOURS_COUNTED_FOR = timedelta(days=31)


def slot_of(plan_id: str, subscriber_id: str) -> str:
    """The partition that holds the counts of this subscriber's events: `PLAN#3`."""
    return f"{plan_id}#{shard_of(subscriber_id) % SLOTS}"


def addition(slot: str, counter: str, *, table: str) -> dict[str, Any]:
    """The part of a transaction that adds one to a counter."""
    return {
        "Update": {
            "TableName": table,
            "Key": {"plan_slot": {"S": slot}, "counter": {"S": counter}},
            "UpdateExpression": "ADD amount :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def hour_counter(plan_id: str, channel: str, events: str, at: datetime) -> str | None:
    """The counter of the event's hour, or None once the plan is too old for hours to tell anything."""
    started = datetime.fromtimestamp(int(plan_id[:12], 16) / 1000, UTC)
    if at - started > HOURS_COUNTED_FOR:
        return None
    return f"{channel}#hour#{at.astimezone(UTC):%Y-%m-%dT%H}#{events}"


def read(plan_id: str, *, wiring: Wiring) -> dict[str, int]:
    """All counters of a plan, summed over their slots; a counter that nothing was added to is absent."""
    total: Counter[str] = Counter()
    pages = wiring.dynamodb.get_paginator("query")
    for slot in range(SLOTS):
        for page in pages.paginate(
            TableName=wiring.settings.table("counters"),
            KeyConditionExpression="plan_slot = :slot",
            ExpressionAttributeValues={":slot": {"S": f"{plan_id}#{slot}"}},
            ConsistentRead=True,
        ):
            for item in page["Items"]:
                total[item["counter"]["S"]] += int(item["amount"]["N"])
    return dict(total)
