"""What reports add up: the figures of a plan, and of all plans of a week. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.progress import Progress
from chalicelib.engagement.reports.breakdown import Breakdown, breakdown_of

DEPARTMENT, TOPIC = "department", "topic"
MOST_TOPICS = 20
"""Topics of one plan that have their own sums; a digest may have more."""

OUTCOMES = ("planned", "sent", "failed", "unknown", "cancelled", "expired", "units", "cost")
COUNTED = ("delivered", "bounced", "complained", "priced")
KEPT = frozenset({"opens", "opened", "clicks", "clicked", "read", "hidden", "nobody", "language"})
"""Counters that are summed, by the word after their channel (`engagement.counted`, `engagement.rates`)."""


@dataclass
class Sum:
    """So many campaigns, their `figures` by name, and their breakdown.

    Figures are named as counters are (`email#opens#human`), and outcomes beside them (`email#sent`). Costs
    are `email#cost` by the settings' prices, `email#told` by the provider's (`delivery.counters.DOLLAR`).
    """

    campaigns: int = 0
    figures: Counter[str] = field(default_factory=Counter)
    breakdown: Breakdown = field(default_factory=Breakdown)

    def add(self, other: "Sum", *, times: int = 1) -> None:
        """Adds another; with `times=-1`, takes it away."""
        self.campaigns += times * other.campaigns
        for name, number in other.figures.items():
            self.figures[name] += times * number
        self.figures = Counter({name: number for name, number in self.figures.items() if number})
        self.breakdown.add(other.breakdown, times=times)

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        figures = dict(sorted(self.figures.items()))
        return {"campaigns": self.campaigns, "figures": figures, "breakdown": self.breakdown.document()}


def sum_of(document: Mapping[str, Any]) -> Sum:
    """What its JSON holds."""
    broken = breakdown_of(document["breakdown"])
    return Sum(document["campaigns"], Counter(document["figures"]), broken)


def figures_of(now: Progress, counts: Mapping[str, int]) -> Counter[str]:
    """The figures of a plan, by how far it is and by its counters."""
    found: Counter[str] = Counter()
    for channel, part in now.by_channel.items():
        found.update({f"{channel}#{name}": getattr(part, name) for name in OUTCOMES})
        found[f"{channel}#told"] = counts.get(f"{channel}#cost", 0)
        for name, number in counts.items():
            of, *rest = name.split("#")
            if of == channel and _is_kept(rest):
                found[name] = number
    return Counter({name: number for name, number in found.items() if number})


def _is_kept(rest: list[str]) -> bool:
    """Whether a counter, without its channel, is one that is summed: by language too, but by no hour."""
    return (len(rest) == 1 and rest[0] in COUNTED) or rest[0] in KEPT


def is_summed(head: PlanHead) -> bool:
    """Whether a plan is in the reports of periods: what a department really sent as a newsletter."""
    return head.mode == "live" and head.scope == NEWSLETTER and bool(head.department)


def targets(head: PlanHead) -> list[str]:
    """Under which names a plan is summed: its department's, and those of its topics."""
    if not is_summed(head):
        return []
    topics = [f"{TOPIC}#{topic}" for topic in sorted(set(head.topics))[:MOST_TOPICS]]
    return [f"{DEPARTMENT}#{head.department}", *topics]


def week_of(at: datetime, *, time_zone: str) -> date:
    """The Monday of a moment's week, in the agency's time zone."""
    return monday(at.astimezone(ZoneInfo(time_zone)).date())


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks(first: date, last: date) -> list[date]:
    """The Mondays of all weeks from the first day to the last."""
    start = monday(first)
    return [start + timedelta(weeks=n) for n in range((monday(last) - start).days // 7 + 1)]
