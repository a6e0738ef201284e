"""What the search for the best words saves over an even split, and how often equals have a winner."""

from math import sqrt
from statistics import mean, stdev

from tests.engagement.variants.simulated import campaigns

NUMBER = 1_000


def printed() -> list[str]:
    """Prints both, over a thousand simulated campaigns each; answers which is not as it must be."""
    found = list(campaigns(NUMBER, seed=24))
    saved = [one.lost_evenly - one.lost for one in found]
    half = 1.96 * stdev(saved) / sqrt(NUMBER)
    part = sum(one.lost for one in found) / sum(one.lost_evenly for one in found)
    named = sum(bool(one.winner) for one in campaigns(NUMBER, seed=25, equal=True)) / NUMBER
    off = 1.96 * sqrt(named * (1 - named) / NUMBER)
    print(f"\nVariants: {mean(saved):.0f} ± {half:.0f} clicks saved a campaign: {part:.0%} of an even loss.")
    print(f"Among equals a winner is named in {named:.1%} ± {off:.1%}; stated: 5 % at most.")
    wrong = {"variants, clicks saved": mean(saved) - half <= 0, "variants, false winners": named > 0.05}
    return [label for label, is_wrong in wrong.items() if is_wrong]
