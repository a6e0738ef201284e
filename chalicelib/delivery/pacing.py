"""How much an expander may emit now, and when each chunk is due. Pure.

A wave is `paced_until` the moment at which the provider will have taken all that was emitted. A step is taken
when hardly anything is left of that, and fills the horizon: few steps, and nobody is ever read further ahead
of the provider than the horizon.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAD_S = 1
"""A step comes this long before the provider has nothing left. Queues delay by whole seconds, so up to a
second before that is as good."""


@dataclass(frozen=True)
class Budget:
    """What may be emitted from the moment `start` on (epoch seconds), at `per_second`.

    By weight: a mail weighs 1, a text message its parts.
    """

    weight: int
    start: float
    per_second: float

    def due_at(self, emitted: int) -> float:
        """When that is due which comes after so much was emitted."""
        return self.start + emitted / self.per_second


def budget(*, now: float, paced_until: float, per_second: float, horizon_s: float) -> Budget | None:
    """What may be emitted now, at least one; None while enough is under way.

    Chunks are emitted whole: the last one may begin within the horizon and reach beyond it.
    """
    start = max(now, paced_until)
    if start - now >= LEAD_S + 1:
        return None
    room = (now + horizon_s - start) * per_second
    return Budget(weight=max(1, int(room)), start=start, per_second=per_second)


def wait_s(*, now: float, paced_until: float) -> int:
    """Whole seconds until the next step is to be taken."""
    return max(0, math.ceil(paced_until - now - LEAD_S))


def share(walking: Sequence[str], department: str) -> float:
    """The part of a lane's rate on a channel that one wave of a department may use.

    Departments that are under way have equal parts, and so have the waves of each. `walking` names the
    department of each wave under way, with or without this one.
    """
    waves = max(1, walking.count(department))
    return 1 / (len({*walking, department}) * waves)
