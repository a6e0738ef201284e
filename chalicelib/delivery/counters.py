"""Counters of what came back: how many people and how many events, per plan, channel, link and hour.

A counter is one item in each of eight slots of its plan; a subscriber's shard chooses the slot, so that no
item takes the writes of a whole campaign. `flags.flag` adds to counters in the transaction of the event
itself; `read` sums the slots.

    email#delivered   email#opened   email#clicked       people, each once
    email#opens   email#clicks                           events
    email#link#3#clicked   email#link#3#clicks           people and events of the plan's link 3
    email#hour#2026-11-22T05#opens                       events in one hour, UTC
    email#reason#too-many                                people who said why they unsubscribed
    sms#priced   sms#cost                                messages whose price was told; their sum (`DOLLAR`)
    sms#answered                                         people who answered the message, each once
    sms#answer#help                                      those of them whose latest answer this is
    sms#answers#2026-11-22T05:35#help                    answers told in five minutes, UTC
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.dynamo import query, updated
from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring

SLOTS = 8
DOLLAR = 100_000
"""Costs are counted in so many parts of a US dollar: providers state prices with five decimals."""

REPORTED = frozenset({"delayed", "delivered", "bounced", "hard_bounced", "complained", "opened", "clicked"})
PEOPLE = REPORTED | {"answered"}
"""What people are counted for: each has a flag on the delivery."""

ANSWER = "answer"
"""The second part of a counter of people by their latest answer."""

HOURS_COUNTED_FOR = timedelta(days=31)
ANSWERS_COUNTED_FOR = timedelta(days=1)
ANSWERS_WITHIN_MINUTES = 5


def slot_of(plan_id: str, subscriber_id: str) -> str:
    """The partition that holds the counts of this subscriber's events: `PLAN#3`."""
    return f"{plan_id}#{shard_of(subscriber_id) % SLOTS}"


def addition(slot: str, counter: str, *, table: str, amount: int = 1) -> dict[str, Any]:
    """The part of a transaction that adds to a counter."""
    return {
        "Update": {
            "TableName": table,
            "Key": {"plan_slot": {"S": slot}, "counter": {"S": counter}},
            "UpdateExpression": "ADD amount :more",
            "ExpressionAttributeValues": {":more": {"N": str(amount)}},
        }
    }


def hour_counter(plan_id: str, channel: str, events: str, at: datetime) -> str | None:
    """The counter of the event's hour, or None once the plan is too old for hours to tell anything."""
    if at - made_at(plan_id) > HOURS_COUNTED_FOR:
        return None
    return f"{channel}#hour#{at.astimezone(UTC):%Y-%m-%dT%H}#{events}"


def answers_counter(plan_id: str, channel: str, answer: str, at: datetime) -> str | None:
    """The counter of the five minutes in which an answer was told; None once the plan is older than a day."""
    if at - made_at(plan_id) > ANSWERS_COUNTED_FOR:
        return None
    moment = at.astimezone(UTC)
    moment = moment.replace(minute=moment.minute - moment.minute % ANSWERS_WITHIN_MINUTES)
    return f"{channel}#answers#{moment:%Y-%m-%dT%H:%M}#{answer}"


def made_at(plan_id: str) -> datetime:
    """When a plan was made: ids begin with their time."""
    return datetime.fromtimestamp(int(plan_id[:12], 16) / 1000, UTC)


def read(plan_id: str, *, wiring: Wiring) -> dict[str, int]:
    """All counters of a plan, summed over their slots; a counter that nothing was added to is absent."""
    total: Counter[str] = Counter()
    for slot in range(SLOTS):
        total.update(_slot(plan_id, slot, wiring=wiring))
    return dict(total)


def people(plan_id: str, slot: int, *, wiring: Wiring) -> dict[str, int]:
    """The counters of a slot that count people, read consistently."""
    found = _slot(plan_id, slot, wiring=wiring)
    return {name: amount for name, amount in found.items() if counts_people(name)}


def counts_people(counter: str) -> bool:
    """Whether a counter counts people by what stands on their deliveries."""
    parts = counter.split("#")
    return parts[-1] in PEOPLE or parts[1] == ANSWER


def mend(slot: str, counter: str, *, was: int, now: int, wiring: Wiring) -> bool:
    """Sets a counter right, if it still is what it was."""
    return updated(
        wiring.dynamodb,
        TableName=wiring.settings.table("counters"),
        Key={"plan_slot": {"S": slot}, "counter": {"S": counter}},
        UpdateExpression="SET amount = :now",
        ConditionExpression="amount = :was" if was else "attribute_not_exists(amount) OR amount = :was",
        ExpressionAttributeValues={":now": {"N": str(now)}, ":was": {"N": str(was)}},
    )


def _slot(plan_id: str, slot: int, *, wiring: Wiring) -> dict[str, int]:
    found = query(
        wiring.dynamodb,
        TableName=wiring.settings.table("counters"),
        KeyConditionExpression="plan_slot = :slot",
        ExpressionAttributeValues={":slot": {"S": f"{plan_id}#{slot}"}},
        ConsistentRead=True,
    )
    return {item["counter"]["S"]: int(item["amount"]["N"]) for item in found}
