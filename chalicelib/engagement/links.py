"""What the click path knows of a token: the links of its plan, kept per process, so a click asks nobody."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef, read
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.resolve import plan_numbered, plan_of

Names = Mapping[str, str | int]


def read_token(token: str, *, now: datetime, wiring: Wiring) -> DeliveryRef | ShortRef:
    """The delivery that a token names; good as long as deliveries are kept.

    Raises TokenRefused, TokenExpired.
    """
    lifetime = timedelta(days=wiring.settings.retention_days)
    return read(token, ring=wiring.ring, now=now, lifetime=lifetime)


def plan(ref: DeliveryRef | ShortRef, *, wiring: Wiring) -> PlanHead:
    """The plan that a delivery is of. Raises NotFound once it is gone."""
    if isinstance(ref, DeliveryRef):
        return plan_of(ref.plan_id, wiring=wiring)
    return _numbered(ref.plan_number, wiring)


@lru_cache(maxsize=500)
def _numbered(plan_number: int, wiring: Wiring) -> PlanHead:
    return plan_numbered(plan_number, wiring=wiring)


def link(ref: DeliveryRef | ShortRef, number: str, *, wiring: Wiring) -> str | None:
    """The address of the plan's link of that number, as it stands in the path; None if there is none.

    Raises NotFound once the plan is gone.
    """
    links = plan(ref, wiring=wiring).links
    if not (number.isascii() and number.isdigit() and len(number) <= 4) or str(int(number)) != number:
        return None
    return links[int(number)] if int(number) < len(links) else None


def named(ref: DeliveryRef | ShortRef) -> Names:
    """The delivery as messages of the queue `events` name it."""
    if isinstance(ref, DeliveryRef):
        return {"plan": ref.plan_id, "subscriber": ref.subscriber_id, "channel": ref.channel}
    return {"plan_number": ref.plan_number, "chunk": ref.chunk, "place": ref.place}
