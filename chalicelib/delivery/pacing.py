"""How much an expander may emit now, and when each chunk is due. Pure.

A wave is `paced_until` the moment at which the provider will have taken all that was emitted. A step starts
when less than half of the
horizon is left of that, and fills it up again; so a plan is never further ahead of the provider than its
horizon.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """`people` that may be emitted from the moment `start` on (epoch seconds), at `per_second`."""

    people: int
    start: float
    per_second: float

    def due_at(self, place: int) -> float:
        """When the recipient at this place of what is emitted is due."""
        return self.start + place / self.per_second


def budget(
    *, now: float, paced_until: float, per_second: float, horizon_s: float, chunk: int
) -> Budget | None:
    """What may be emitted now; None while enough is under way.

    At least one chunk, however slow the provider.
    """
    start = max(now, paced_until)
    if start - now > horizon_s / 2:
        return None
    room = (now + horizon_s - start) * per_second
    return Budget(people=max(chunk, int(room)), start=start, per_second=per_second)


def wait_s(*, now: float, paced_until: float, horizon_s: float) -> int:
    """Whole seconds until the next step is worth taking."""
    return max(0, round(paced_until - now - horizon_s / 2))
