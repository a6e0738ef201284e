"""What the best hour added: those who got it at their best hour beside control, and beside random hours.

Control is held out by hash (`delivery.best_hour`), so that nothing but the hour differs. A difference is told
with ± 1.96·√(p₁q₁/n₁ + p₂q₂/n₂); where the numbers are too small for that, or it may as well be chance, there
is not enough data.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from chalicelib.delivery.best_hour import Arm, arm
from chalicelib.engagement.studied import Document, Studied, Study
from chalicelib.engagement.timing.lessons import done

Z = 1.96
FEWEST = 10
"""Of those who did and of those who did not, in each arm: fewer are too few for the formula."""

MORE, LESS, NOT_ENOUGH = "more", "less", "not-enough-data"


@dataclass(frozen=True)
class Difference:
    """How an arm's share differs from another's; None for both where there is nobody to compare.

    `verdict`: `more` or `less` where the interval leaves out 0, else `not-enough-data`.
    """

    share: float | None
    plus_minus: float | None
    verdict: str


def difference(hits: int, of: int, other_hits: int, other_of: int) -> Difference:
    """How a share differs from another: by the normal approximation, where that holds."""
    if not of or not other_of:
        return Difference(None, None, NOT_ENOUGH)
    p, q = hits / of, other_hits / other_of
    half = Z * sqrt(p * (1 - p) / of + q * (1 - q) / other_of)
    few = min(hits, of - hits, other_hits, other_of - other_hits) < FEWEST
    if few or abs(p - q) <= half:
        return Difference(p - q, half, NOT_ENOUGH)
    return Difference(p - q, half, MORE if p > q else LESS)


def compared(document: Document, did: str, other: Arm) -> Difference:
    """How many more of those with the best hour `opened` or `clicked` than of another arm."""
    found: Mapping[str, Mapping[str, int]] = document.get("arms", {})
    best, rest = found.get(Arm.BEST, {}), found.get(other, {})
    return difference(best.get(did, 0), best.get("people", 0), rest.get(did, 0), rest.get("people", 0))


class Arms:
    """Counts the people of each arm of a plan who got a message, and what they did; a `studied.Learner`."""

    def __init__(self, study: Study, document: Document) -> None:
        self._experiment = study.head.reference if study.head.best_hour else ""
        self._counts = {Arm(one): Counter(counts) for one, counts in document.get("arms", {}).items()}
        self._person, self._did = "", frozenset[str]()

    def take(self, studied: Studied) -> None:
        """Takes in one message."""
        fact = studied.fact
        if not self._experiment or fact.state != "sent":
            return
        if fact.subscriber_id != self._person:
            self._count()
        did = done(fact)
        # Who clicked has opened it, whatever their program showed of that.
        self._person, self._did = fact.subscriber_id, self._did | did | ({"opened"} if did else frozenset())

    def end_shard(self, shard: int) -> None:
        """Counts its last person."""
        del shard
        self._count()

    def act(self) -> None:
        """Nothing: no delivery is changed."""

    def document(self) -> dict[str, Any]:
        """The counts by arm: `people`, and those of them who `opened` and `clicked`."""
        return {"arms": {str(one): dict(counts) for one, counts in self._counts.items()}}

    def finish(self) -> None:
        """Nothing more: the document is read with the report."""

    def _count(self) -> None:
        if self._person:
            counts = self._counts.setdefault(arm(self._person, self._experiment), Counter())
            counts.update(["people", *sorted(self._did)])
        self._person, self._did = "", frozenset()
