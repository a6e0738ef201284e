"""What messages teach of whoever got them: when they read, and when they last did. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.core.clock import parse_rfc3339
from chalicelib.delivery.best_hour import Rates, best_of, day_of, merged, scores
from chalicelib.delivery.facts import Fact
from chalicelib.delivery.plan import PlanHead
from chalicelib.subscribers.habits import Habit

SENT = "sent"
MARKS = 12
"""Plans that a habit keeps in mind, the newest: more than a person gets while one shard is done twice."""

MARK = 12
"""Characters of a plan's id, its random ones, that tell it from others."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One message that was sent: on which day (UTC) and at which local hour, and when a human did what.

    `tells`: whether its channel could have told that it was read.
    """

    channel: str
    day: int
    hour: int
    tells: bool
    opened: int | None = None
    clicked: int | None = None

    @property
    def engaged(self) -> int | None:
        """The last day on which a human did anything with it."""
        return max((one for one in (self.opened, self.clicked) if one is not None), default=None)


def tells(head: PlanHead, channel: str) -> bool:
    """Whether it can be told that a message of a plan was read: by its picture, or by a link."""
    return head.tracked and (channel == "email" or (channel in {"sms", "push"} and bool(head.links)))


def lesson(fact: Fact, zone: ZoneInfo, *, told: bool) -> Lesson | None:
    """What a message teaches; None where it was not sent, or nobody knows when."""
    if fact.state != SENT or not fact.taken_at:
        return None
    local = datetime.fromtimestamp(fact.taken_at, zone)
    opened, clicked = (_day(fact.item.get(f"{name}_at")) for name in ("opened", "clicked"))
    return Lesson(fact.channel, day_of(local), local.hour, told, opened, clicked)


def _day(flag: str | None) -> int | None:
    return day_of(parse_rfc3339(flag)) if flag else None


def noted(habit: Habit | None, subscriber_id: str, lessons: Iterable[Lesson]) -> Habit | None:
    """The habit with the last days of engagement in mind, once or again; None where there is nothing new.

    Of somebody who did nothing yet it says nothing: that is learned once it is settled (`learned`).
    """
    found = habit
    for one in lessons:
        if one.engaged is None:
            continue
        found = found or Habit(subscriber_id, since=one.day)
        newer = found.engaged is None or one.engaged > found.engaged
        found = replace(
            _with_days(found, one), since=min(found.since, one.day), silent=0 if newer else found.silent
        )
    return found if found != habit else None


def learned(
    habit: Habit | None,
    subscriber_id: str,
    lessons: Sequence[Lesson],
    plan_id: str,
    *,
    rates: Rates,
    allowed: Sequence[int],
    hours: bool = True,
) -> Habit | None:
    """The habit with all that a plan's messages taught in the end, learned once; None: nothing is new.

    `allowed` are the hours of which the best one is told; without `hours`, none are learned.
    """
    mark = plan_id[-MARK:]
    if not lessons or (habit and mark in habit.learned):
        return None
    first = min(one.day for one in lessons)
    found = habit or Habit(subscriber_id, since=first)
    found = noted(found, subscriber_id, lessons) or found
    for one in sorted(lessons, key=lambda one: one.day):
        found = _settled(_with_days(found, one), one)
        if hours and one.tells:
            more = {one.hour: (1.0, float(one.engaged is not None))}
            together, day = merged(found.hours, found.day, more, one.day)
            found = replace(found, hours=together, day=day)
    return replace(
        found,
        since=min(found.since, first),
        best=best_of(scores(found.hours, rates), allowed) if found.hours else None,
        learned=(*found.learned, mark)[-MARKS:],
    )


def _with_days(habit: Habit, one: Lesson) -> Habit:
    def later(days: Mapping[str, int], day: int | None) -> Mapping[str, int]:
        return days if day is None else {**days, one.channel: max(day, days.get(one.channel, day))}

    return replace(
        habit,
        sent=later(habit.sent, one.day),
        opened=later(habit.opened, one.opened),
        clicked=later(habit.clicked, one.clicked),
    )


def _settled(habit: Habit, one: Lesson) -> Habit:
    """The habit with a message that nothing came of, if it was sent after the last engagement."""
    if one.engaged is not None or not one.tells:
        return habit
    before = habit.engaged is not None and habit.engaged >= one.day
    return habit if before else replace(habit, silent=habit.silent + 1)
