"""The table of states: what may be done when."""

import pytest

from chalicelib.campaigns.states import ALLOWED, STATUSES, require, status_of
from chalicelib.core.errors import Conflict

MAY = {
    "change": {"draft", "submitted", "approved", "scheduled"},
    "delete": {"draft"},
    "submit": {"draft", "submitted", "approved"},
    "approve": {"submitted"},
    "reject": {"submitted", "approved", "scheduled"},
    "schedule": {"draft", "approved", "scheduled"},
    "unschedule": {"scheduled"},
    "launch": {"draft", "approved", "scheduled"},
    "pause": {"sending"},
    "resume": {"paused", "halted"},
    "extend": {"sent"},
    "cancel": {"draft", "submitted", "approved", "scheduled", "sending", "paused", "halted"},
    "correct": {"sent", "cancelled"},
    "report": {"sending", "paused", "halted", "sent", "cancelled"},
    "list deliveries of": {"sending", "paused", "halted", "sent", "cancelled"},
}


@pytest.mark.parametrize("action", sorted(ALLOWED))
@pytest.mark.parametrize("status", STATUSES)
def test_what_may_be_done(action: str, status: str) -> None:
    if status in MAY[action]:
        require(action, status)
        return
    with pytest.raises(Conflict) as refused:
        require(action, status)
    assert refused.value.code == "wrong-state"
    assert f"is {status}" in refused.value.detail


@pytest.mark.parametrize(
    ("state", "plan", "expected"),
    [
        ("draft", None, "draft"),
        ("sending", None, "sending"),
        ("sending", "sending", "sending"),
        ("sending", "paused", "paused"),
        ("sending", "sent", "sent"),
        ("cancelled", None, "cancelled"),
        ("cancelled", "cancelled", "cancelled"),
        ("cancelled", "sent", "sent"),
    ],
)
def test_the_plan_knows_best(state: str, plan: str | None, expected: str) -> None:
    assert status_of(state, plan) == expected
