"""The states of a campaign, and what may be done in each. Pure.

    draft ──► submitted ──► approved ──► scheduled ──► sending ⇄ paused or halted ──► sent
      ▲           │             │            │
      └───────────┴─────────────┴────────────┘  by rejection, and by a change of what would be sent

    cancelled: from any but sent. sent ──► sending: extended to those who came late.

Submitting once more submits what it means now. Where the department asks for no second person, a draft may be
scheduled and launched at once. Staff move a
campaign up to `sending`; from there on, the plan knows best: how it stands is read from there (`paused` and
`halted` included), never kept twice.
"""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.core.errors import Conflict


class State(StrEnum):
    """What staff did with a campaign; `sending` once it was launched."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    CANCELLED = "cancelled"


DRAFT, SUBMITTED, APPROVED, SCHEDULED = "draft", "submitted", "approved", "scheduled"
SENDING, PAUSED, HALTED, SENT, CANCELLED = "sending", "paused", "halted", "sent", "cancelled"
STATUSES = (DRAFT, SUBMITTED, APPROVED, SCHEDULED, SENDING, PAUSED, HALTED, SENT, CANCELLED)
BEFORE = frozenset({DRAFT, SUBMITTED, APPROVED, SCHEDULED})
UNDER_WAY = frozenset({SENDING, PAUSED, HALTED})

ALLOWED: Mapping[str, frozenset[str]] = {
    "change": BEFORE,
    "delete": frozenset({DRAFT}),
    "submit": BEFORE - {SCHEDULED},
    "approve": frozenset({SUBMITTED}),
    "reject": BEFORE - {DRAFT},
    "schedule": BEFORE - {SUBMITTED},
    "unschedule": frozenset({SCHEDULED}),
    "launch": BEFORE - {SUBMITTED},
    "pause": frozenset({SENDING}),
    "resume": frozenset({PAUSED, HALTED}),
    "extend": frozenset({SENT}),
    "correct": frozenset({SENT, CANCELLED}),
    "cancel": BEFORE | UNDER_WAY,
    "report": UNDER_WAY | {SENT, CANCELLED},
    "list deliveries of": UNDER_WAY | {SENT, CANCELLED},
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
