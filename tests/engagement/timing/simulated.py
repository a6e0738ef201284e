"""What the choice of the hour is worth in a city whose habits are known: three months of campaigns.

Every way of choosing learns from what it sent itself, and only from what can be seen of readers: openings are
not of those whose program loads ahead or shows no pictures. The hours are those of the product's own rules
(`delivery.best_hour`, `engagement.timing.lessons`); what people do is the city's.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chalicelib.delivery.best_hour import (
    Arm,
    Rates,
    arm,
    best_of,
    merged,
    random_of,
    rates_of,
    scores,
)
from chalicelib.engagement.timing.lessons import Lesson, learned
from chalicelib.subscribers.habits import Habit
from tests.engagement.city import Campaign, City, Truth
from tests.engagement.city.people import Flags, Floats, Program

WINDOW = range(8, 21)
FIXED = 10
FIRST_DAY = 20_780
HOUR_S, DAY_S = 3600, 86_400
Integers = NDArray[np.int64]


class Gain(NamedTuple):
    """Clicks per thousand messages that one way has above another, and ± how many (95 of 100).

    Of the same people, whose true chances are known: so it is told sharper than by counting clicks.
    """

    clicks: float
    plus_minus: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return abs(self.clicks) > self.plus_minus


def gain(one: Floats, other: Floats) -> Gain:
    """What one way's chances of a click, by person, have above another's."""
    apart = 1000 * (one - other)
    return Gain(float(apart.mean()), 1.96 * float(apart.std()) / sqrt(len(apart)))


@dataclass
class Learnt:
    """What one way of choosing knows: habits by person, and the hours of all."""

    habits: dict[int, Habit] = field(default_factory=dict)
    together: dict[int, tuple[float, float]] = field(default_factory=dict)
    day: int = 0
    modes: dict[int, Counter[int]] = field(default_factory=dict)

    def rates(self) -> Rates:
        return rates_of(self.together)

    def learn(self, number: int, day: int, hours: Integers, seen: Flags) -> None:
        rates = self.rates()
        counts: dict[int, tuple[float, float]] = {}
        for person, (hour, engaged) in enumerate(zip(hours.tolist(), seen.tolist(), strict=True)):
            one = Lesson("email", day, int(hour), True, True, clicked=day if engaged else None)
            found = learned(
                self.habits.get(person), id_of(person), [one], f"{number:032x}", rates=rates, allowed=WINDOW
            )
            assert found is not None
            self.habits[person] = found
            sent, did = counts.get(one.hour, (0.0, 0.0))
            counts[one.hour] = (sent + 1, did + bool(engaged))
            if engaged:
                self.modes.setdefault(person, Counter())[one.hour] += 1
        self.together, self.day = merged(self.together, self.day, counts, day)


def smoothed(learnt: Learnt, rates: Rates) -> Callable[[int, int], int]:
    """The product's way: the person's own hours against the rates of all."""

    def choose(person: int, day: int) -> int:
        habit = learnt.habits.get(person)
        found = scores(habit.hours, rates, age_days=day - habit.day) if habit else rates
        return best_of(found, WINDOW)

    return choose


def raw_mode(learnt: Learnt, rates: Rates) -> Callable[[int, int], int]:
    """The hour at which the person engaged most often; the best one of all for whoever never did."""

    def choose(person: int, day: int) -> int:
        del day
        seen = learnt.modes.get(person)
        return seen.most_common(1)[0][0] if seen else best_of(rates, WINDOW)

    return choose


def id_of(person: int) -> str:
    """A subscriber's id."""
    return f"{person * 2654435761 % 2**32:08x}{person:024x}"


def visible(city: City, truth: Truth) -> Flags:
    """Who is seen to have engaged: openings that Apple's proxy hides, or that load no picture, are not."""
    people = city.people
    seen: Flags = truth.clicked | (truth.opened & (people.program != Program.APPLE) & ~people.blocked)
    return seen


def single(city: City) -> int:
    """The one hour that is best for all, by the city's true habits: better than anybody could learn it."""
    clicks = _clicks(city).mean(axis=0)
    return max(WINDOW, key=lambda hour: float(clicks[hour]))


class Months(NamedTuple):
    """The chances of a click, by person: in the mean over all campaigns, arms included, and in the end."""

    whole: Floats
    end: Floats


def months(
    people: int, campaigns: int, *, seed: int, way: Callable[[Learnt, Rates], Callable[[int, int], int]]
) -> Months:
    """Campaigns over three months, their hours chosen one way, with its arms; nothing is known before."""
    city, learnt = City(people, seed), Learnt()
    chances, everybody, whole = _clicks(city), np.arange(people), np.zeros(people)
    for number in range(campaigns):
        day, campaign = FIRST_DAY + number * 91 // campaigns, f"campaign{number}"
        choose = way(learnt, learnt.rates())
        hours = np.array([_hour(person, campaign, choose, day) for person in range(people)])
        truth = city.respond(Campaign(campaign), day * DAY_S + (hours - city.zone) * HOUR_S)
        learnt.learn(number, day, hours, visible(city, truth))
        whole += chances[everybody, hours] / campaigns
    choose = way(learnt, learnt.rates())
    hours = np.array([choose(person, FIRST_DAY + 91) for person in range(people)])
    return Months(whole, chances[everybody, hours])


def at_one_hour(people: int, hour: int, *, seed: int) -> Floats:
    """The chances of a click, by person, where everything comes at one local hour."""
    return _clicks(City(people, seed))[:, hour]


def _clicks(city: City) -> Floats:
    found: Floats = city.people.chances * city.people.follows[:, None]
    return found


def _hour(person: int, campaign: str, choose: Callable[[int, int], int], day: int) -> int:
    one = arm(id_of(person), campaign)
    if one is Arm.CONTROL:
        return FIXED
    if one is Arm.RANDOM:
        return random_of(id_of(person), campaign, list(WINDOW))
    return choose(person, day)


def after(people: int, messages: int, *, seed: int) -> dict[str, Gain]:
    """What each way has above the hour of all, once each person got so many messages at random hours."""
    city, learnt = City(people, seed), Learnt()
    draw = np.random.default_rng(seed + 1)
    for number in range(messages):
        hours = draw.choice(np.array(WINDOW), people)
        truth = city.respond(Campaign(f"c{number}"), FIRST_DAY * DAY_S + (hours - city.zone) * HOUR_S)
        learnt.learn(number, FIRST_DAY, hours, visible(city, truth))
    rates, chances = learnt.rates(), _clicks(city)
    found = {}
    for name, way in WAYS.items():
        choose = way(learnt, rates)
        chosen = [choose(person, FIRST_DAY) for person in range(people)]
        found[name] = gain(chances[np.arange(people), chosen], chances[:, best_of(rates, WINDOW)])
    return found


WAYS = {"best hour": smoothed, "raw mode": raw_mode}
