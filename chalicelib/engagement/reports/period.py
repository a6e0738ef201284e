"""The report of a period: sums of its weeks, told apart by what the caller asks for. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chalicelib.delivery.costs import PAID
from chalicelib.delivery.counters import DOLLAR
from chalicelib.engagement.reports.breakdown import Place, median_minutes, of_messages, summed
from chalicelib.engagement.reports.engaged import Engaged, engaged
from chalicelib.engagement.reports.figures import (
    click_view,
    compared_view,
    engagement_view,
    rate_view,
    read_view,
)
from chalicelib.engagement.reports.intervals import compared
from chalicelib.engagement.reports.period_views import CostSum, GrowthView, PeriodLine
from chalicelib.engagement.reports.small import hidden
from chalicelib.engagement.reports.sums import Sum
from chalicelib.engagement.reports.views import EngagementView, RateView
from chalicelib.subscribers.growth import ADDED, named

OPENING, FEW = "email", "few"
BY_PLACE = {"channel": "channel", "language": "language", "place": "district"}
"""The lines that cells of the breakdown make, by the part of a place that tells them apart."""


@dataclass
class Line:
    """What one line is made of: a sum, who came and went (None: not told), and how many there are."""

    key: str
    name: str
    sum: Sum = field(default_factory=Sum)
    growth: Counter[str] | None = None
    listed: int | None = None
    reachable: int | None = None


@dataclass(frozen=True)
class Told:
    """What can be told of messages: `proving` channels tell what was delivered, `priced` have a price.

    `whole`: the line is of whole campaigns, so that it has their counters too.
    """

    proving: Collection[str]
    priced: Collection[str]
    whole: bool = True


def split(total: Sum, by: str) -> dict[str, Sum]:
    """A sum told apart by channel, language or place: the cells, and of a channel its figures too."""
    part = BY_PLACE[by]
    found: dict[str, Sum] = {}
    for place, counts in of_messages(total.breakdown.cells).items():
        one = found.setdefault(getattr(place, part), Sum())
        one.breakdown.cells[place] = Counter(counts)
    if by == "channel":
        for name, number in total.figures.items():
            found.setdefault(name.partition("#")[0], Sum()).figures[name] = number
    return found


def view(line: Line, told: Told, *, others: Counter[str] | None = None, among: int = 1) -> PeriodLine:
    """A line as it is answered. `others` is what all lines have together, for the comparison."""
    counts = _counts(line.sum)
    mail = _counts(line.sum, channel=OPENING)
    channels = sorted({place.channel for place in of_messages(line.sum.breakdown.cells)})
    opens = OPENING in channels
    against = None
    if others is not None:
        rest = others - counts
        against = compared(counts["clicked"], counts["got"], rest["clicked"], rest["got"], among=among)
    return PeriodLine(
        key=line.key,
        name=line.name,
        campaigns=line.sum.campaigns if told.whole else None,
        sent=counts["sent"],
        failed=counts["failed"],
        delivered=counts["delivered"] if set(channels) & set(told.proving) else None,
        bounced=counts["bounced"],
        complained=counts["complained"],
        opened=mail["opened"] if opens else None,
        clicked=counts["clicked"],
        read_rate=_read(line.sum, mail["got"]) if opens and told.whole else None,
        open_rate=rate_view(mail["opened"], mail["got"]) if opens else None,
        click_rate=click_view(line.sum.figures, channels, clicked=counts["clicked"], of=counts["got"]),
        minutes_to_first=median_minutes(counts),
        compared=compared_view(against),
        engagement=_engagement(line.sum, opens=opens),
        growth=growth_view(line.growth) if line.growth is not None else None,
        cost=_cost(line.sum, told) if line.sum.figures or told.whole else None,
        listed=line.listed,
        reachable=line.reachable,
    )


def views(lines: Iterable[Line], told: Told) -> list[PeriodLine]:
    """All lines, each compared with all others together."""
    every = list(lines)
    together = sum((_counts(one.sum) for one in every), Counter[str]())
    return [view(one, told, others=together, among=len(every)) for one in every]


def without_few(lines: Sequence[Line]) -> list[Line]:
    """The lines of places with one in place of those of few people, so that none points at a person."""
    small = {key for _, key in hidden({("", one.key): _fewest(one) for one in lines})}
    few = [one for one in lines if one.key in small]
    if not few:
        return list(lines)
    told = [one for one in few if one.listed is not None]
    together = Line(
        FEW,
        "Places of few people",
        total_of(one.sum for one in few),
        None,
        sum(one.listed or 0 for one in told) if told else None,
        sum(one.reachable or 0 for one in told) if told else None,
    )
    return [*(one for one in lines if one.key not in small), together]


def _fewest(line: Line) -> int:
    """At most how many people got something there, or are on the list."""
    return min((n for n in (line.listed, _counts(line.sum)["sent"]) if n), default=0)


def total_of(sums: Iterable[Sum]) -> Sum:
    """Sums added up."""
    total = Sum()
    for one in sums:
        total.add(one)
    return total


def growth_view(growth: Mapping[str, int]) -> GrowthView:
    """Who came and went, by source and by reason."""
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for _, what, source, number in named(growth):
        (came if what == ADDED else went)[source] += number
    return GrowthView(
        added=came.total(),
        ended=went.total(),
        by_source=dict(sorted(came.items())),
        by_reason=dict(sorted(went.items())),
    )


def growth_by_topic(days: Mapping[date, Mapping[str, int]]) -> dict[str, Counter[str]]:
    """What began and ended in all days, by topic."""
    found: dict[str, Counter[str]] = {}
    for counts in days.values():
        for name, number in counts.items():
            found.setdefault(name.partition("#")[0], Counter())[name] += number
    return found


def _counts(total: Sum, *, channel: str = "") -> Counter[str]:
    """The counts of messages, on all channels or on one."""
    cells = of_messages(total.breakdown.cells)
    if channel:
        cells = {place: counts for place, counts in cells.items() if place.channel == channel}
    return summed(cells, by=()).get(Place("", "", ""), Counter())


def _engagement(total: Sum, *, opens: bool) -> EngagementView | None:
    channels = {name.partition("#")[0] for name in total.figures}
    if not channels:
        return None
    found = sum((engaged(total.figures, one) for one in sorted(channels)), Engaged())
    return engagement_view(found, opens=opens)


def _read(total: Sum, got: int) -> RateView | None:
    return read_view(total.figures, OPENING, got, messages=total.campaigns)


def _cost(total: Sum, told: Told) -> CostSum:
    paid = [one for one in PAID if total.figures[f"{one}#units"]]
    known = [one for one in paid if one in told.priced]
    heard = [one for one in paid if total.figures[f"{one}#priced"]]
    return CostSum(
        estimated_usd=sum(total.figures[f"{one}#cost"] for one in known) / DOLLAR if known else None,
        told_usd=sum(total.figures[f"{one}#told"] for one in heard) / DOLLAR if heard else None,
    )
