"""Whom what follows an alert reaches: exactly those to whom it was handed, or may have been. Pure.

On the same channels, and those who got it last first: they have had the least time to hear otherwise.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from chalicelib.delivery.audience import SAME, Expression
from chalicelib.delivery.written import HANDED

BANDS = 5
SHORTEST_S = 60
"""A band of time of fewer seconds is not worth a walk of its own."""


def handed(plan_id: str, **band: int) -> Expression:
    """Those whom a plan reached on the channel that is asked for; in a band of time, or at any."""
    return {"deliveries": {"plan": plan_id, "state": HANDED, "channel": SAME, **band}}


def reached(plan_ids: Sequence[str]) -> Expression:
    """Those whom one of several plans reached."""
    return {"any": [handed(one) for one in plan_ids]} if len(plan_ids) > 1 else handed(plan_ids[0])


def bands(
    plan_ids: Sequence[str], *, begun: float, ended: float, others: Mapping[str, Any] | None = None
) -> list[Expression]:
    """Filters by when the newest plan, the first, reached people, the latest first; none where that is one.

    It sent from `begun` to `ended` (epoch seconds). Whom only older plans reached come last, and behind them
    `others` who get it for another reason.
    """
    newest, older = plan_ids[0], plan_ids[1:]
    number = max(1, min(BANDS, int((ended - begun) // SHORTEST_S)))
    edges = [int(begun + (ended - begun) * n / number) for n in range(1, number)]
    timed: list[Expression] = [handed(newest)]
    if edges:
        middle = [handed(newest, since=here, until=there) for here, there in pairwise(edges)]
        timed = [handed(newest, since=edges[-1]), *reversed(middle), handed(newest, until=edges[0])]
    rest = [reached(plan_ids)] if others is None else [{"any": [reached(plan_ids), others]}]
    if older or others is not None:
        timed.append({"except": [*rest, handed(newest)]})
    return timed if len(timed) > 1 else []
