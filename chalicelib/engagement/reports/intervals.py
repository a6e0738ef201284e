"""How sure a figure is: the interval of a rate, and whether two rates differ. Pure.

Rates are shares, 0 to 1. Intervals hold the true rate 95 times in 100, so does that of a difference.
"""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
POWER = 0.80
HIGHER, LOWER, NOT_ENOUGH = "higher", "lower", "not-enough-data"


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`."""

    low: float
    high: float


@dataclass(frozen=True)
class Compared:
    """A rate against another: their difference with its interval, and what may be said of it.

    `verdict` is `higher` or `lower` where the interval leaves out 0, else `not-enough-data`; then `needed` is
    how many of each it would take to show a difference as large as the one seen, four times in five (None:
    the two are equal, and no number would).
    """

    difference: float
    interval: Interval
    verdict: str
    needed: int | None


def wilson(hits: int, of: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a rate: right for few and for none, too; of nobody, it is from 0 to 1.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", J. Am. Stat. Assoc.
    22:209.
    """
    if not of:
        return Interval(0.0, 1.0)
    z, p = _z(confidence), hits / of
    middle = p + z * z / (2 * of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    low, high = (middle - half) / whole, (middle + half) / whole
    return Interval(0.0 if not hits else max(0.0, low), 1.0 if hits == of else min(1.0, high))


def compared(
    hits: int, of: int, other_hits: int, other_of: int, *, among: int = 1, confidence: float = CONFIDENCE
) -> Compared | None:
    """Whether a rate differs from another one; None where either is of nobody.

    The interval is Newcombe's, out of both Wilson intervals (1998, "Interval estimation for the difference
    between independent proportions", Stat. Med. 17:873, method 10). Where it is one of several comparisons,
    `among` how many, each must be surer, so that all of them together err no more often (Bonferroni).
    """
    if not of or not other_of:
        return None
    surer = 1 - (1 - confidence) / max(1, among)
    p, q = hits / of, other_hits / other_of
    one, other = wilson(hits, of, confidence=surer), wilson(other_hits, other_of, confidence=surer)
    difference = p - q
    low = difference - sqrt((p - one.low) ** 2 + (other.high - q) ** 2)
    high = difference + sqrt((one.high - p) ** 2 + (q - other.low) ** 2)
    interval = Interval(max(-1.0, low), min(1.0, high))
    verdict = HIGHER if interval.low > 0 else LOWER if interval.high < 0 else NOT_ENOUGH
    short = needed(p, q, confidence=surer) if verdict == NOT_ENOUGH else None
    return Compared(difference, interval, verdict, short)


def needed(p: float, q: float, *, confidence: float = CONFIDENCE, power: float = POWER) -> int | None:
    """How many of each it takes to tell two rates apart; None where they are equal.

    n = 2·(z₁+z₂)²·m(1-m)/(p-q)² for their mean m (standards.md: 21,110 for 2 % against 2.4 %).
    """
    if p == q:
        return None
    mean = (p + q) / 2
    z = _z(confidence) + NormalDist().inv_cdf(power)
    return ceil(2 * z * z * mean * (1 - mean) / (p - q) ** 2)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(1 - (1 - confidence) / 2)
