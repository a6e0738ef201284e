"""Keeping what a plan counted: its own sum, and in the same transaction the sums of its week.

A later taking, or the same one again, takes its place: the week gets the difference, so it always is the sum
of what its plans counted last.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.core import ids
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.dynamo import Cancelled, transact
from chalicelib.core.errors import Conflict
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import PlanHead
from chalicelib.engagement.reports.census import Census, census_of
from chalicelib.engagement.reports.sums import Sum, sum_of, targets, week_of
from chalicelib.engagement.reports.tables import SumItem, packed, plan_key, week_key

LATEST, CENSUS = "latest", "census"
TRIES = 8


@dataclass(frozen=True)
class Taken:
    """What a plan's latest taking counted, so many hours after its launch."""

    sum: Sum
    taken_at: str
    hours: int


def keep(head: PlanHead, taken: Sum, *, hours: int, now: datetime, wiring: Wiring) -> None:
    """Keeps what a plan counted, in place of what it did before. Raises Conflict."""
    week = week_of(parse_rfc3339(head.created_at), time_zone=wiring.settings.time_zone).isoformat()
    for _ in range(TRIES):
        before = SumItem.read(plan_key(head.plan_id), LATEST)
        known = sum_of(before.document()) if before else Sum()
        mine = _item(plan_key(head.plan_id), LATEST, taken)
        mine.week, mine.targets, mine.hours = week, targets(head), hours
        mine.taken_at, mine.expires_at = rfc3339(now), head.expires_at
        items = [(mine, before)]
        for target in targets(head):
            sum_before = SumItem.read(week_key(week), target)
            total = sum_of(sum_before.document()) if sum_before else Sum()
            total.add(known, times=-1)
            total.add(taken)
            items.append((_item(week_key(week), target, total), sum_before))
        if _written(items, wiring):
            return
    raise Conflict("Others keep sums of this week at the same moment; try again.")


def latest(plan_id: str) -> Taken | None:
    """What a plan counted last; None before its first taking."""
    item = SumItem.read(plan_key(plan_id), LATEST)
    return Taken(sum_of(item.document()), item.taken_at, int(item.hours)) if item else None


def of_week(week: date, target: str) -> Iterator[tuple[str, Sum]]:
    """The sums of a week by the name of each department, or topic."""
    for item in SumItem.of_week(week.isoformat(), target):
        yield item.of.partition("#")[2], sum_of(item.document())


def _item(kind: str, of: str, held: Sum) -> SumItem:
    return SumItem(kind, of, content=packed(held.document()), version=ids.random_id())


def _written(items: list[tuple[SumItem, SumItem | None]], wiring: Wiring) -> bool:
    """Whether all were written, each as it was read."""
    operations = []
    for item, before in items:
        unchanged = SumItem.version == before.version if before else SumItem.kind.does_not_exist()
        operations.append({"Put": item.get_save_kwargs_from_instance(condition=unchanged)})
    try:
        transact(wiring.dynamodb, operations)
    except Cancelled:
        return False
    return True


def census_until(day: date) -> tuple[str, Census] | None:
    """The latest census that was finished up to a day, and its own day; None where there is none."""
    item = SumItem.newest(CENSUS, until=day.isoformat())
    return (item.of, census_of(item.document())) if item else None
