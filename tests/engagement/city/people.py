"""Who lives in a simulated city: when they read, with what program, and behind which scanner."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tests.engagement.city.parameters import Parameters

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MIXED = 4.0
"""How alike people are: the sum of the two parameters of the beta distributions of their chances."""


class Program(IntEnum):
    APPLE = 0
    GMAIL = 1
    YAHOO = 2
    WEBMAIL = 3
    MAIL = 4


@dataclass(frozen=True)
class People:
    """One entry, or row, per person.

    `chances`: (people, 24), the chance that a message which comes at that local hour is opened; `follows`:
    the chance that who opened it clicks.
    """

    chances: Floats
    follows: Floats
    program: NDArray[np.int64]
    blocked: Flags
    private: Flags
    browser: NDArray[np.int64]
    scanned: Flags
    pixel: Flags
    control: Flags
    shy: Flags
    slow: Flags
    rotating: Flags
    named: Flags
    heads: Flags


def settle(people: int, random: Generator, given: Parameters) -> People:
    """The people of a city."""
    program = _programs(people, random, given)
    apple = program == Program.APPLE
    # The lead is the Apple people's over the others; the mean over all stays `opens`.
    share = apple.mean()
    mean = np.where(apple, 1 + given.lead, 1.0) * given.opens / (1 + given.lead * share)
    chance = _chances(mean, random)
    scanned = random.random(people) < given.scanned

    def among(of: Flags, share: float) -> Flags:
        return of & (random.random(people) < share)

    return People(
        chances=np.clip(chance[:, None] * _rhythms(people, random, given.rhythm), 0.0, 0.97),
        follows=_chances(np.full(people, given.clicks), random),
        program=program,
        blocked=among(~apple, given.blocked),
        private=among(np.ones(people, bool), given.private),
        browser=random.integers(0, 1 << 30, people),
        scanned=scanned,
        pixel=among(scanned, given.pixel),
        control=among(scanned, given.control),
        shy=among(scanned, given.shy),
        slow=among(scanned, given.slow),
        rotating=among(scanned, given.rotating),
        named=among(scanned, given.named),
        heads=among(scanned, given.heads),
    )


def _chances(mean: Floats, random: Generator) -> Floats:
    mean = np.clip(mean, 1e-6, 0.95)
    return random.beta(mean * MIXED, (1 - mean) * MIXED)


def _programs(people: int, random: Generator, given: Parameters) -> NDArray[np.int64]:
    others = 1 - given.apple
    shares = [given.apple, others * given.gmail, others * given.yahoo, others * given.webmail]
    return np.searchsorted(np.cumsum(shares), random.random(people), side="right")


def _rhythms(people: int, random: Generator, rhythm: float) -> Floats:
    """(people, 24): what the hour makes of a person's chance; 1 in the mean over the day.

    Each has a main hour, in the morning, at noon or in the evening, more or less pronounced, and a lesser.
    """
    hours = np.arange(24)
    main = np.choose(random.choice(3, people, p=[0.4, 0.2, 0.4]), [7.5, 12.5, 19.5])
    main = (main + random.normal(0, 1.8, people))[:, None]
    lesser = random.uniform(6, 23, people)[:, None]
    strength = random.gamma(4.0, 0.25, people)[:, None] * rhythm
    peaks = np.exp(2.0 * (np.cos((hours - main) * np.pi / 12) - 1))
    peaks += 0.4 * np.exp(2.0 * (np.cos((hours - lesser) * np.pi / 12) - 1))
    night = np.where((hours < 6) | (hours >= 23), 0.6, 1.0)
    rhythms = (1 + 2 * strength * peaks) * (1 - rhythm * (1 - night))
    even: Floats = rhythms / rhythms.mean(axis=1, keepdims=True)
    return even
