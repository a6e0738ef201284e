"""What a drill is, as plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NEVER, WEEKLY, MONTHLY, YEARLY = REPEATS = ("never", "weekly", "monthly", "yearly")

BEGUN, LAUNCHED, FAILED, MISSED = "begun", "launched", "failed", "missed"
"""A run's states. `missed`: its time was over before it could be begun."""

KEPT_RUNS = 50


@dataclass(frozen=True)
class Run:
    """One time that a drill was due, at `at` (RFC 3339); `why` says why it failed, as a code."""

    at: str
    state: str = BEGUN
    alert_id: str = ""
    why: str = ""


@dataclass(frozen=True)
class Drill:
    """A drill of one department: an alert of mode exercise of a template, and when it is launched.

    `given` is what is given for the alert beside its template: its `fields`, `areas`, `without_place`.
    `first_at` (RFC 3339) and `repeat` say when; `next_at` is the next time, empty when there is none any
    more. Staff are reminded `remind_minutes` before; `reminded_at` is the time of which they were. `runs`
    are the last ones, oldest first.
    """

    id: str
    name: str
    department: str
    template: str
    given: Mapping[str, Any]
    first_at: str
    repeat: str
    remind_minutes: int
    created_at: str
    created_by: str
    version: int = 1
    next_at: str = ""
    reminded_at: str = ""
    runs: tuple[Run, ...] = field(default=())

    @property
    def open_run(self) -> Run | None:
        """The run that was begun, and neither launched nor given up."""
        return self.runs[-1] if self.runs and self.runs[-1].state == BEGUN else None
