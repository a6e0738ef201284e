"""Telling of a conversion: what a site says came of a click, checked and on to the queue `events`.

Told again, it is the same event: its id is made of the click and the goal. This is on the click path, too
(`/c/…`): it loads no heavy library, and keeps what goals are for a minute.
"""

import json
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import unmarshal
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.sites import leads_to
from chalicelib.core.wiring import Wiring
from chalicelib.engagement import links
from chalicelib.engagement.destinations.conversions.click_tokens import Click, read
from chalicelib.engagement.model import Kind, Sign
from chalicelib.engagement.signs import agent_of, network_of, signs_of

KEPT_S = 60


class Known(NamedTuple):
    """What the click path needs of a goal."""

    id: str
    department: str
    sites: frozenset[str]
    ended_at: str


def known(goal_id: str, *, wiring: Wiring) -> Known:
    """A goal, as it was within the last minute. Raises NotFound."""
    return _known(goal_id, int(wiring.clock().timestamp() // KEPT_S), wiring)


@lru_cache(maxsize=200)
def _known(goal_id: str, _minute: int, wiring: Wiring) -> Known:
    answer = wiring.dynamodb.get_item(TableName=wiring.settings.table("goals"), Key={"id": {"S": goal_id}})
    if "Item" not in answer:
        raise NotFound("No goal has this id.")
    item = unmarshal(answer["Item"])
    sites = frozenset(json.loads(item["sites"]))
    return Known(item["id"], item["department"], sites, item.get("ended_at", ""))


def tell(token: str, goal: Known, *, wiring: Wiring, request: Any = None) -> None:
    """Tells of a conversion, by a click's token; `request` is that of the reader's browser, if it is one.

    Raises TokenRefused, TokenExpired; NotFound for a plan that is gone, or of another department or site;
    Conflict (`goal-ended`).
    """
    now = wiring.clock()
    click = read(token, ring=wiring.ring, now=now)
    plan = links.plan(click.ref, wiring=wiring)
    if plan.department != goal.department or not leads_to(plan.links[click.link], goal.sites):
        raise NotFound("This click did not lead to a site of this goal.", code="other-goal")
    if goal.ended_at:
        raise Conflict("This goal has ended.", code="goal-ended")
    message: dict[str, Any] = {
        "id": f"{goal.id}-{click.id}",
        "kind": Kind.CONVERSION,
        **_named(click, plan.plan_id),
        "link": click.link,
        "goal": goal.id,
        "at": rfc3339(now),
        "signs": [Sign.PRIVATE] if click.private else [],
    }
    if request is not None:
        message |= {
            "agent": agent_of(request.headers),
            "network": network_of(request, links.named(click.ref), wiring=wiring),
            "signs": sorted({*message["signs"], *signs_of(request.method, request.headers)}),
        }
    wiring.queues.send("events", message)


def _named(click: Click, plan_id: str) -> links.Names:
    """The delivery of a click; of a private one, the plan and channel, and nobody."""
    if not click.private:
        return links.named(click.ref)
    return {"plan": plan_id, "subscriber": "", "channel": getattr(click.ref, "channel", "sms")}
