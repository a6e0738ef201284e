"""How often to write: what is seen of fatigue, and what that advises. Pure.

A message is the first, second, third … of its department that a person got within seven days. Fatigue is seen
at the k-th where it is read, or clicked, by fewer than the ones before it; or where more leave, per message,
in weeks whose messages were the k-th on average than in those of fewer. Many comparisons are made, so each
must be surer (Bonferroni), and where the numbers could not show a drop by a fifth, nothing is advised.

People who get more messages are other people than those who get fewer: what is seen is no proof of why.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.engagement.reports.breakdown import MOST_LOAD
from chalicelib.engagement.reports.intervals import HIGHER, LOWER, Compared, compared, needed

FEWER, AS_NOW, NOT_ENOUGH = "fewer", "as-now", "not-enough-data"
DROP = 0.2
"""A drop by a fifth is what the numbers must be able to show."""

MEASURES = ("read", "clicked")
STEPS = range(2, MOST_LOAD + 2)


@dataclass(frozen=True)
class Week:
    """A week of a department: its messages by how many came in the seven days before, and who left.

    `loads` has of each load the `people`, and how many of them `read` and `clicked`.
    """

    loads: Mapping[int, Mapping[str, int]]
    lost: int

    @property
    def messages(self) -> int:
        """How many messages people got."""
        return sum(counts["people"] for counts in self.loads.values())

    @property
    def per_week(self) -> float:
        """The how-manieth of seven days a message was, on average; 0.0 where there was none."""
        total = sum((load + 1) * counts["people"] for load, counts in self.loads.items())
        return total / self.messages if self.messages else 0.0


@dataclass(frozen=True)
class Step:
    """The k-th messages against those before them: who read, who clicked, and who left."""

    per_week: int
    read: Compared | None
    clicked: Compared | None
    lost: Compared | None

    @property
    def tires(self) -> bool:
        """Whether fatigue is seen here."""
        fewer = any(one is not None and one.verdict == LOWER for one in (self.read, self.clicked))
        return fewer or (self.lost is not None and self.lost.verdict == HIGHER)


@dataclass(frozen=True)
class Advice:
    """What is advised: `fewer`, `as-now`, or `not-enough-data`; then how many messages of each it would take.

    `most` is how many messages a week were seen to do no harm (None: not known), `now` how many it is.
    """

    verdict: str
    now: float
    most: int | None
    needed: int | None
    groups: Mapping[int, Mapping[str, int]]
    steps: Sequence[Step]


def advise(weeks: Sequence[Week]) -> Advice:
    """What the weeks advise."""
    groups = _groups(weeks)
    steps = list(_steps(weeks, groups))
    tiring = next((one.per_week for one in steps if one.tires), None)
    shown = [k for k in STEPS if _shows(groups, k)]
    now = _mean(weeks)
    if tiring is not None:
        verdict = FEWER if now > tiring - 1 else AS_NOW
        return Advice(verdict, now, tiring - 1, None, groups, steps)
    if shown:
        return Advice(AS_NOW, now, max(shown), None, groups, steps)
    return Advice(NOT_ENOUGH, now, None, _needed(groups), groups, steps)


def _groups(weeks: Sequence[Week]) -> dict[int, Counter[str]]:
    """The messages of all weeks by the how-manieth of seven days they were."""
    found: dict[int, Counter[str]] = {}
    for week in weeks:
        for load, counts in week.loads.items():
            found.setdefault(load + 1, Counter()).update(counts)
    return dict(sorted(found.items()))


def _steps(weeks: Sequence[Week], groups: Mapping[int, Mapping[str, int]]) -> Iterator[Step]:
    possible = [k for k in STEPS if all(_sides(groups, k))]
    among = len(possible) * (len(MEASURES) + 1)
    for k in possible:
        below, here = _sides(groups, k)
        read, clicked = (
            compared(here[one], here["people"], below[one], below["people"], among=among) for one in MEASURES
        )
        yield Step(k, read, clicked, _lost(weeks, k, among))


def _sides(groups: Mapping[int, Mapping[str, int]], k: int) -> tuple[Counter[str], Counter[str]]:
    """The messages before the k-th of seven days, and the k-th ones."""
    below = sum((Counter(counts) for number, counts in groups.items() if number < k), Counter[str]())
    return below, Counter(groups.get(k, {}))


def _lost(weeks: Sequence[Week], k: int, among: int) -> Compared | None:
    """Who left, per message, in weeks of about so many against weeks of fewer."""
    sides: tuple[list[Week], list[Week]] = ([], [])
    for week in weeks:
        if week.messages and week.per_week < k + 1:
            sides[week.per_week >= k].append(week)
    fewer, more = ((sum(w.lost for w in side), sum(w.messages for w in side)) for side in sides)
    return compared(min(more), more[1], min(fewer), fewer[1], among=among)


def _shows(groups: Mapping[int, Mapping[str, int]], k: int) -> bool:
    """Whether the numbers could show that a fifth fewer read the k-th."""
    below, here = _sides(groups, k)
    number = _to_show(below)
    return number is not None and min(below["people"], here["people"]) >= number


def _to_show(counts: Mapping[str, int]) -> int | None:
    """How many of each it takes to show the drop; None where nobody read anything."""
    if not counts["people"] or not counts["read"]:
        return None
    rate = counts["read"] / counts["people"]
    return needed(rate, rate * (1 - DROP))


def _needed(groups: Mapping[int, Mapping[str, int]]) -> int | None:
    return _to_show(sum((Counter(counts) for counts in groups.values()), Counter()))


def _mean(weeks: Sequence[Week]) -> float:
    messages = sum(week.messages for week in weeks)
    return sum(week.per_week * week.messages for week in weeks) / messages if messages else 0.0
