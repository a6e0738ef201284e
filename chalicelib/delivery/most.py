"""The most people that a plan may reach: the belt beside the count that is checked before its launch.

Each step counts, in its own transaction, the people of its chunks whose first message it is, on condition
that no more are reached than may be. A step against that is not written: the plan halts as `count-differs`,
for somebody to look at. So it reaches so many people or fewer, never more.

A person counts on one channel: that of their first message. Where the audience depends on the channel
(earlier deliveries on the `same`), a step cannot know of the others, and each channel has the bound to
itself.
"""

from collections.abc import Collection

from chalicelib.core.dynamo import Item, marshal
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.by_channel import differs
from chalicelib.delivery.ladder import rungs_of
from chalicelib.delivery.plan import HALTED, SENDING, PlanHead
from chalicelib.delivery.plans import plans

PART = "people"
COUNT_DIFFERS = "count-differs"


def counts_on(head: PlanHead, ways: Collection[str]) -> str:
    """The channel of a person's first message: of those that lead to them, what is sent at once comes first.

    Then the ladder in its order; empty where the plan has no bound. Pure.
    """
    if not head.most:
        return ""
    rungs = [rung.channel for rung in rungs_of(head)]
    order = [*(channel for channel in head.channels if channel not in rungs), *rungs]
    return next((channel for channel in order if channel in ways), "")


def beginning(head: PlanHead, *, wiring: Wiring) -> list[Item]:
    """The count of a plan that has a bound, for a transaction."""
    if not head.most:
        return []
    item = {"plan_id": head.plan_id, "part": PART, **dict.fromkeys((PART, *head.channels), 0)}
    return [plans(wiring).put(marshal({**item, "expires_at": head.expires_at}))]


def counting(head: PlanHead, channel: str, people: int, *, wiring: Wiring) -> Item:
    """Counts so many people more, for a transaction, on condition that the plan may reach them."""
    name = channel if differs(head.audience) else PART
    return {
        "Update": {
            "TableName": wiring.settings.table("plans"),
            "Key": marshal({"plan_id": head.plan_id, "part": PART}),
            "UpdateExpression": "ADD #people :more",
            "ConditionExpression": "#people <= :room",
            "ExpressionAttributeNames": {"#people": name},
            "ExpressionAttributeValues": marshal({":more": people, ":room": head.most - people}),
        }
    }


def halt(head: PlanHead, *, wiring: Wiring) -> bool:
    """Halts the plan that would reach more people than it may; always True."""
    if plans(wiring).move(head.plan_id, to=HALTED, allowed=(SENDING,), reason=COUNT_DIFFERS):
        logger.warning("plan-halted", plan=head.plan_id, reason=COUNT_DIFFERS)
    return True
