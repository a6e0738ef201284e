"""The table of states: what may be done when."""

import pytest

from chalicelib.alerts.states import ALLOWED, STATUSES, require, status_of
from chalicelib.core.errors import Conflict

MAY = {
    "change": {"draft", "submitted", "approved", "halted"},
    "delete": {"draft"},
    "preview": {"draft", "submitted", "approved", "halted"},
    "submit": {"draft"},
    "approve": {"submitted"},
    "reject": {"submitted", "approved"},
    "launch": {"draft", "approved"},
    "break the glass for": {"draft", "submitted", "approved", "halted"},
    "update": {"sending", "sent", "ended", "cancelled", "expired"},
    "cancel": {"draft", "submitted", "approved", "halted", "sending", "sent", "ended", "expired"},
    "end": {"sending", "sent"},
    "report": {"sending", "sent", "ended", "cancelled", "expired"},
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
        ("sending", "sent", "sent"),
        ("sending", "halted", "halted"),
        ("cancelled", "sent", "cancelled"),
        ("expired", "sending", "expired"),
    ],
)
def test_the_plan_knows_best_until_it_is_over(state: str, plan: str | None, expected: str) -> None:
    assert status_of(state, plan) == expected
