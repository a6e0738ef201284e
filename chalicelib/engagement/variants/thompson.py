"""Thompson sampling: how likely each variant is the best, what taking it may cost, and who gets what next.

A variant's rate (of messages with a human click) has a Beta posterior (Thompson 1933; Russo et al. 2018, "A
tutorial on Thompson sampling", section 3). The prior is the topic's past, as weak as a few messages. Shares
are the probabilities to be best themselves, not samples of them: the same numbers always give the same
shares. Pure.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

ERROR = 0.05
"""How often a winner may be named, at any look at a campaign, where all variants do equally well."""

LOOKS = 5
"""How often a campaign is looked at, at most: before each later batch, when the last is mature, a day on."""

SMALL_LOSS = 0.01
"""The part of the leader's rate that may be lost by taking it: then the search ends."""

UNIFORM = 0.10
"""The share that all variants have evenly, whatever was learned."""

USUAL_RATE, USUAL_WEIGHT, PRIOR_WEIGHT = 0.03, 1_000, 20
"""Where a topic has no past, 3 of 100 follow a link; its own past counts beside it as so many messages would.
All of it together weighs as much as twenty messages of each variant."""

SEEN_AT_LEAST = 0.1
"""The smallest difference, as a part of the rate, for which the needed number of people is told."""

BETWEEN, POINTS, TAIL = 2_000, 500, 40.0
"""Where the integrals look: points over all log odds and of each posterior; how far a slow tail reaches."""


class Seen(NamedTuple):
    """So many messages of a variant that are old enough to tell, and how many of them a person followed.

    Not whole numbers where they are of several batches (`side_by_side`).
    """

    messages: float
    clicked: float


class Prior(NamedTuple):
    """The parameters of the Beta distribution that a variant's rate has before anything was seen."""

    alpha: float
    beta: float


class Chance(NamedTuple):
    """How likely a variant is the best, and how many clicks a message it costs to take it if it is not."""

    best: float
    loss: float


@dataclass(frozen=True)
class Verdict:
    """What can be said: the variant that leads, whether it won, and by how much it might be wrong.

    `settled`: so little can be lost by taking the leader that the search may end. `more`: how many more
    people it would take to tell a difference such as was seen (half of the time it would be less; 80 % power
    at 5 % error), None where it can be told.
    """

    leader: str
    won: bool
    settled: bool
    chances: Mapping[str, Chance]
    more: int | None


def prior_of(past: Seen) -> Prior:
    """The prior by a topic's past: its rate, as weak as a few messages."""
    rate = (past.clicked + USUAL_RATE * USUAL_WEIGHT) / (past.messages + USUAL_WEIGHT)
    return Prior(PRIOR_WEIGHT * rate, PRIOR_WEIGHT * (1 - rate))


def side_by_side(batches: Sequence[Mapping[str, Seen]]) -> dict[str, Seen]:
    """What was seen of variants, each as if it had been in all batches alike.

    Batches go out at other hours, at which people follow more or less, and the later ones are mostly of what
    led: added up, the leader would have the rates of their hour. Within a batch chance decides who gets
    which. So every variant's rate is the same weighted mean of its rates in the batches; the weights are as
    the harmonic means of the batch's numbers (as Cochran's of strata are), so that the means vary least. It
    counts as so many messages as would vary as much. Where no batch has all of them, they are added up.
    """
    names = list(dict.fromkeys(name for batch in batches for name in batch))
    found = [[batch.get(name, Seen(0, 0)) for name in names] for batch in batches]
    told = [batch for batch in found if all(one.messages for one in batch)]
    if not told:
        columns = list(zip(*found, strict=True))
        return {name: Seen(*map(sum, zip(*of, strict=True))) for name, of in zip(names, columns, strict=True)}
    means = [1 / math.fsum(1 / one.messages for one in batch) for batch in told]
    weights = [mean / math.fsum(means) for mean in means]
    alike = {}
    for name, of in zip(names, zip(*told, strict=True), strict=True):
        pairs = list(zip(weights, of, strict=True))
        messages = 1 / math.fsum(weight**2 / one.messages for weight, one in pairs)
        alike[name] = Seen(messages, messages * math.fsum(weight * _rate(one) for weight, one in pairs))
    return alike


def certain(variants: int) -> float:
    """How likely the best a variant must be to win.

    Each of so many variants could win by chance at each look, so the stated error is divided among them
    (Bonferroni's inequality).
    """
    return 1 - ERROR / (variants * LOOKS)


def judged(seen: Mapping[str, Seen], prior: Prior) -> Verdict:
    """What can be said of variants by what was seen of each; of two that lead, the first."""
    chances = dict(zip(seen, chances_of(list(seen.values()), prior), strict=True))
    leader = min(chances, key=lambda name: chances[name].loss)
    rate = _mean(seen[leader], prior)
    settled = chances[leader].loss <= SMALL_LOSS * rate
    won = settled and chances[leader].best >= certain(len(seen))
    return Verdict(leader, won, settled, chances, None if won else people_needed(seen))


def shares(seen: Mapping[str, Seen], prior: Prior) -> dict[str, float]:
    """What share of the next people each variant gets; together 1.

    As likely as it is the best; once the search is settled, the leader has all but the uniform share.
    """
    verdict = judged(seen, prior)
    even = UNIFORM / len(seen)
    if verdict.settled:
        return {name: even + (1 - UNIFORM) * (name == verdict.leader) for name in seen}
    total = math.fsum(chance.best for chance in verdict.chances.values())
    return {name: even + (1 - UNIFORM) * chance.best / total for name, chance in verdict.chances.items()}


def chances_of(seen: Sequence[Seen], prior: Prior) -> list[Chance]:
    """The chances of each, by quadrature over all posteriors together.

    In log odds every Beta density is a smooth bell, also where a variant has no click at all.
    """
    import numpy as np

    posteriors = [_posterior(one, prior) for one in seen]
    between = np.linspace(-30, 30, BETWEEN)
    at = np.unique(np.concatenate([between, *(_points(*one) for one in posteriors)]))
    x = 1 / (1 + np.exp(-at))
    width = np.diff(at)
    densities = [_density(at, a, b, width) for a, b in posteriors]
    below = [_summed(density, width) for density in densities]
    found = []
    for number, density in enumerate(densities):
        others = np.prod([one for other, one in enumerate(below) if other != number], axis=0)
        lost = below[number] * (1 - others) * x * (1 - x)
        found.append(Chance(_integral(density * others, width), _integral(lost, width)))
    return found


def people_needed(seen: Mapping[str, Seen]) -> int:
    """How many more people it takes to tell the two best apart, if they differ as they seem to; at least 1.

    n of each ≈ 2·(1.96 + 0.84)²·p·(1 − p)/δ²; a difference under a tenth of the rate counts as that.
    """
    messages = sum(one.messages for one in seen.values())
    rates = sorted((_rate(one) for one in seen.values()), reverse=True)[:2]
    middle = sum(rates) / 2 or USUAL_RATE
    apart = max(rates[0] - rates[1], SEEN_AT_LEAST * middle)
    of_each = 2 * (1.96 + 0.84) ** 2 * middle * (1 - middle) / apart**2
    return max(1, math.ceil(of_each * len(seen) - messages))


def difference(one: Seen, other: Seen) -> tuple[float, float, float] | None:
    """By how much a rate exceeds another, and the bounds of its 95 % interval; None where one has nothing.

    ± 1.96·√(p₁q₁/n₁ + p₂q₂/n₂).
    """
    if not one.messages or not other.messages:
        return None
    p, q = _rate(one), _rate(other)
    half = 1.96 * math.sqrt(p * (1 - p) / one.messages + q * (1 - q) / other.messages)
    return p - q, p - q - half, p - q + half


def _rate(seen: Seen) -> float:
    return seen.clicked / seen.messages if seen.messages else 0.0


def _posterior(seen: Seen, prior: Prior) -> tuple[float, float]:
    return prior.alpha + seen.clicked, prior.beta + seen.messages - seen.clicked


def _mean(seen: Seen, prior: Prior) -> float:
    a, b = _posterior(seen, prior)
    return a / (a + b)


def _points(a: float, b: float) -> "np.ndarray[Any, Any]":
    """Log odds at which a posterior is looked at: seven deviations around its peak, and its slow tails."""
    import numpy as np

    peak, deviation = math.log(a / b), math.sqrt((a + b) / (a * b))
    low, high = peak - 7 * deviation, peak + 7 * deviation
    tails = [(min(low, peak - TAIL / a), low), (high, max(high, peak + TAIL / b))]
    return np.concatenate(
        [np.linspace(low, high, POINTS), *(np.linspace(*ends, POINTS // 2) for ends in tails)]
    )


def _density(
    at: "np.ndarray[Any, Any]", a: float, b: float, width: "np.ndarray[Any, Any]"
) -> "np.ndarray[Any, Any]":
    """The density of the log odds of a Beta(a, b), scaled so that its integral is 1."""
    import numpy as np

    logs = -a * np.logaddexp(0, -at) - b * np.logaddexp(0, at)
    density: np.ndarray[Any, Any] = np.exp(logs - logs.max())
    density /= _integral(density, width)
    return density


def _summed(density: "np.ndarray[Any, Any]", width: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """The integral up to each point, by trapezoids."""
    import numpy as np

    found: np.ndarray[Any, Any] = np.cumsum((density[1:] + density[:-1]) / 2 * width)
    return np.concatenate([[0.0], np.minimum(1.0, found)])


def _integral(values: "np.ndarray[Any, Any]", width: "np.ndarray[Any, Any]") -> float:
    return float(((values[1:] + values[:-1]) / 2 * width).sum())
