"""Updating an alert: a newer one that takes its place, drafted, previewed and approved as any other.

It reaches whom the earlier ones reached, on the same channels, those who got them last first, and whoever is
in its own area. When it is launched, what it follows is sent to nobody more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.alerts import access, draft, states
from chalicelib.alerts.follow import run
from chalicelib.alerts.model import Alert
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring


def update(
    alert_id: str, changes: Mapping[str, Any], *, actor: Actor, now: datetime, wiring: Wiring
) -> Alert:
    """Drafts what takes the place of an alert: as that one was given, but for `changes`.

    Raises NotFound; Forbidden; InvalidFields; Conflict for one that was not launched, or (`followed`) whose
    place another has taken.
    """
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("update", alert.state)
    run.require_latest(alert)
    given = {**alert.given, **changes}
    return draft.create(given, follows=alert, actor=actor, now=now, wiring=wiring)
