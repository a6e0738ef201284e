"""Campaigns with variants whose true rates are known, by the rules that Crier uses.

People click by chance alone, and no rule sees a true rate. Each campaign is also sent by even shares, for
comparison; those who are held out get the same in both and are left out of it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from chalicelib.delivery.batches import sizes
from chalicelib.delivery.variants import HOLD_OUT_SHARE, even
from chalicelib.engagement.variants.thompson import Seen, judged, prior_of, shares, side_by_side

NO_PAST = prior_of(Seen(0, 0))
SIZES, VARIANTS = (2_000, 5_000, 20_000, 100_000), (2, 3, 4)
RATE, SPREAD, DRIFT = 0.03, 0.25, 0.3
"""The usual rate, and by how much variants differ, and the hours of batches (deviations of logarithms)."""


class Run(NamedTuple):
    """What came of one campaign: clicks lost to the best variant, each way; who won; the true rates."""

    lost: float
    lost_evenly: float
    winner: str
    rates: dict[str, float]

    @property
    def best(self) -> str:
        """The variant that truly is the best."""
        return max(self.rates, key=lambda name: self.rates[name])


def campaigns(number: int, *, seed: int, equal: bool = False) -> Iterator[Run]:
    """Campaigns of several sizes, one after the other."""
    chance = np.random.default_rng(seed)
    for each in range(number):
        people = SIZES[each % len(SIZES)]
        variants = VARIANTS[each // len(SIZES) % len(VARIANTS)]
        usual = RATE * float(np.exp(chance.normal(0, 0.5)))
        apart = np.zeros(variants) if equal else chance.normal(0, SPREAD, variants)
        rates = {f"v{n}": usual * float(np.exp(one)) for n, one in enumerate(apart)}
        yield campaign(rates, people, chance=chance)


def campaign(rates: dict[str, float], people: int, *, chance: np.random.Generator) -> Run:
    """One campaign, looked at before each batch and at the end; who was once named a winner counts as one."""
    searched = round(people * (1 - HOLD_OUT_SHARE))
    batches: list[dict[str, Seen]] = []
    winner, best, lost, evenly = "", max(rates.values()), 0.0, 0.0
    for size in sizes(people, len(rates)):
        given = shares(side_by_side(batches), NO_PAST) if batches else even(list(rates))
        drawn = chance.multinomial(round(searched * size / 1000), list(given.values()))
        got = dict(zip(rates, drawn, strict=True))
        hour = float(np.exp(chance.normal(0, DRIFT)))
        clicks = {name: chance.binomial(got[name], rate * hour) for name, rate in rates.items()}
        batches.append({name: Seen(int(got[name]), int(clicks[name])) for name in rates})
        found = judged(side_by_side(batches), NO_PAST)
        winner = winner or (found.leader if found.won else "")
        lost += sum(got[name] * (best - rate) * hour for name, rate in rates.items())
        evenly += searched * size / 1000 * hour * sum(best - rate for rate in rates.values()) / len(rates)
    return Run(lost, evenly, winner, rates)
