"""How an alert stands: what staff did with it, and what its plan says."""

from dataclasses import dataclass

from chalicelib.alerts.model import Alert
from chalicelib.alerts.states import status_of
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.progress import Progress, progress


@dataclass(frozen=True)
class Standing:
    """An alert with its status; `progress` is None where there is no plan."""

    alert: Alert
    status: str
    progress: Progress | None = None


def standing(alert: Alert, *, wiring: Wiring) -> Standing:
    """How an alert stands at this moment."""
    found = plan_progress(alert, wiring=wiring)
    return Standing(alert, status_of(alert.state, found.status if found else None), found)


def plan_progress(alert: Alert, *, wiring: Wiring) -> Progress | None:
    """How far an alert's plan is; None where it has none, or none yet."""
    if not alert.plan_id:
        return None
    try:
        return progress(alert.plan_id, wiring=wiring)
    except NotFound:
        return None
