"""The best hour: at which local hour of the day what can wait is sent to somebody. Pure.

    θ(u, h) = (k·r(h) + engaged(u, h)) / (k + sent(u, h))

`sent` and `engaged` are the person's messages at each local hour, and those of them that they opened or
clicked. Older ones count less (half after 90 days), and each tells something of the hours beside its own,
round the clock. r(h) is the rate of all people (`rates`): whoever is known by little gets the hour of
all, and their own only as more is known. The hour with the highest θ is chosen, among those that may be.

Some people are kept apart by a hash of their id and the experiment (a plan): a tenth, in *control*, gets it
when everybody would without any of this; another tenth at a *random* hour, or the data would only confirm
itself. The hash is never stored: whatever is doubled or comes late, it is the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.delivery.daylight import Hours, awake, opens_at, zone_of
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.streams import Row

HOURS_OF_DAY = 24
HALF_LIFE_DAYS = 90

K = 12.0
"""As many messages of the population's stand against a person's own (k of the formula)."""

BESIDE = (1.0, 0.7, 0.4, 0.2)
"""What a message tells of its own hour, of the next ones on both sides, and so on."""

COHORT_K = 200.0
"""As many messages at the rate of all hours stand against those at one hour; as many of the population
against a topic's."""

GUESS = 0.2
"""The rate that is taken before any message was sent."""

Rates = tuple[float, ...]
"""The share engaged, by local hour: 24 of them."""

FLAT: Rates = (GUESS,) * HOURS_OF_DAY


class Arm(StrEnum):
    """When somebody gets it: at their best hour, at a random one, or as if there were no best hours."""

    BEST = "best"
    RANDOM = "random"
    CONTROL = "control"


SHARES = ((Arm.CONTROL, 10), (Arm.RANDOM, 10), (Arm.BEST, 80))
"""Percent of the people in each arm."""


@dataclass(frozen=True, slots=True)
class BestHour:
    """What a plan says of it: between which local hours, after how many hours of waiting at the latest.

    `rates` are those of people like its audience, as they were at the launch. It goes by people's own habits
    too where it is `personal`, else by the rates alone.
    """

    hours: Hours
    longest_h: int
    rates: Rates
    personal: bool = True


def document(one: BestHour | None) -> dict[str, Any]:
    """What a plan's head keeps of it; empty for none."""
    if one is None:
        return {}
    return {
        "hours": list(one.hours),
        "longest_h": one.longest_h,
        "rates": [round(rate, 5) for rate in one.rates],
        "personal": one.personal,
    }


def from_document(kept: Mapping[str, Any]) -> BestHour | None:
    """What `document` wrote."""
    if not kept:
        return None
    start, end = kept["hours"]
    rates = tuple(float(rate) for rate in kept["rates"])
    return BestHour((int(start), int(end)), int(kept["longest_h"]), rates, kept["personal"])


def weight(days: float) -> float:
    """What a message of so many days ago counts for."""
    return float(0.5 ** (max(0.0, days) / HALF_LIFE_DAYS))


def merged(
    hours: habits.Hours, day: int, more: habits.Hours, more_day: int
) -> tuple[dict[int, tuple[float, float]], int]:
    """The hours of two days together, as of the later of the two; and that day."""
    newest = max(day, more_day)
    found: dict[int, tuple[float, float]] = {}
    for part, of_day in ((hours, day), (more, more_day)):
        counts = weight(newest - of_day)
        for hour, (sent, engaged) in part.items():
            have = found.get(hour, (0.0, 0.0))
            found[hour] = (have[0] + counts * sent, have[1] + counts * engaged)
    return found, newest


def spread(hours: habits.Hours) -> dict[int, tuple[float, float]]:
    """Sent and engaged by hour, each telling something of the hours beside it, round the clock."""
    found: dict[int, tuple[float, float]] = {}
    for hour, (sent, engaged) in hours.items():
        for distance, share in enumerate(BESIDE):
            for beside in {(hour + distance) % HOURS_OF_DAY, (hour - distance) % HOURS_OF_DAY}:
                have = found.get(beside, (0.0, 0.0))
                found[beside] = (have[0] + share * sent, have[1] + share * engaged)
    return found


def scores(hours: habits.Hours, rates: Rates, *, age_days: float = 0, k: float = K) -> list[float]:
    """θ of each of the 24 hours for somebody whose hours are as of so many days ago."""
    found, counts = list(rates), weight(age_days)
    for hour, (sent, engaged) in spread(hours).items():
        found[hour] = (k * rates[hour] + counts * engaged) / (k + counts * sent)
    return found


def best_of(found: Sequence[float], allowed: Iterable[int]) -> int:
    """The hour with the highest score among the allowed ones; of equal ones, the first."""
    return max(allowed, key=lambda hour: found[hour])


def rates_of(hours: habits.Hours, *, above: Rates | None = None) -> Rates:
    """The rates of a cohort from what it was sent and engaged with, by hour; close to those `above` it.

    Where little is known, its rate over all hours stands for an hour; for a topic's, the population's does.
    """
    sent = sum(one for one, _ in hours.values())
    engaged = sum(one for _, one in hours.values())
    overall = (GUESS + engaged) / (1 + sent)
    prior = above or (overall,) * HOURS_OF_DAY
    near = spread(hours)
    return tuple(
        (COHORT_K * prior[hour] + near.get(hour, (0.0, 0.0))[1]) / (COHORT_K + near.get(hour, (0.0, 0.0))[0])
        for hour in range(HOURS_OF_DAY)
    )


def arm(subscriber_id: str, experiment: str) -> Arm:
    """The arm of somebody in an experiment."""
    place = _hash(subscriber_id, experiment, "arm") % 100
    for one, share in SHARES:
        if place < share:
            return one
        place -= share
    return Arm.BEST


def random_of(subscriber_id: str, experiment: str, allowed: Sequence[int]) -> int:
    """One of the allowed hours, each as likely as the others."""
    return allowed[_hash(subscriber_id, experiment, "hour") % len(allowed)]


def _hash(subscriber_id: str, experiment: str, what: str) -> int:
    return int.from_bytes(sha256(f"{what}:{experiment}:{subscriber_id}".encode()).digest()[:8], "big")


def hours_between(hours: Hours) -> list[int]:
    """The hours of the day that lie within, in the order of the clock from the first on."""
    start, end = hours
    length = (end - start) % HOURS_OF_DAY or HOURS_OF_DAY
    return [(start + n) % HOURS_OF_DAY for n in range(length)]


def openings(
    hours: Hours, awake_in: Hours | None, zone: ZoneInfo, *, since: datetime, longest_h: int
) -> dict[int, float]:
    """When each local hour that may be chosen begins (epoch seconds), the soonest first.

    The one that lasts begins at once. Those of `awake_in` alone may be chosen, where there are such; none
    that begins later than so many hours from `since` on.
    """
    last = (since + timedelta(hours=longest_h)).timestamp()
    within = [hour for hour in hours_between(hours) if awake_in is None or _within(awake_in, hour)]
    moments = {hour: opens_at((hour, hour + 1), zone, since) or since.timestamp() for hour in within}
    soonest = sorted(moments.items(), key=lambda one: one[1])
    return {hour: at for hour, at in soonest if at <= last}


def _within(hours: Hours, hour: int) -> bool:
    return awake(hours, datetime(2000, 1, 1, hour, tzinfo=UTC))


class Turns:
    """When each person's turn comes in a plan that was launched at a moment.

    `usual` are the hours in which newsletters come to those who chose none; None where it goes at any hour.
    """

    def __init__(
        self, plan: BestHour, experiment: str, *, launched_at: datetime, usual: Hours | None
    ) -> None:
        self._plan = plan
        self._experiment = experiment
        self._launched_at = launched_at.astimezone(UTC)
        self._day = day_of(launched_at)
        self._usual = usual
        self._openings = lru_cache(maxsize=4096)(self._open)

    def of(self, row: Row, habit: Habit | None) -> tuple[Arm, float]:
        """A person's arm, and when their turn comes (epoch seconds); 0.0: at once."""
        its_arm = arm(row.subscriber_id, self._experiment)
        if its_arm is Arm.CONTROL:
            return its_arm, 0.0
        opening = self.openings(row)
        if not opening:
            return its_arm, 0.0
        if its_arm is Arm.RANDOM:
            return its_arm, opening[random_of(row.subscriber_id, self._experiment, list(opening))]
        return its_arm, opening[self.best(habit, opening)]

    def openings(self, row: Row) -> Mapping[int, float]:
        """When each hour that may be chosen for a person begins, the soonest first."""
        return self._openings(row.time_zone, row.wishes.hours)

    def best(self, habit: Habit | None, among: Iterable[int]) -> int:
        """The person's best hour among some."""
        found: Sequence[float] = self._plan.rates
        if habit is not None and habit.hours and self._plan.personal:
            found = scores(habit.hours, self._plan.rates, age_days=self._day - habit.day)
        return best_of(found, among)

    def _open(self, time_zone: str, own: Hours | None) -> Mapping[int, float]:
        awake_in = (own or self._usual) if self._usual else None
        return openings(
            self._plan.hours,
            awake_in,
            zone_of(time_zone),
            since=self._launched_at,
            longest_h=self._plan.longest_h,
        )


def day_of(moment: datetime) -> int:
    """The day of a moment, of UTC, counted from 1970-01-01."""
    return int(moment.timestamp() // 86_400)
