"""What messages teach of whoever got them: when they read, and when they last did. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.core.clock import parse_rfc3339
from chalicelib.delivery.best_hour import Rates, best_of, day_of, merged, scores
from chalicelib.delivery.facts import Fact
from chalicelib.delivery.plan import PlanHead
from chalicelib.engagement.rates import HIDDEN
from chalicelib.subscribers.habits import Habit

SENT = "sent"
DONE = ("opened", "clicked")
MARKS = 12
"""Plans that a habit keeps in mind, the newest: more than a person gets while one shard is done twice."""

MARK = 12
"""Characters of a plan's id, its random ones, that tell it from others."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One message that was sent: on which day (UTC) and at which local hour, and when a human did what.

    `tells`: whether it could have told that it was read; `links`: whether it has any that are followed;
    `hidden`: a proxy loaded its picture ahead, so that an open by the person could not be seen.
    """

    channel: str
    day: int
    hour: int
    tells: bool
    links: bool
    opened: int | None = None
    clicked: int | None = None
    hidden: bool = False

    @property
    def engaged(self) -> int | None:
        """The last day on which a human did anything with it."""
        return max((one for one in (self.opened, self.clicked) if one is not None), default=None)


def lesson(fact: Fact, head: PlanHead, zone: ZoneInfo) -> Lesson | None:
    """What a message of a plan teaches; None where it was not sent, or nobody knows when.

    Mails tell that they were read by a picture, others by a link alone, and calls not at all.
    """
    if fact.state != SENT or not fact.taken_at:
        return None
    local = datetime.fromtimestamp(fact.taken_at, zone)
    links = head.tracked and bool(head.links) and fact.channel != "voice"
    told = links or (head.tracked and fact.channel == "email")
    opened, clicked = (_day(fact.item.get(f"{name}_at")) for name in ("opened", "clicked"))
    hidden = bool(fact.item.get("counted", {}).get(f"{fact.channel}#{HIDDEN}#people"))
    return Lesson(fact.channel, day_of(local), local.hour, told, links, opened, clicked, hidden)


def done(fact: Fact) -> frozenset[str]:
    """What a human did with a message: `opened`, `clicked`.

    By what it counts for, where its person gave no leave for more to be kept.
    """
    counted = fact.item.get("counted", {})
    return frozenset(
        name
        for name in DONE
        if f"{name}_at" in fact.item or counted.get(f"{fact.channel}#{name}#human", 0) > 0
    )


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
        found = replace(
            _with_days(found, one),
            since=min(found.since, one.day),
            unread=_again(found.unread, one.channel, one.engaged, _engaged(found, one.channel)),
            unclicked=_again(found.unclicked, one.channel, one.clicked, found.clicked.get(one.channel)),
        )
    return found if found != habit else None


def _engaged(habit: Habit, channel: str) -> int | None:
    """The last day on which the person opened or clicked anything on a channel."""
    days = (held[channel] for held in (habit.opened, habit.clicked) if channel in held)
    return max(days, default=None)


def _again(counts: Mapping[str, int], channel: str, day: int | None, last: int | None) -> Mapping[str, int]:
    """The messages of a channel since the last that something came of, where that is of a newer day."""
    newer = day is not None and (last is None or day > last)
    return {**counts, channel: 0} if newer else counts


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
        hidden=later(habit.hidden, one.day if one.hidden else None),
    )


def _settled(habit: Habit, one: Lesson) -> Habit:
    """The habit with a message that nothing came of, if it was sent after the last that something came of."""
    unread = one.tells and one.engaged is None and not _since(_engaged(habit, one.channel), one)
    unclicked = one.links and one.clicked is None and not _since(habit.clicked.get(one.channel), one)
    return replace(
        habit,
        unread=_more(habit.unread, one.channel) if unread else habit.unread,
        unclicked=_more(habit.unclicked, one.channel) if unclicked else habit.unclicked,
    )


def _since(last: int | None, one: Lesson) -> bool:
    return last is not None and last >= one.day


def _more(counts: Mapping[str, int], channel: str) -> Mapping[str, int]:
    return {**counts, channel: counts.get(channel, 0) + 1}
