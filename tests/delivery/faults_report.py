"""Runs the fault tests and prints what they counted, as `docs/faults.md` shows it.

    python -m tests.delivery.faults_report           as in `make test`
    python -m tests.delivery.faults_report --whole   at every call, and a hundred seasons: as in `make soak`

Ends with an error at the first that does not hold.
"""

import sys
from collections.abc import Iterator

from infra.platform.platform import Platform
from tests.delivery import harness
from tests.delivery.everywhere import (
    Tally,
    doubled_and_shuffled,
    each_message_in_turn,
    everywhere_at_once,
    everywhere_in_turn,
)
from tests.delivery.mishaps import (
    CONTENDED,
    CRASHES,
    LATE,
    MESSAGES,
    ONCE,
    PARTIAL,
    PLAN,
    REFUSED,
    STILL,
    SWEEP,
    UNHEARD,
)
from tests.delivery.season import Season
from tests.delivery.town import Account

SCENES = (PLAN, SWEEP, LATE)
HEAD = """\
| mishap | in | places | runs | messages | lost | doubled | unknown | refused | resent by the sweep |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


Row = tuple[str, str, Tally]


def rows(platform: Platform, *, whole: bool) -> Iterator[Row]:
    """Each mishap, the scene, and what was counted."""
    yield from _in_turn(platform, whole=whole)
    for mishap in ONCE:
        for of in (PLAN, LATE):
            yield f"{mishap.name}, at all calls of one run", of.name, everywhere_at_once(platform, of, mishap)
    for name, change in MESSAGES.items():
        if whole or "minutes" in name:
            yield f"message {name}", PLAN.name, each_message_in_turn(platform, change)
    orders = Tally()
    for seed in range(103 if whole else 3):
        orders += doubled_and_shuffled(platform, seed)
    yield "every message twice, in any order", PLAN.name, orders


def _in_turn(platform: Platform, *, whole: bool) -> Iterator[Row]:
    always = (*CRASHES, STILL, UNHEARD[1], REFUSED)
    for mishap in (*always, UNHEARD[0], CONTENDED, *ONCE) if whole else always:
        for of in SCENES if whole or mishap in CRASHES else (PLAN,):
            yield mishap.name, of.name, everywhere_in_turn(platform, of, mishap, whole=whole or of is LATE)
    for mishap in PARTIAL:
        for of in SCENES:
            yield mishap.name, of.name, everywhere_in_turn(platform, of, mishap, whole=True)


def seasons(platform: Platform, number: int) -> Account:
    """What was counted over so many seasons."""
    total = Account()
    for seed in range(number):
        total += Season(platform, seed).play()
    return total


def main() -> None:
    """Prints the tables."""
    whole = "--whole" in sys.argv[1:]
    print(HEAD)
    total = Tally()
    with harness.stage() as platform:
        for name, where, one in rows(platform, whole=whole):
            if one.runs:
                print(f"| {name} | {where} | {one.cells()} |", flush=True)
                total += one
        print(f"| **all** | | {total.cells()} |")
        print("\nWhere:", ", ".join(f"{place} {times}" for place, times in total.where.most_common()))
        account = seasons(platform, 100 if whole else 4)
    print(
        f"\n{account.seasons} seasons: {account.plans} plans, {account.messages:,} messages, "
        f"{account.mishaps.total():,} mishaps; lost 0, doubled 0, unknown {account.unknown}, "
        f"refused {account.failed}"
    )


if __name__ == "__main__":
    main()
