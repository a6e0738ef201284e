"""What a canary is, as plain immutable data: one alert of mode exercise, and what became of each part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

CANARY = "canary"
"""The name of all that is the canary's: its template, department, person, and source of its alerts."""

EVERY = timedelta(minutes=15)
"""How often it flies: the schedule's rate (`alerts/functions.py`)."""

NOT_SOONER = timedelta(minutes=14)
"""A run that is called for again within this time is passed over: whoever calls more often sends no more."""

KEPT = timedelta(days=7)

DRAFTED, PREVIEWED, LAUNCHED = "drafted", "previewed", "launched"
HANDED_OVER, DELIVERED = "handed-over", "delivered"
ANSWERABLE, HIDDEN = "answerable", "hidden"

BOUNDS_S: Mapping[str, float] = {
    DRAFTED: 5,
    PREVIEWED: 10,
    LAUNCHED: 10,
    HANDED_OVER: 60,
    DELIVERED: 300,
}
"""How many seconds each part may take: the first three each by itself, the others since the launch."""

IN_TIME, LATE, MISSING, WRONG = "in-time", "late", "missing", "wrong"
"""How a part went. `wrong`: it is there, and is not as it must be."""


@dataclass(frozen=True)
class Part:
    """One part of the way: `email` and others stand for `handed-over` and `delivered` on a channel.

    `seconds` that it took, None where it did not come or takes no time.
    """

    name: str
    state: str
    channel: str = ""
    seconds: float | None = None

    @property
    def sound(self) -> bool:
        """Whether nobody need look at it."""
        return self.state == IN_TIME


@dataclass(frozen=True)
class Run:
    """One flight. `begun_at` and `judged_at` (empty: not yet) are RFC 3339.

    `took`: seconds by step that was done at once; `stopped` the kind of error by which the steps ended early.
    `channels` of its message; `subscriber_id` is the canary's person.
    """

    id: str
    begun_at: str
    channels: tuple[str, ...] = ()
    subscriber_id: str = ""
    alert_id: str = ""
    plan_id: str = ""
    took: Mapping[str, float] = field(default_factory=dict)
    stopped: str = ""
    judged_at: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it was judged, and all went well."""
        return bool(self.judged_at) and all(part.sound for part in self.parts)
