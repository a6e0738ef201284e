"""Who may act on an alert: people of its department, with a key of the mode of the one that made it."""

from chalicelib.alerts import tables
from chalicelib.alerts.model import Alert
from chalicelib.core.errors import Forbidden
from chalicelib.core.staff import Actor


def of_department_and_mode(alert_id: str, *, actor: Actor) -> Alert:
    """The alert, for an actor who acts for its department, if the key has the alert's mode.

    Raises NotFound, Forbidden (`wrong-department`, `wrong-mode`).
    """
    alert = tables.read(alert_id)
    actor.require_department(alert.department)
    if alert.mode != actor.mode:
        raise Forbidden(
            f"This alert was made with a key of mode {alert.mode}; use such a one.", code="wrong-mode"
        )
    return alert
