"""Spans of time and small numbers, as everybody may read them. Pure."""

from collections.abc import Mapping, Sequence

from chalicelib.core import i18n
from chalicelib.core.i18n import N_

SMALL = 5
FEW = N_("fewer than %(number)s")
MARKS = (
    10,
    30,
    60,
    120,
    300,
    600,
    1_200,
    1_800,
    3_600,
    7_200,
    14_400,
    28_800,
    57_600,
    86_400,
    172_800,
    259_200,
)
"""Seconds after the start at which a chart tells how many there were."""

MOST_MARKS = 9
BINS = (5, 10, 15, 30, 60, 120, 240, 480, 1_440)
"""Minutes that may be counted as one, so that a chart has few bars."""

MOST_BINS = 10


def rounded(number: int) -> int | None:
    """A number of people to the nearest five, so that no two differ by a few; None for fewer than five."""
    if 0 < number < SMALL:
        return None
    return (number + SMALL // 2) // SMALL * SMALL


def counted(number: int | None, language: str) -> str:
    """A rounded number in words of a language."""
    if number is None:
        return i18n.translate(language).gettext(FEW) % {"number": i18n.format_number(SMALL, language)}
    return i18n.format_number(number, language)


def span(seconds: int, language: str) -> str:
    """A span of time in the unit that suits it: `45 sec`, `12 min`, `3.5 hr`."""
    from babel.units import format_unit

    if seconds < 120:
        number, unit = float(seconds), "second"
    elif seconds < 7_200:
        number, unit = round(seconds / 60), "minute"
    else:
        number, unit = round(seconds / 3600, 1), "hour"
    return format_unit(
        number, f"duration-{unit}", length="short", format="#,##0.#", locale=i18n.locale_of(language)
    )


def marks_until(last: int, first: int) -> list[int]:
    """Moments at which it is told how many there were, from just before the first to just after the last."""
    begin = max((one for one in MARKS if one <= first), default=MARKS[0])
    end = min((one for one in MARKS if one >= last), default=last)
    found = sorted({*(one for one in MARKS if begin <= one <= end), end})
    while len(found) > MOST_MARKS:
        found = [*found[:-1:2], found[-1]]
    return found


def by(steps: Sequence[tuple[int, int]], marks: Sequence[int]) -> list[int]:
    """How many there were by each of the marks, by how many there were from each step on."""
    return [max((number for at, number in steps if at <= mark), default=0) for mark in marks]


def binned(told: Mapping[int, Mapping[str, int]]) -> dict[int, dict[str, int]]:
    """What was told in each five minutes (in minutes of the epoch), in fewer and longer spans."""
    width = next((one for one in BINS if len({at // one for at in told}) <= MOST_BINS), BINS[-1])
    found: dict[int, dict[str, int]] = {}
    for at, numbers in sorted(told.items()):
        bin_ = found.setdefault(at // width * width, {})
        for name, number in numbers.items():
            bin_[name] = bin_.get(name, 0) + number
    return found
