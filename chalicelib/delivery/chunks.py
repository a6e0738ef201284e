"""The table `chunks`: at most fifty recipients of one rendition, the unit that is claimed, sent and recorded.

Three items each, so that small changes write small items: the state under the chunk's key, its recipients,
its outcomes. Every read and write of it stands here; what a chunk is, in `chunk.py`.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from chalicelib.channels.base import Outcome
from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Item, marshal, query, unmarshal, updated
from chalicelib.core.hotpath import to_json
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import (
    CLAIMED,
    OPEN_BUCKETS,
    READY,
    SETTLED,
    Chunk,
    Recipient,
    look_at,
    partition,
    root_of,
)


class Chunks:
    """The chunks of one deployment, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("chunks")

    def making(
        self,
        *,
        plan_id: str,
        key: str,
        rendition: str,
        lane: str,
        recipients: Sequence[Recipient],
        read_at: float,
        due_at: float,
        expires_at: int,
        parent: str = "",
        let_go: str = "",
    ) -> list[Item]:
        """The operations that make a chunk, for a transaction.

        `due_at`: when it should be sent; the sweep looks a while later. `let_go`: see `Chunk`.
        """
        common = {"plan_slot": partition(plan_id, key), "expires_at": expires_at}
        state = {
            **common,
            "seq": key,
            "plan_id": plan_id,
            "rendition": rendition,
            "lane": lane,
            "state": READY,
            "size": len(recipients),
            "read_at": read_at,
            "parent": parent,
            "open": _open(lane, key),
            "due_at": look_at(due_at),
        }
        if let_go:
            state["let_go"] = let_go
        people = {**common, "seq": f"{key}#recipients", "recipients": to_json(recipients)}
        return [self._put(state, new=True), self._put(people)]

    def _put(self, item: Mapping[str, Any], *, new: bool = False) -> Item:
        put: Item = {"TableName": self._table, "Item": marshal(item)}
        if new:
            put["ConditionExpression"] = "attribute_not_exists(seq)"
        return {"Put": put}

    def read(self, plan_id: str, key: str) -> Chunk | None:
        """A chunk with its recipients, read consistently."""
        answer = self._db.query(
            TableName=self._table,
            KeyConditionExpression="plan_slot = :slot AND seq BETWEEN :state AND :recipients",
            ExpressionAttributeValues=marshal(
                {":slot": partition(plan_id, key), ":state": key, ":recipients": f"{key}#recipients"}
            ),
            ConsistentRead=True,
        )
        parts = {item["seq"]["S"]: item for item in answer["Items"]}
        if not {key, f"{key}#recipients"} <= parts.keys():
            return None  # there is none, or its items are expiring one by one
        state = unmarshal(parts[key])
        people = json.loads(parts[f"{key}#recipients"]["recipients"]["S"])
        return Chunk(
            plan_id=plan_id,
            key=key,
            rendition=state["rendition"],
            lane=state["lane"],
            state=state["state"],
            size=state["size"],
            read_at=state["read_at"],
            attempt=state.get("attempt", ""),
            lease_until=state.get("lease_until", 0),
            parent=state["parent"],
            due_at=state.get("due_at", 0),
            expires_at=state["expires_at"],
            recipients=tuple(Recipient(*person) for person in people),
            let_go=state.get("let_go", ""),
        )

    def results(self, plan_id: str, key: str, *, consistent: bool = False) -> dict[str, str]:
        """The outcome of each recipient of a chunk, by subscriber id; nothing while it is not settled.

        For those who read many chunks: in one request, eventually consistently unless asked otherwise.
        """
        answer = self._db.query(
            TableName=self._table,
            KeyConditionExpression="plan_slot = :slot AND seq BETWEEN :outcomes AND :recipients",
            ExpressionAttributeValues=marshal(
                {
                    ":slot": partition(plan_id, key),
                    ":outcomes": f"{key}#outcomes",
                    ":recipients": f"{key}#recipients",
                }
            ),
            ConsistentRead=consistent,
        )
        parts = {item["seq"]["S"].partition("#")[2]: item for item in answer["Items"]}
        if parts.keys() != {"outcomes", "recipients"}:
            return {}
        people = json.loads(parts["recipients"]["recipients"]["S"])
        outcomes = json.loads(parts["outcomes"]["outcomes"]["S"])
        return {person[0]: outcome[0] for person, outcome in zip(people, outcomes, strict=True)}

    def open_of(self, plan_id: str, lane: str) -> Counter[str]:
        """How many chunks of a plan are open, by state, as far as one request for each bucket shows."""
        found: Counter[str] = Counter()
        for bucket in range(OPEN_BUCKETS):
            answer = self._db.query(
                TableName=self._table,
                IndexName="due-index",
                KeyConditionExpression="#open = :open",
                FilterExpression="plan_id = :plan",
                ExpressionAttributeNames={"#open": "open"},
                ExpressionAttributeValues=marshal({":open": f"{lane}#{bucket}", ":plan": plan_id}),
            )
            found.update(item["state"]["S"] for item in answer["Items"])
        return found

    def unclaimed(self, plan_id: str, lane: str, channel: str) -> bool:
        """Whether somebody of a plan's channel waits for the first claim of their chunk.

        By an index that lags by moments.
        """
        values = {":ready": READY, ":plan": plan_id, ":root": "", ":channel": f"rendition#{channel}#"}
        ready = "plan_id = :plan AND #state = :ready AND parent = :root AND begins_with(rendition, :channel)"
        for bucket in range(OPEN_BUCKETS):
            found = query(
                self._db,
                TableName=self._table,
                IndexName="due-index",
                KeyConditionExpression="#open = :open",
                FilterExpression=ready,
                ExpressionAttributeNames={"#open": "open", "#state": "state"},
                ExpressionAttributeValues=marshal({":open": f"{lane}#{bucket}", **values}),
            )
            if next(iter(found), None):
                return True
        return False

    def claiming(self, chunk: Chunk, *, attempt: str, lease_until: float, look_at: float) -> Item:
        """Takes the chunk for an attempt, or finds it taken by this attempt, for a transaction."""
        return self._change(
            chunk,
            "SET #state = :claimed, attempt = :attempt, lease_until = :lease, due_at = :due",
            "#state = :ready OR (#state = :claimed AND attempt = :attempt)",
            {
                ":claimed": CLAIMED,
                ":ready": READY,
                ":attempt": attempt,
                ":lease": lease_until,
                ":due": int(look_at),
            },
        )

    def settling(
        self, chunk: Chunk, outcomes: Sequence[Outcome], *, attempt: str, at: float = 0.0
    ) -> list[Item]:
        """Settles a chunk, for a transaction, on condition that this attempt holds it.

        With an empty attempt, on condition that it is ready. `at`: when the provider had taken those that
        were sent, as near as it is known (epoch seconds).
        """
        condition = "#state = :held" + (" AND attempt = :attempt" if attempt else "")
        values = {":settled": SETTLED, ":held": CLAIMED if attempt else READY}
        if attempt:
            values[":attempt"] = attempt
        state = self._change(
            chunk, "SET #state = :settled REMOVE #open, due_at, lease_until", condition, values, opens=True
        )
        kept = {
            "plan_slot": partition(chunk.plan_id, chunk.key),
            "seq": f"{chunk.key}#outcomes",
            "outcomes": to_json([[o.state.value, o.provider_id, o.reason] for o in outcomes]),
            "at": int(at),
            "expires_at": chunk.expires_at,
        }
        return [state, self._put(kept)]

    def _change(
        self, chunk: Chunk, update: str, condition: str, values: Mapping[str, Any], *, opens: bool = False
    ) -> Item:
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal({"plan_slot": partition(chunk.plan_id, chunk.key), "seq": chunk.key}),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#state": "state"} | ({"#open": "open"} if opens else {}),
                "ExpressionAttributeValues": marshal(values),
            }
        }

    def unattended(self, lane: str, bucket: int, *, now: datetime, limit: int = 100) -> list[dict[str, Any]]:
        """The states of open chunks that are due to be looked after."""
        answer = self._db.query(
            TableName=self._table,
            IndexName="due-index",
            KeyConditionExpression="#open = :open AND due_at <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=marshal({":open": f"{lane}#{bucket}", ":now": epoch(now)}),
            Limit=limit,
        )
        return [unmarshal(item) for item in answer["Items"]]

    def look_again(self, plan_id: str, key: str, *, was: int, due_at: float) -> int | None:
        """Moves the time at which the sweep looks after a ready chunk; None if somebody moved it meanwhile.

        Whoever moves it may send the chunk's message again, with the new time in it: a message that names
        another time was doubled, and may not. The time always changes.
        """
        moved = max(int(due_at), was + 1)
        done = updated(
            self._db,
            TableName=self._table,
            Key=marshal({"plan_slot": partition(plan_id, key), "seq": key}),
            UpdateExpression="SET due_at = :due",
            ConditionExpression="due_at = :was AND #state = :ready",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=marshal({":due": moved, ":was": was, ":ready": READY}),
        )
        return moved if done else None


def _open(lane: str, key: str) -> str:
    return f"{lane}#{root_of(key) % OPEN_BUCKETS}"


@lru_cache(maxsize=8)
def chunks(wiring: Wiring) -> Chunks:
    """The chunks of this process."""
    return Chunks(wiring)
