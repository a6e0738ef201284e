"""Answers to alerts: on the delivery that was answered, the latest holds, and the first time of each is kept.

    answer                          safe, help or not-here: the latest
    answer_at                       when it was told last
    answered_at                     when any was told first
    safe_at help_at not_here_at     when each was told first

People change their minds, and what they send comes doubled and in any order: what stands afterwards depends
on what was told when, never on what came first. A repeat changes nothing. In one transaction with it go the
raw event and the counters (`counters.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Cancelled, Item, marshal, transact
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.counters import addition, answers_counter, slot_of
from chalicelib.delivery.deliveries import deliveries, key
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import TRIES, Contended, moment_text

SAFE, HELP, NOT_HERE = "safe", "help", "not-here"
ANSWERS = (SAFE, HELP, NOT_HERE)
FIRST = {SAFE: "safe_at", HELP: "help_at", NOT_HERE: "not_here_at"}
ATTRIBUTES = ("answer", "answer_at", "answered_at", *FIRST.values())
EVENT = "answer-"
"""How the names of raw events of answers begin."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found: whether the delivery is there, the answer that holds now, whether this made it so."""

    delivery: bool
    answer: str = ""
    new: bool = False


def changes_of(delivery: Mapping[str, Any], answer: str, at: str) -> dict[str, str]:
    """What an answer told at a moment (text that sorts) changes of a delivery; nothing for a repeat. Pure."""
    changes = {name: at for name in ("answered_at", FIRST[answer]) if at < delivery.get(name, "~")}
    if (at, answer) > (delivery.get("answer_at", ""), delivery.get("answer", "")):
        changes |= {"answer": answer, "answer_at": at}
    return changes


def answered(ref: DeliveryRef, answer: str, *, at: datetime, wiring: Wiring) -> Answered:
    """Notes an answer to a message that its reader gave at `at`, once however often it is told.

    Raises KeyError for what is none of ANSWERS, Contended if others keep changing the delivery.
    """
    moment = moment_text(at)
    for _ in range(TRIES):
        found = deliveries(wiring).of(ref.plan_id, ref.channel, [ref.subscriber_id])
        if ref.subscriber_id not in found:
            return Answered(delivery=False)
        delivery = found[ref.subscriber_id]
        changes = changes_of(delivery, answer, moment)
        if not changes:
            return Answered(delivery=True, answer=delivery["answer"])
        after = {**delivery, **changes}
        try:
            transact(wiring.dynamodb, _operations(ref, delivery, changes, answer, at, wiring))
        except Cancelled:
            continue
        return Answered(True, after["answer"], new=after["answer"] != delivery.get("answer"))
    raise Contended


def _operations(
    ref: DeliveryRef,
    delivery: Mapping[str, Any],
    changes: Mapping[str, str],
    answer: str,
    at: datetime,
    wiring: Wiring,
) -> list[Item]:
    was, now = delivery.get("answer"), changes.get("answer", delivery.get("answer"))
    operations = [_set(ref, delivery, changes, table=wiring.settings.table("deliveries"))]
    counts: dict[str, int] = {}
    if was is None:
        counts[f"{ref.channel}#answered"] = 1
    if was != now:
        counts |= {f"{ref.channel}#answer#{was}": -1} if was else {}
        counts[f"{ref.channel}#answer#{now}"] = 1
    if was != now or FIRST[answer] in changes:
        operations.append(_event(ref, answer, at, wiring))
        if timed := answers_counter(ref.plan_id, ref.channel, answer, at):
            counts[timed] = 1
    slot, table = slot_of(ref.plan_id, ref.subscriber_id), wiring.settings.table("counters")
    return operations + [addition(slot, name, table=table, amount=more) for name, more in counts.items()]


def _set(ref: DeliveryRef, delivery: Mapping[str, Any], changes: Mapping[str, str], *, table: str) -> Item:
    """Sets what changed, on condition that the answers still are as they were read."""
    same = ["attribute_exists(plan_shard)"]
    values = {f":v{n}": value for n, value in enumerate(changes.values())}
    for n, name in enumerate(ATTRIBUTES):
        if name in delivery:
            same.append(f"{name} = :was{n}")
            values[f":was{n}"] = delivery[name]
        else:
            same.append(f"attribute_not_exists({name})")
    return {
        "Update": {
            "TableName": table,
            "Key": marshal(key(ref.plan_id, ref.subscriber_id, ref.channel)),
            "UpdateExpression": "SET " + ", ".join(f"{name} = :v{n}" for n, name in enumerate(changes)),
            "ConditionExpression": " AND ".join(same),
            "ExpressionAttributeValues": marshal(values),
        }
    }


def _event(ref: DeliveryRef, answer: str, at: datetime, wiring: Wiring) -> Item:
    """The raw event: the history shows each answer, also those that did not stay."""
    place = key(ref.plan_id, ref.subscriber_id, ref.channel)
    moment = moment_text(at)
    item = {
        "plan_shard": place["plan_shard"],
        "id": f"{place['subscriber_channel']}#{EVENT}{answer}@{moment}",
        "name": f"{EVENT}{answer}",
        "at": moment,
        "expires_at": epoch(at + timedelta(days=wiring.settings.retention_days)),
    }
    return {"Put": {"TableName": wiring.settings.table("events"), "Item": marshal(item)}}
