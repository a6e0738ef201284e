"""How plans stand: the item `state` of each, and who may change it into what."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import Cancelled, Item, marshal, transact, unmarshal, updated
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import (
    CANCELLED,
    HALTED,
    PAUSED,
    SENDING,
    SENT,
    PlanHead,
    PlanState,
    Wave,
    wave_item,
)

STATE_KEPT_S = 2.0


class PlanStates:
    """The states of one deployment's plans, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("plans")
        self._states: dict[str, tuple[float, PlanState]] = {}
        self._sending: dict[str, float] = {}

    def state(self, plan_id: str, *, fresh: bool = False) -> PlanState:
        """How the plan stands; at most two seconds old, or read consistently if `fresh`."""
        kept = self._states.get(plan_id)
        if fresh:
            self._sending.pop(plan_id, None)
        elif kept and time.monotonic() - kept[0] < STATE_KEPT_S:
            return kept[1]
        item = self._get(plan_id, "state", consistent=True)
        if item is None:
            raise NotFound("There is no such plan.")
        plain = unmarshal(item)
        state = PlanState(
            plain["status"],
            plain.get("reason", ""),
            plain.get("closed_at", ""),
            plain.get("waves", 0),
            float(plain.get("put_off", 0)),
        )
        if len(self._states) > 500:
            self._states.clear()
        self._states[plan_id] = (time.monotonic(), state)
        return state

    def _forget(self, plan_id: str) -> None:
        self._states.pop(plan_id, None)
        self._sending.pop(plan_id, None)

    def saw_sending(self, plan_id: str) -> None:
        """Keeps, for two seconds, that a transaction found the plan `sending`."""
        if len(self._sending) > 500:
            self._sending.clear()
        self._sending[plan_id] = time.monotonic()

    def known_sending(self, plan_id: str) -> bool:
        """Whether a transaction found the plan `sending` in the last two seconds."""
        seen = self._sending.get(plan_id)
        return seen is not None and time.monotonic() - seen < STATE_KEPT_S

    def sending(self, plan_id: str) -> Item:
        """The condition, for a transaction, that the plan is `sending`."""
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": marshal({"plan_id": plan_id, "part": "state"}),
                "ConditionExpression": "#s = :sending",
                "ExpressionAttributeNames": {"#s": "status"},
                "ExpressionAttributeValues": marshal({":sending": SENDING}),
            }
        }

    def move(self, plan_id: str, *, to: str, allowed: Sequence[str], reason: str = "") -> bool:
        """Changes the state, if it is one of `allowed`; False if it is another."""
        options = ", ".join(f":a{n}" for n in range(len(allowed)))
        moved = self._update(
            plan_id,
            "SET #s = :to, reason = :reason",
            f"#s IN ({options})",
            {":to": to, ":reason": reason, **{f":a{n}": status for n, status in enumerate(allowed)}},
        )
        self._forget(plan_id)
        return moved

    def put_off(self, plan_id: str, *, at: float) -> None:
        """Notes that a worker left somebody to a later pass."""
        self._update(plan_id, "SET put_off = :at", "attribute_exists(#s)", {":at": at})

    def close(self, plan_id: str, *, waves: int, now: datetime) -> None:
        """Closes a plan that waits for nothing: sent, or still cancelled; not one extended since `waves`."""
        sent = self._update(
            plan_id,
            "SET #s = :sent, reason = :none, closed_at = :now",
            "#s IN (:sending, :paused, :halted) AND waves = :waves",
            {
                ":sending": SENDING,
                ":paused": PAUSED,
                ":halted": HALTED,
                ":waves": waves,
                ":sent": SENT,
                ":none": "",
                ":now": rfc3339(now),
            },
        )
        if not sent:
            self._update(
                plan_id,
                "SET closed_at = if_not_exists(closed_at, :now)",
                "#s = :cancelled",
                {":now": rfc3339(now), ":cancelled": CANCELLED},
            )
        self._forget(plan_id)

    def reopen(self, head: PlanHead, *, was: int, waves: Sequence[Wave], more: Sequence[Item]) -> bool:
        """Opens a plan that was sent for further waves, with `more` operations in the transaction.

        False if it is not sent, or has not `was` waves any more.
        """
        state = {
            "TableName": self._table,
            "Key": marshal({"plan_id": head.plan_id, "part": "state"}),
            "UpdateExpression": "SET #s = :sending, waves = :waves REMOVE closed_at",
            "ConditionExpression": "#s = :sent AND waves = :was",
            "ExpressionAttributeNames": {"#s": "status"},
            "ExpressionAttributeValues": marshal(
                {":sending": SENDING, ":sent": SENT, ":was": was, ":waves": was + len(waves)}
            ),
        }
        items = [wave_item(head.plan_id, wave, expires_at=head.expires_at) for wave in waves]
        try:
            transact(self._db, [{"Update": state}, *(self.put(item, new=True) for item in items), *more])
        except Cancelled:
            return False
        self._forget(head.plan_id)
        return True

    def put(self, item: Item, *, new: bool = False) -> Item:
        """A put of this table, for a transaction."""
        put: Item = {"TableName": self._table, "Item": item}
        if new:
            put["ConditionExpression"] = "attribute_not_exists(plan_id)"
        return {"Put": put}

    def _get(self, plan_id: str, part: str, *, consistent: bool = False) -> Item | None:
        answer: Item = self._db.get_item(
            TableName=self._table, Key=marshal({"plan_id": plan_id, "part": part}), ConsistentRead=consistent
        )
        return answer.get("Item")

    def _update(self, plan_id: str, update: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Changes the state's item, if the condition holds; whether it did."""
        return updated(
            self._db,
            TableName=self._table,
            Key=marshal({"plan_id": plan_id, "part": "state"}),
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues=marshal(values),
        )
