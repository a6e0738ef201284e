"""Allocations: which share each variant has in a batch of a plan. Decided once, by whoever is first.

Items of the plan in the table `plans`:

    variants       when it is looked at next, and what was seen of each variant when it was
    variants#N     the shares of batch N, as they were decided
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.dynamo import Cancelled, Item, marshal, query, transact, unmarshal, updated
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import PlanHead

OPEN, PART = "variants", "variants"
PAST = "past#"
"""What a topic's earlier plans told stands under its id after this."""

Numbers = Mapping[str, Mapping[str, int]]
"""What was seen, by batch and variant (`BATCH#VARIANT`)."""


class Allocations:
    """The allocations of one deployment, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("plans")
        self._decided: dict[tuple[str, int], Mapping[str, float]] = {}

    def starting(self, head: PlanHead, *, due_at: float) -> Item:
        """A plan's first look, for the transaction in which it is made."""
        item = {
            "plan_id": head.plan_id,
            "part": PART,
            "open": OPEN,
            "due_at": int(due_at),
            "look": 0,
            "expires_at": head.expires_at,
        }
        return {"Put": {"TableName": self._table, "Item": marshal(item)}}

    def due(self, *, now: datetime, limit: int = 25) -> list[str]:
        """The plans that are to be looked at by now."""
        answer = self._db.query(
            TableName=self._table,
            IndexName="due-index",
            KeyConditionExpression="#open = :open AND due_at <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=marshal({":open": OPEN, ":now": epoch(now)}),
            Limit=limit,
        )
        return [item["plan_id"]["S"] for item in answer["Items"]]

    def take(self, plan_id: str, *, was: int, until: float) -> bool:
        """Takes a plan that is due for a while; False where somebody else did."""
        return updated(
            self._db,
            TableName=self._table,
            Key=marshal({"plan_id": plan_id, "part": PART}),
            UpdateExpression="SET due_at = :until",
            ConditionExpression="due_at = :was",
            ExpressionAttributeValues=marshal({":was": was, ":until": int(until)}),
        )

    def standing(self, plan_id: str) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
        """The last look at a plan, and what was decided of its batches, read consistently.

        The look is empty where a plan has no variants.
        """
        found = query(
            self._db,
            TableName=self._table,
            KeyConditionExpression="plan_id = :plan AND begins_with(part, :prefix)",
            ExpressionAttributeValues=marshal({":plan": plan_id, ":prefix": PART}),
            ConsistentRead=True,
        )
        look: dict[str, Any] = {}
        decided = {}
        for item in map(unmarshal, found):
            _, _, batch = item["part"].partition("#")
            if batch:
                decided[int(batch)] = {**item, "shares": json.loads(item["shares"])}
            else:
                look = {**item, "seen": json.loads(item.get("seen", "{}"))}
        return look, decided

    def of(self, plan_id: str, batch: int) -> Mapping[str, float] | None:
        """What was decided of a batch; kept for the life of the process, for it never changes."""
        if (plan_id, batch) not in self._decided:
            key = marshal({"plan_id": plan_id, "part": f"{PART}#{batch}"})
            item = self._db.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
            if item is None:
                return None
            if len(self._decided) > 200:
                self._decided.clear()
            self._decided[plan_id, batch] = json.loads(item["shares"]["S"])
        return self._decided[plan_id, batch]

    def decide(
        self, head: PlanHead, batch: int, shares: Mapping[str, float], *, how: str, at: float
    ) -> Mapping[str, float]:
        """Decides a batch's shares, unless that was done; answers what holds."""
        values = {
            ":shares": json.dumps(dict(shares)),
            ":how": how,
            ":at": int(at),
            ":expires": head.expires_at,
        }
        updated(
            self._db,
            TableName=self._table,
            Key=marshal({"plan_id": head.plan_id, "part": f"{PART}#{batch}"}),
            UpdateExpression="SET shares = :shares, how = :how, #at = :at, expires_at = :expires",
            ConditionExpression="attribute_not_exists(plan_id)",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues=marshal({**values, ":expires": head.expires_at}),
        )
        found = self.of(head.plan_id, batch)
        assert found is not None
        return found

    def note(
        self,
        head: PlanHead,
        *,
        look: int,
        seen: Numbers,
        at: float,
        due_at: float | None,
        past: Sequence[Item] = (),
    ) -> bool:
        """Notes what was seen at a look, with `past` in its transaction; False where that was noted before.

        Without `due_at` it was the last.
        """
        names = {"#look": "look", "#seen": "seen", "#at": "at"}
        values: dict[str, Any] = {":was": look, ":next": look + 1, ":seen": json.dumps(seen), ":at": int(at)}
        sets = "SET #look = :next, #seen = :seen, #at = :at"
        if due_at is None:
            sets, names = f"{sets} REMOVE #open, due_at", {**names, "#open": "open"}
        else:
            sets, values = f"{sets}, due_at = :due", {**values, ":due": int(due_at)}
        noted: Item = {
            "Update": {
                "TableName": self._table,
                "Key": marshal({"plan_id": head.plan_id, "part": PART}),
                "UpdateExpression": sets,
                "ConditionExpression": "#look = :was",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": marshal(values),
            }
        }
        try:
            transact(self._db, [noted, *past])
        except Cancelled:
            return False
        return True

    def past(self, topics: Sequence[str]) -> tuple[int, int]:
        """The messages of topics' earlier plans that had variants, and how many of them a person followed."""
        messages = clicked = 0
        for topic in topics:
            key = marshal({"plan_id": f"{PAST}{topic}", "part": PART})
            if item := self._db.get_item(TableName=self._table, Key=key).get("Item"):
                messages += int(item["messages"]["N"])
                clicked += int(item["clicked"]["N"])
        return messages, clicked

    def adding_past(self, topic: str, *, messages: int, clicked: int, now: datetime) -> Item:
        """Adds what a plan told to its topic's past, for a transaction."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal({"plan_id": f"{PAST}{topic}", "part": PART}),
                "UpdateExpression": "ADD messages :messages, clicked :clicked SET #at = :at",
                "ExpressionAttributeNames": {"#at": "at"},
                "ExpressionAttributeValues": marshal(
                    {":messages": messages, ":clicked": clicked, ":at": rfc3339(now)}
                ),
            }
        }


@lru_cache(maxsize=8)
def allocations(wiring: Wiring) -> Allocations:
    """The allocations of this process."""
    return Allocations(wiring)
