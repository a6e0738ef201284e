"""Breaking the glass: one person launches an alert without approval, and says why.

Every approver is told at once (`launch.hand_over`), and it stands out in the audit, in the record, and
wherever the alert is shown.
"""

from datetime import datetime

from chalicelib.alerts import access, launch, states
from chalicelib.alerts.model import Alert
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring


def break_glass(
    alert_id: str, *, event: str, digest: str, reason: str, actor: Actor, now: datetime, wiring: Wiring
) -> Alert:
    """Launches an alert that nobody approved, by a preview that was looked at. Raises as `launch`."""
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("break the glass for", alert.state)
    return launch.start(
        alert, event=event, digest=digest, by=actor.staff_id, reason=reason, now=now, wiring=wiring
    )
