"""The states of a campaign, and what may be done in each. Pure.

    draft ──► sending ──► sent
      └──────────┴──► cancelled

Staff move `draft` and `cancelled`; from `sending` on, the plan knows best: how it stands is read from there
(`paused` and `halted` included), never kept twice.
"""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.core.errors import Conflict


class State(StrEnum):
    """What staff did with a campaign; `sending` once it was launched."""

    DRAFT = "draft"
    SENDING = "sending"
    CANCELLED = "cancelled"


DRAFT, SENDING, PAUSED, HALTED, SENT, CANCELLED = "draft", "sending", "paused", "halted", "sent", "cancelled"
STATUSES = (DRAFT, SENDING, PAUSED, HALTED, SENT, CANCELLED)

ALLOWED: Mapping[str, frozenset[str]] = {
    "change": frozenset({DRAFT}),
    "delete": frozenset({DRAFT}),
    "launch": frozenset({DRAFT}),
    "cancel": frozenset({DRAFT, SENDING, PAUSED, HALTED}),
    "report": frozenset({SENDING, PAUSED, HALTED, SENT, CANCELLED}),
}


def status_of(state: str, plan_status: str | None) -> str:
    """How a campaign stands: what its plan says, once there is one; before that, what staff did."""
    return plan_status or state


def require(action: str, status: str) -> None:
    """Raises Conflict (`wrong-state`) unless the action is allowed for a campaign that stands so."""
    if status not in ALLOWED[action]:
        allowed = " or ".join(one for one in STATUSES if one in ALLOWED[action])
        raise Conflict(
            f"This campaign is {status}; to {action} it, it must be {allowed}.",
            code="wrong-state",
        )
