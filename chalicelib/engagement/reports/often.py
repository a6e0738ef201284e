"""How often a department should write: what its weeks say, as it is answered."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.core.wiring import Wiring
from chalicelib.engagement.reports import keep
from chalicelib.engagement.reports.figures import compared_view, rate_view
from chalicelib.engagement.reports.frequency import AS_NOW, FEWER, Advice, Step, Week, advise
from chalicelib.engagement.reports.period_views import WEEKS
from chalicelib.engagement.reports.sums import DEPARTMENT, monday, weeks
from chalicelib.engagement.reports.views import ComparedView, RateView
from chalicelib.subscribers import growth, topics
from chalicelib.subscribers.joins import UNDONE
from chalicelib.subscribers.people import IMPORTED, JOINED

USUAL_WEEKS = 26
MOVED = frozenset({JOINED, UNDONE, IMPORTED})
"""Ways by which a subscription ends without anybody leaving."""


class FrequencyQuery(Model):
    """How far back is looked."""

    weeks: int = Field(USUAL_WEEKS, ge=2, le=WEEKS, description="So many whole weeks before this one.")


class GroupView(Model):
    """Messages that were the so-manieth of the department within seven days; the last group has all after."""

    per_week: int
    messages: int
    read_rate: RateView | None = Field(description="Seen opening or clicking.")
    click_rate: RateView | None


class StepView(Model):
    """The so-manieth messages against those before: who read, who clicked, and who left per message."""

    per_week: int
    read: ComparedView | None
    clicked: ComparedView | None
    lost: ComparedView | None
    tires: bool


class FrequencyView(Model):
    """What is advised, with the numbers.

    `verdict`: `fewer` where more is written than does no harm, `as-now`, or `not-enough-data`; then `needed`
    is how many messages each of many and of few a week it would take to show that a fifth fewer read.
    """

    department: str
    first_day: str
    last_day: str
    verdict: str
    advice: str
    now_per_week: float
    most_per_week: int | None
    needed: int | None
    groups: list[GroupView]
    steps: list[StepView]


def frequency(department: str, *, back: int, now: datetime, wiring: Wiring) -> FrequencyView:
    """What the weeks of a department advise; campaigns count once they are final, three days after."""
    (found,) = frequencies([department], back=back, now=now, wiring=wiring)
    return found


def frequencies(
    departments: Iterable[str], *, back: int = USUAL_WEEKS, now: datetime, wiring: Wiring
) -> list[FrequencyView]:
    """The same of several departments, whose weeks are read once."""
    today = growth.day_of(now, time_zone=wiring.settings.time_zone)
    last = monday(today) - timedelta(days=1)
    first = monday(last) - timedelta(weeks=back - 1)
    of = {one.id: one.department for one in topics.every() if not one.is_list}
    lost: Counter[object] = Counter()
    for day, counts in growth.read(first, last, wiring=wiring).items():
        for topic, what, source, number in growth.named(counts):
            if topic in of and what == growth.ENDED and source not in MOVED:
                lost[of[topic], monday(day)] += number
    found: dict[str, list[Week]] = defaultdict(list)
    for week in weeks(first, last):
        for name, total in keep.of_week(week, DEPARTMENT):
            found[name].append(Week(total.breakdown.loads, lost[name, week]))
    return [view_of(one, first, last, advise(found[one])) for one in departments]


def view_of(department: str, first: date, last: date, advice: Advice) -> FrequencyView:
    """The advice of weeks as it is answered. Pure."""
    return FrequencyView(
        department=department,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        verdict=advice.verdict,
        advice=in_words(advice),
        now_per_week=round(advice.now, 2),
        most_per_week=advice.most,
        needed=advice.needed,
        groups=[
            GroupView(
                per_week=number,
                messages=counts["people"],
                read_rate=rate_view(counts["read"], counts["people"]),
                click_rate=rate_view(counts["clicked"], counts["people"]),
            )
            for number, counts in advice.groups.items()
        ],
        steps=[_step(one) for one in advice.steps],
    )


def in_words(advice: Advice) -> str:
    """The advice as a sentence."""
    if advice.verdict == FEWER:
        return (
            f"Write to one person at most {advice.most} times a week: the next one is read by fewer, or more "
            f"leave. It is {advice.now:.1f} times now."
        )
    if advice.verdict == AS_NOW:
        return f"No harm is seen in up to {advice.most} messages a week; it is {advice.now:.1f} now."
    if advice.needed:
        return f"Not enough data: it takes about {advice.needed:,} messages each of many and of few a week."
    return "Not enough data: nobody was seen reading yet."


def _step(step: Step) -> StepView:
    return StepView(
        per_week=step.per_week,
        read=compared_view(step.read),
        clicked=compared_view(step.clicked),
        lost=compared_view(step.lost),
        tires=step.tires,
    )
