"""The learner of hours: what a plan's messages teach of each person who gives leave, and of all together.

The last days of engagement are noted at each study; hours, and how long nobody did anything, are learned at
the last, when they are settled. A shard that is done twice teaches nothing twice: each habit keeps the plans
that it holds in mind, and is written on condition that it still is as it was read. What a department sends
that goes by cohorts alone teaches nobody's hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import cohorts
from chalicelib.delivery.best_hour import Rates, hours_between, merged
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.delivery.daylight import usual_hours, zone_of
from chalicelib.delivery.plan import PlanHead
from chalicelib.engagement.studied import Document, Studied, Study
from chalicelib.engagement.timing.lessons import Lesson, done, learned, lesson, noted
from chalicelib.engagement.timing.mode import Mode, departments_of, mode_of
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Row
from chalicelib.subscribers.streams import EVERYONE, rows_of

TRIES = 3
PAGE = 400


@dataclass
class _Pupil:
    """One person, and what a plan's messages taught of them."""

    row: Row
    habit: Habit | None
    lessons: list[Lesson] = field(default_factory=list)


class Hours:
    """Learns from one plan; a `studied.Learner`. Its document holds what it learned of all together."""

    def __init__(self, study: Study, document: Document) -> None:
        self._study = study
        self._wiring: Wiring = study.wiring
        self._teaches = study.head.mode == "live" and study.head.scope == NEWSLETTER
        self._together: Mapping[int, tuple[float, float]] = {
            int(hour): (sent, engaged) for hour, (sent, engaged) in document.get("hours", {}).items()
        }
        self._day = int(document.get("day", 0))
        self._pupils: dict[str, _Pupil] = {}

    def take(self, studied: Studied) -> None:
        """Takes in one message."""
        if not self._teaches or studied.row is None:
            return
        found = lesson(studied.fact, self._study.head, zone_of(studied.row.time_zone))
        if found is None:
            return
        if self._study.last and found.tells:
            counts = {found.hour: (1.0, float(bool(done(studied.fact))))}
            self._together, self._day = merged(self._together, self._day, counts, found.day)
        if studied.leave(usual=self._wiring.settings.tracking):
            pupil = self._pupils.setdefault(studied.row.subscriber_id, _Pupil(studied.row, studied.habit))
            pupil.lessons.append(found)
        if len(self._pupils) > PAGE:
            self._teach(last=studied.row.subscriber_id)

    def end_shard(self, shard: int) -> None:
        """Writes what was learned of its people; where hours are of all alone, takes theirs away."""
        self._teach()
        if not self._wiring.settings.habits:
            forget_hours(shard, wiring=self._wiring)

    def act(self) -> None:
        """Nothing: no delivery is changed."""

    def document(self) -> dict[str, Any]:
        """What was learned of all together."""
        return {"day": self._day, "hours": {str(hour): list(both) for hour, both in self._together.items()}}

    def finish(self) -> None:
        """Adds it to the cohorts, once."""
        if not self._study.last or not self._together:
            return
        for name in names(self._study.head):
            cohorts.add(name, self._study.head.plan_id, self._together, self._day, wiring=self._wiring)

    def _teach(self, *, last: str = "") -> None:
        """Writes what was learned of the people so far, but of the last, of whom more may come."""
        kept = self._pupils.pop(last, None)
        pupils, self._pupils = self._pupils, {last: kept} if kept else {}
        for _ in range(TRIES):
            made = [found for pupil in pupils.values() if (found := self._made(pupil))]
            refused = habits.write(made, wiring=self._wiring)
            if not refused:
                return
            pupils = self._again(pupils, refused)
        logger.info("habits-left", plan=self._study.head.plan_id, people=len(pupils))

    def _made(self, pupil: _Pupil) -> Habit | None:
        if not self._study.last:
            return noted(pupil.habit, pupil.row.subscriber_id, pupil.lessons)
        return learned(
            pupil.habit,
            pupil.row.subscriber_id,
            pupil.lessons,
            self._study.head.plan_id,
            rates=self._rates,
            allowed=hours_between(pupil.row.wishes.hours or usual_hours(self._wiring.settings)),
            hours=self._personal,
        )

    def _again(self, pupils: Mapping[str, _Pupil], refused: Sequence[str]) -> dict[str, _Pupil]:
        """Those who were refused, as they are now: another plan taught of them, or they took leave back."""
        found: dict[str, _Pupil] = {}
        for start in range(0, len(refused), habits.READ_AT_ONCE):
            some = refused[start : start + habits.READ_AT_ONCE]
            rows = rows_of(self._wiring.dynamodb, EVERYONE, some)
            present = habits.habits_of(self._wiring.dynamodb, some, consistent=True)
            for one in some:
                row = rows.get(one)
                if row and habits.may_be_kept(row.wishes, usual=self._wiring.settings.tracking):
                    found[one] = _Pupil(row, present.get(one), pupils[one].lessons)
        return found

    @cached_property
    def _rates(self) -> Rates:
        return cohorts.rates((), wiring=self._wiring)

    @cached_property
    def _personal(self) -> bool:
        """Whether its departments keep single people's hours, as they want it now."""
        departments = departments_of(self._study.head)
        return mode_of(*departments, settings=self._wiring.settings) is Mode.PERSONAL


def names(head: PlanHead) -> list[str]:
    """The cohorts that a plan teaches of: everyone, and its topics."""
    return [cohorts.EVERYONE, *(cohorts.of_topic(topic) for topic in head.topics)]


def forget_hours(shard: int, *, wiring: Wiring) -> None:
    """Takes the hours out of all habits of a shard; the last days stay."""
    found = habits.every(wiring.dynamodb, shard, consistent=True)
    habits.write((replace(one, hours={}, best=None, learned=()) for one in found if one.hours), wiring=wiring)
