"""Counters of what came back: how many people and how many events, per plan, channel, link and hour.

Counters stand in each of eight slots of their plan; a subscriber's shard chooses the slot, so that no item
takes the writes of a whole campaign. What reports say is added in the transaction of its flag (`flags.py`),
one item for each counter; `read` sums the slots.

    email#delivered   email#bounced                      people, each once
    email#reason#too-many                                people who said why they unsubscribed
    sms#priced   sms#cost                                messages whose price was told; their sum (`DOLLAR`)
    sms#answered                                         people who answered the message, each once
    sms#answer#help                                      those of them whose latest answer this is
    sms#answers#2026-11-22T05:35#help                    answers told in five minutes, UTC

What readers did (`engaged.py`; the names are those of `engagement/counted.py`) stands in items of many
numbers each, for one message moves many of them: what concerns links and hours apart, so that no item grows
without bounds. Beside what is counted stands how much of it is nobody's: of readers who are not told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core.dynamo import query, updated
from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring

SLOTS = 8
DOLLAR = 100_000
"""Costs are counted in so many parts of a US dollar: providers state prices with five decimals."""

REPORTED = frozenset({"delayed", "delivered", "bounced", "hard_bounced", "complained"})
PEOPLE = REPORTED | {"answered"}
"""What people are counted for: each has a flag on the delivery."""

ANSWER = "answer"
"""The second part of a counter of people by their latest answer."""

ENGAGED, NOBODY = "engaged", "nobody"
"""How the items begin that hold what readers did, and how much of that is nobody's."""

LINKS_TOGETHER = 20
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


def additions(
    slot: str, numbers: Mapping[str, int], *, table: str, kind: str = ENGAGED
) -> list[dict[str, Any]]:
    """The parts of a transaction that add to counters of engagement (`kind`: the counters, or NOBODY's)."""
    items: dict[str, dict[str, int]] = defaultdict(dict)
    for name, number in sorted(numbers.items()):
        if number:
            items[kind + group_of(name)][name] = number
    return [_adding(slot, item, found, table=table) for item, found in sorted(items.items())]


def _adding(slot: str, item: str, numbers: Mapping[str, int], *, table: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": {"plan_slot": {"S": slot}, "counter": {"S": item}},
            "UpdateExpression": "ADD " + ", ".join(f"#c{n} :c{n}" for n in range(len(numbers))),
            "ExpressionAttributeNames": {f"#c{n}": name for n, name in enumerate(numbers)},
            "ExpressionAttributeValues": {
                f":c{n}": {"N": str(one)} for n, one in enumerate(numbers.values())
            },
        }
    }


def group_of(name: str) -> str:
    """Which of a slot's items holds a counter of engagement: by days, by twenty links, and so on."""
    _, kind, *rest = name.split("#")
    match kind:
        case "hour":
            return f"#{rest[0][:10]}"
        case "link":
            return f"#links#{int(rest[0]) // LINKS_TOGETHER}"
        case "language" | "variant" | "within":
            return f"#{kind}"
    return ""


def hour_of(plan_id: str, at: datetime) -> str | None:
    """The hour of an event (`2026-11-22T05`, UTC); None once hours tell nothing of the plan."""
    return None if at - made_at(plan_id) > HOURS_COUNTED_FOR else f"{at.astimezone(UTC):%Y-%m-%dT%H}"


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
    """All counters of a plan, summed over their slots; one of zero is absent."""
    total: Counter[str] = Counter()
    for slot in range(SLOTS):
        total.update(_slot(plan_id, slot, wiring=wiring))
    return {name: amount for name, amount in total.items() if amount}


def people(plan_id: str, slot: int, *, wiring: Wiring) -> dict[str, int]:
    """The counters of a slot that count people, read consistently."""
    found = _slot(plan_id, slot, wiring=wiring)
    return {name: amount for name, amount in found.items() if counts_people(name)}


def counts_people(counter: str) -> bool:
    """Whether a counter counts people by what stands on their deliveries."""
    parts = counter.split("#")
    return parts[-1] in PEOPLE or parts[1] == ANSWER


def mend_engaged(slot: str, wrong: Mapping[str, tuple[int, int]], *, wiring: Wiring) -> bool:
    """Sets counters of engagement right, from what they are to what they should be; all of an item or none.

    Whether all were: one that is another by now is left, with those beside it.
    """
    items: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for name, both in sorted(wrong.items()):
        items[ENGAGED + group_of(name)][name] = both
    done = [_mending(slot, item, found, wiring=wiring) for item, found in items.items()]
    return all(done)


def _mending(slot: str, item: str, wrong: Mapping[str, tuple[int, int]], *, wiring: Wiring) -> bool:
    values = {f":was{n}": was for n, (was, _) in enumerate(wrong.values())}
    values |= {f":now{n}": now for n, (_, now) in enumerate(wrong.values())}
    same = [
        f"#c{n} = :was{n}" if was else f"(attribute_not_exists(#c{n}) OR #c{n} = :was{n})"
        for n, (was, _) in enumerate(wrong.values())
    ]
    return updated(
        wiring.dynamodb,
        TableName=wiring.settings.table("counters"),
        Key={"plan_slot": {"S": slot}, "counter": {"S": item}},
        UpdateExpression="SET " + ", ".join(f"#c{n} = :now{n}" for n in range(len(wrong))),
        ConditionExpression=" AND ".join(same),
        ExpressionAttributeNames={f"#c{n}": name for n, name in enumerate(wrong)},
        ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
    )


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


def nobodys(plan_id: str, slot: int, *, wiring: Wiring) -> dict[str, int]:
    """How much of a slot's counters of engagement is of nobody, read consistently."""
    return {
        name: amount
        for item in _items(plan_id, slot, wiring=wiring)
        if item["counter"]["S"].startswith(NOBODY)
        for name, amount in _numbers(item)
    }


def engaged(plan_id: str, slot: int, *, wiring: Wiring) -> dict[str, int]:
    """The counters of engagement of a slot, read consistently; some may be zero."""
    return {
        name: amount
        for item in _items(plan_id, slot, wiring=wiring)
        if item["counter"]["S"].startswith(ENGAGED)
        for name, amount in _numbers(item)
    }


def _slot(plan_id: str, slot: int, *, wiring: Wiring) -> dict[str, int]:
    return {
        name: amount
        for item in _items(plan_id, slot, wiring=wiring)
        if not item["counter"]["S"].startswith(NOBODY)
        for name, amount in _numbers(item)
    }


def _numbers(item: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The counters that an item holds: one by its own name, or many."""
    if "amount" in item:
        yield item["counter"]["S"], int(item["amount"]["N"])
        return
    for name, value in item.items():
        if "#" in name:
            yield name, int(value["N"])


def _items(plan_id: str, slot: int, *, wiring: Wiring) -> Iterator[Mapping[str, Any]]:
    return query(
        wiring.dynamodb,
        TableName=wiring.settings.table("counters"),
        KeyConditionExpression="plan_slot = :slot",
        ExpressionAttributeValues={":slot": {"S": f"{plan_id}#{slot}"}},
        ConsistentRead=True,
    )
