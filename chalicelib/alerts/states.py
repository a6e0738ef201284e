"""The states of an alert, and what may be done in each. Pure.

    draft ──► submitted ──► approved ──► sending ──► sent ──► ended, cancelled or expired
      ▲           │             │
      └───────────┴─────────────┘  by rejection, and by a change of what would be sent or of who gets it

    halted: the launch met another number of people than the preview. By a new preview it is a draft again.

A pre-authorised template lets a draft be launched at once, and break-glass launches from any state before
`sending`. `sent`, and that a plan was halted or cancelled, is read from the plan and never kept twice. What
was sent ends: `ended`, the danger is over; `cancelled`, it was wrong; `expired`, its time is up.
"""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.core.errors import Conflict


class State(StrEnum):
    """What staff, or time, did with an alert; `sending` once it was launched."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    HALTED = "halted"
    SENDING = "sending"
    ENDED = "ended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


SENT = "sent"
STATUSES = (*(str(one) for one in State), SENT)
BEFORE = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED, State.HALTED})
ACTIVE = frozenset({State.SENDING, SENT})
OVER = frozenset({State.ENDED, State.CANCELLED, State.EXPIRED})

ALLOWED: Mapping[str, frozenset[str]] = {
    "change": BEFORE,
    "delete": frozenset({State.DRAFT}),
    "preview": BEFORE,
    "submit": frozenset({State.DRAFT}),
    "approve": frozenset({State.SUBMITTED}),
    "reject": frozenset({State.SUBMITTED, State.APPROVED}),
    "launch": frozenset({State.DRAFT, State.APPROVED}),
    "break the glass for": BEFORE,
    "update": ACTIVE | OVER,
    "cancel": BEFORE | ACTIVE | OVER - {State.CANCELLED},
    "end": ACTIVE,
    "report": ACTIVE | OVER,
}


def status_of(state: str, plan_status: str | None) -> str:
    """How an alert stands: what staff or time did; while that is `sending`, what its plan says."""
    return plan_status if state == State.SENDING and plan_status else state


def require(action: str, status: str) -> None:
    """Raises Conflict (`wrong-state`) unless the action is allowed for an alert that stands so."""
    if status not in ALLOWED[action]:
        allowed = " or ".join(one for one in STATUSES if one in ALLOWED[action])
        raise Conflict(
            f"This alert is {status}; to {action} it, it must be {allowed}.",
            code="wrong-state",
        )
