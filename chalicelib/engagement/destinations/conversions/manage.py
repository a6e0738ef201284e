"""Setting goals, changing and ending them; staff's own verbs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.core import departments, ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.staff import Actor
from chalicelib.engagement.destinations.conversions import tables
from chalicelib.engagement.destinations.conversions.model import Goal, hashed, new_secret


def create(given: Mapping[str, Any], *, actor: Actor, now: datetime) -> tuple[Goal, str]:
    """Sets a goal (`name`, `department`, `sites`); with its secret, which is shown once.

    Raises Forbidden, InvalidFields.
    """
    actor.require_department(given["department"])
    _check(given["department"], given["sites"])
    secret = new_secret()
    goal = Goal(
        id=ids.time_ordered_id(now),
        name=given["name"],
        department=given["department"],
        sites=tuple(given["sites"]),
        secret_hash=hashed(secret),
        created_at=rfc3339(now),
        created_by=actor.staff_id,
    )
    tables.put(goal)
    return goal, secret


def change(goal_id: str, given: Mapping[str, Any], *, actor: Actor) -> Goal:
    """Changes the name or the sites. Raises NotFound, Forbidden, InvalidFields."""
    goal = _of_department(goal_id, actor=actor)
    if "sites" in given:
        _check(goal.department, given["sites"])
    changed = replace(goal, **{**given, "sites": tuple(given.get("sites", goal.sites))})
    tables.put(changed)
    return changed


def end(goal_id: str, *, actor: Actor, now: datetime) -> None:
    """Ends a goal: nothing more counts for it, what was counted stays. Raises NotFound, Forbidden."""
    goal = _of_department(goal_id, actor=actor)
    if not goal.ended_at:
        tables.put(replace(goal, ended_at=rfc3339(now)))


def _of_department(goal_id: str, *, actor: Actor) -> Goal:
    goal = tables.read(goal_id)
    actor.require_department(goal.department)
    return goal


def _check(department_id: str, sites: Sequence[str]) -> None:
    """Raises InvalidFields for a host that is none of the department's."""
    try:
        own = list(departments.get(department_id).sites or ())
    except NotFound:
        own = []
    wrong = [
        FieldError(f"/sites/{n}", f"This is none of the department's sites ({', '.join(own) or 'none yet'}).")
        for n, site in enumerate(sites)
        if site not in own
    ]
    if wrong:
        raise InvalidFields(*wrong)
