"""When a plan is studied: one small item that falls due some hours after its launch, four times.

It is made in the plan's own transaction, so no plan is forgotten. From the last time on, the plan's totals
are taken: what comes of people without leave is of nobody (`engagement/leave.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Item, marshal, unmarshal, updated
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans

HOURS = (1, 6, 24, 72)
"""Hours after the launch at which a plan is studied."""

LAST = len(HOURS) - 1
PART = "study"
LEASE_S = 900
"""Seconds after which a study that was begun is begun again, if nobody finished it."""


class Studying(NamedTuple):
    """How far a plan is studied: which time is next (`LAST + 1`: none), and whether its totals are taken."""

    plan_id: str
    taking: int
    taken: bool


def beginning(head: PlanHead, *, now: datetime, wiring: Wiring) -> Item:
    """The item of a new plan, for its transaction."""
    item = {
        "plan_id": head.plan_id,
        "part": PART,
        "open": PART,
        "launched_at": epoch(now),
        "due_at": epoch(now) + HOURS[0] * 3600,
        "taking": 0,
        "expires_at": head.expires_at,
    }
    return plans(wiring).put(marshal(item))


def standing(plan_id: str, *, wiring: Wiring) -> Studying | None:
    """How far a plan is studied, read consistently; None for a plan that never is."""
    answer = wiring.dynamodb.get_item(
        TableName=wiring.settings.table("plans"), Key=_key(plan_id), ConsistentRead=True
    )
    if "Item" not in answer:
        return None
    plain = unmarshal(answer["Item"])
    return Studying(plan_id, plain["taking"], plain.get("taken", False))


def is_over(plan_id: str, *, wiring: Wiring) -> bool:
    """Whether a plan was studied for the last time: all that is learned of it stands, and its totals too."""
    found = standing(plan_id, wiring=wiring)
    return found is not None and found.taking > LAST


def due(*, now: datetime, wiring: Wiring, limit: int = 100) -> Sequence[Studying]:
    """The plans that are due, for whoever asks first: to others they are due again after a lease."""
    answer = wiring.dynamodb.query(
        TableName=wiring.settings.table("plans"),
        IndexName="due-index",
        KeyConditionExpression="#open = :open AND due_at <= :now",
        ExpressionAttributeNames={"#open": "open"},
        ExpressionAttributeValues=marshal({":open": PART, ":now": epoch(now)}),
        Limit=limit,
    )
    found = [unmarshal(item) for item in answer["Items"]]
    return [
        Studying(one["plan_id"], one["taking"], one.get("taken", False))
        for one in found
        if _lease(one["plan_id"], was=one["due_at"], until=epoch(now) + LEASE_S, wiring=wiring)
    ]


def _lease(plan_id: str, *, was: int, until: int, wiring: Wiring) -> bool:
    return updated(
        wiring.dynamodb,
        TableName=wiring.settings.table("plans"),
        Key=_key(plan_id),
        UpdateExpression="SET due_at = :until",
        ConditionExpression="due_at = :was",
        ExpressionAttributeValues=marshal({":was": was, ":until": until}),
    )


def put_off(plan_id: str, *, until: datetime, wiring: Wiring) -> None:
    """Has a plan fall due later."""
    updated(
        wiring.dynamodb,
        TableName=wiring.settings.table("plans"),
        Key=_key(plan_id),
        UpdateExpression="SET due_at = :until",
        ConditionExpression="attribute_exists(due_at)",
        ExpressionAttributeValues=marshal({":until": epoch(until)}),
    )


def take_totals(plan_id: str, *, wiring: Wiring) -> None:
    """From now on the plan's totals are taken; again is harmless."""
    updated(
        wiring.dynamodb,
        TableName=wiring.settings.table("plans"),
        Key=_key(plan_id),
        UpdateExpression="SET taken = :yes",
        ConditionExpression="attribute_exists(plan_id)",
        ExpressionAttributeValues=marshal({":yes": True}),
    )


def done(plan_id: str, taking: int, *, wiring: Wiring) -> None:
    """A plan was studied that time; it falls due once more, or never again."""
    request = {
        "TableName": wiring.settings.table("plans"),
        "Key": _key(plan_id),
        "ConditionExpression": "taking = :taking",
    }
    if taking == LAST:
        updated(
            wiring.dynamodb,
            **request,
            UpdateExpression="SET taking = :next REMOVE #open, due_at",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=marshal({":taking": taking, ":next": taking + 1}),
        )
        return
    values = {":taking": taking, ":next": taking + 1, ":seconds": HOURS[taking + 1] * 3600}
    updated(
        wiring.dynamodb,
        **request,
        UpdateExpression="SET taking = :next, due_at = launched_at + :seconds",
        ExpressionAttributeValues=marshal(values),
    )


def _key(plan_id: str) -> Item:
    return marshal({"plan_id": plan_id, "part": PART})
