"""What the best hour is worth: 20,000 people of the simulated city, two campaigns a week for three months."""

from typing import Any

from tests.engagement.city import City
from tests.engagement.timing.simulated import (
    FIXED,
    Gain,
    after,
    at_one_hour,
    gain,
    months,
    raw_mode,
    single,
    smoothed,
)

PEOPLE, CAMPAIGNS, SEED = 20_000, 26, 7
KNOWN = (1, 5, 20)


def measured(people: int = PEOPLE, campaigns: int = CAMPAIGNS) -> dict[str, Gain]:
    """Clicks per thousand messages above what they are compared with."""
    best = months(people, campaigns, seed=SEED, way=smoothed)
    raw = months(people, campaigns, seed=SEED, way=raw_mode)
    hour = single(City(people, SEED))
    found = {}
    for name, one, other in (("three months", best.whole, raw.whole), ("in the end", best.end, raw.end)):
        of_all = at_one_hour(people, hour, seed=SEED)
        found[f"{name}: above the best single hour ({hour})"] = gain(one, of_all)
        found[f"{name}: above the raw mode"] = gain(one, other)
        found[f"{name}: above a fixed {FIXED}:00"] = gain(one, at_one_hour(people, FIXED, seed=SEED))
    for messages in KNOWN:
        for way, above in after(people, messages, seed=SEED).items():
            found[f"{messages} known of each: {way} above the hour of all"] = above
    return found


def printed(found: dict[str, Gain]) -> list[str]:
    """Prints it; the names of what should be and is not."""
    print(
        f"\nThe best hour: clicks of 1,000 messages, {PEOPLE} people, {CAMPAIGNS} campaigns in three months"
    )
    wrong = []
    for name, one in found.items():
        raw, harmless = "raw mode above" in name, name.startswith("1 known")
        least = -one.plus_minus if harmless else one.plus_minus
        missed = not raw and one.clicks <= least
        wrong += [name] if missed else []
        print(f"  {name:<58}{one.clicks:>7.2f} ± {one.plus_minus:.2f}{'  NOT SHOWN' if missed else ''}")
    return wrong


def document(found: dict[str, Gain]) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        name: {"clicks": round(one.clicks, 3), "plus_minus": round(one.plus_minus, 3)}
        for name, one in found.items()
    }
