"""Renews the tables of docs/event_classes.md: `python -m tests.engagement.city.confusion`.

With a number of people (and a seed), it prints the tables of such a city, and what becomes of the rates when
the city is another than the usual one: `python -m tests.engagement.city.confusion 20000 7`.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from chalicelib.engagement.classify import HUMAN
from chalicelib.engagement.model import Why
from chalicelib.engagement.rates import Rate, click_rate, open_rate
from tests.engagement.city.measured import Measured, measured
from tests.engagement.city.others import OTHERS

PAGE = Path(__file__).parents[3] / "docs" / "event_classes.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
PEOPLE, SEED = 2000, 2026


@cache
def small() -> Measured:
    """The small city, which the page and the tests are of."""
    return measured(PEOPLE, SEED)


def page(text: str, found: Measured) -> str:
    """The page with the tables of this city in it."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{tables(found)}{END}{rest.partition(END)[2]}"


def tables(found: Measured) -> str:
    """The rates and the confusion table, in Markdown."""
    return "\n".join([*_rates(found), "", *_confusion(found), ""])


def _rates(found: Measured) -> Iterator[str]:
    yield f"Of {found.messages:,} messages:"
    yield ""
    yield "| rate | true | raw events say | Crier says | its interval |"
    yield "|---|---|---|---|---|"
    told: tuple[tuple[str, int, int, Rate | None], ...] = (
        ("opened", found.opened, found.raw_opened, open_rate(found.found)),
        ("clicked", found.clicked, found.raw_clicked, click_rate(found.found)),
    )
    for name, truly, raw, rate in told:
        assert rate
        of = found.messages
        yield (
            f"| {name} | {truly / of:.1%} | {raw / of:.1%} ({raw / truly - 1:+.0%}) "
            f"| {rate.value:.1%} ({rate.value * of / truly - 1:+.1%}) | {rate.low:.1%} to {rate.high:.1%} |"
        )


def _confusion(found: Measured) -> Iterator[str]:
    """Events by what they are taken for and by who truly made them."""
    made: Counter[tuple[Why, str]] = Counter()
    for (_, who, why), number in found.table.items():
        made[Why(why), who] += number
    yield "| class | why | by people | by machines |"
    yield "|---|---|---|---|"
    for why in Why:
        if made[why, "people"] or made[why, "machines"]:
            yield f"| {_class(why)} | `{why}` | {made[why, 'people']:,} | {made[why, 'machines']:,} |"
    for human in (True, False):
        sums = [
            sum(made[why, who] for why in Why if (why in HUMAN) is human) for who in ("people", "machines")
        ]
        yield f"| **{'human' if human else 'machine'}** | all | {sums[0]:,} | {sums[1]:,} |"


def _class(why: Why) -> str:
    return "human" if why in HUMAN else "machine"


def others(people: int, seed: int) -> Iterator[str]:
    """How far the rates are off in cities unlike the usual one."""
    yield "| city | opened, raw | clicked, raw | opened | clicked |"
    yield "|---|---|---|---|---|"
    for name, changed in OTHERS.items():
        found = measured(people, seed, changed=changed)
        yield (
            f"| {name} | {found.raw_open_error:+.0%} | {found.raw_click_error:+.0%} "
            f"| {found.open_error:+.1%} | {found.click_error:+.1%} |"
        )


if __name__ == "__main__":
    if sys.argv[1:]:
        number, seed = [*map(int, sys.argv[1:3]), SEED][:2]
        print(tables(measured(number, seed)))
        print(*others(number, seed), sep="\n")
    else:
        PAGE.write_text(page(PAGE.read_text("utf-8"), small()), "utf-8")
