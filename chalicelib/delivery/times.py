"""How many things happened when, in seconds since a beginning, in bounded space. Pure."""

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

WIDTHS = ((600, 1), (7_200, 10), (86_400, 60))
"""Up to so many seconds, how many of them are one step; after that, STEP_S."""

STEP_S = 600


def step_of(seconds: int) -> int:
    """The beginning of a second's step: to the second in the first ten minutes, then coarser."""
    width = next((width for end, width in WIDTHS if seconds < end), STEP_S)
    return seconds - seconds % width


@dataclass
class Times:
    """Things by the second at which they happened; `first` and `last` are exact, None without any."""

    steps: Counter[int] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None

    def add(self, seconds: int, number: int = 1) -> None:
        """So many more at a second; what is told from before the beginning happened at it."""
        at = max(0, seconds)
        self.steps[step_of(at)] += number
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)

    @property
    def count(self) -> int:
        """How many there are."""
        return self.steps.total()

    def share_by(self, share: float) -> int | None:
        """The second by which this share of them (0 to 1) had happened, to the step; None without any."""
        wanted = max(1, math.ceil(share * self.count))
        for at, number in self.so_far():
            if number >= wanted:
                return at
        return None

    def so_far(self) -> list[tuple[int, int]]:
        """How many had happened by the end of each step in which something did."""
        steps = sorted(self.steps.items())
        return list(zip((at for at, _ in steps), accumulate(number for _, number in steps), strict=True))

    def document(self) -> list[object]:
        """As short JSON."""
        return [self.first, self.last, sorted(self.steps.items())]


def times_of(document: list[object]) -> Times:
    """The times of a document."""
    first, last, steps = document
    return Times(Counter(dict(steps)), first, last)  # type: ignore[call-overload, arg-type]
