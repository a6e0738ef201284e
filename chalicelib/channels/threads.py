"""How a text that is too long for one post becomes a thread, in any platform's own counting.

Posts end at a paragraph's or a sentence's end where that leaves them half full, else between two words, else
between two characters as people see them (`graphemes`); never inside a link, mention, hashtag or emoji. Each
of several bears its number, `1/3`.
"""

from collections.abc import Callable
from enum import IntEnum

from chalicelib.channels.graphemes import clusters, pattern
from chalicelib.channels.platforms.base import PostLimits

WHOLE = (r"(?i:https?)://\S+", r"(?:[@＠][\w.-]+)+", r"[#＃][\w·・]+")
"""What is never cut: links, mentions, hashtags. A little more than any platform takes for one is no harm."""

ENDERS = frozenset(".!?…؟۔।॥")
WIDE_ENDERS = frozenset("。！？｡")
"""A sentence of Chinese or Japanese ends without a space behind it."""

CLOSERS = frozenset("\"'”’»)]）」』】")


class TooLong(ValueError):
    """The text takes more posts than its platform's thread may have, or holds a piece that fits into none."""


class End(IntEnum):
    """What ends between two characters."""

    CHARACTER = 0
    WORD = 1
    SENTENCE = 2


def parts(text: str, limits: PostLimits) -> list[str]:
    """The texts of the posts: one, or several that are numbered; spaces around each are left out.

    Raises TooLong.
    """
    atoms = _trimmed(_atoms(text))
    if not limits.longest or limits.length("".join(atoms)) <= limits.longest:
        return ["".join(atoms)]
    for best in (End.SENTENCE, End.WORD):
        for most in (9, 99):
            if limits.thread > 1 and (cut := _cut(atoms, limits, best=best, most=most)):
                return [f"{one} {number}/{len(cut)}" for number, one in enumerate(cut, start=1)]
    raise TooLong


def _atoms(text: str) -> list[str]:
    """The text in pieces that are never cut."""
    inside: set[int] = set()
    for whole in WHOLE:
        for found in pattern(whole).finditer(text):
            inside.update(range(found.start() + 1, found.end()))
    atoms: list[str] = []
    place = 0
    for cluster in clusters(text):
        if atoms and place in inside:
            atoms[-1] += cluster
        else:
            atoms.append(cluster)
        place += len(cluster)
    return atoms


def _trimmed(atoms: list[str]) -> list[str]:
    first, last = 0, len(atoms)
    while first < last and atoms[first].isspace():
        first += 1
    while last > first and atoms[last - 1].isspace():
        last -= 1
    return atoms[first:last]


def _cut(atoms: list[str], limits: PostLimits, *, best: End, most: int) -> list[str]:
    """The thread without its numbers, or nothing where it has more than `most` posts, or than it may have.

    Room is left for the widest number of `most`.
    """
    number = f" {most}/{most}"

    def fits(start: int, end: int) -> bool:
        return limits.length("".join(_trimmed(atoms[start:end])) + number) <= limits.longest

    found: list[str] = []
    start = 0
    while start < len(atoms):
        furthest = _furthest(start, len(atoms), fits)
        if furthest == start or len(found) == min(most, limits.thread):
            return []
        end = _end(atoms, start, furthest, best=best)
        found.append("".join(_trimmed(atoms[start:end])))
        start = end
    return found


def _furthest(start: int, last: int, fits: Callable[[int, int], bool]) -> int:
    """The furthest end of a post that begins at `start`; `start` itself where not one piece fits."""
    low, high = start, last
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(start, middle) else (low, middle - 1)
    return low


def _end(atoms: list[str], start: int, furthest: int, *, best: End) -> int:
    """The best end up to the furthest; the next post begins there, and never with a space."""
    if furthest == len(atoms):
        return furthest
    half = start + (furthest - start + 1) // 2
    for wanted, least in ((End.SENTENCE, half), (End.WORD, start + 1)):
        if wanted <= best:
            for place in range(furthest, least - 1, -1):
                if not atoms[place].isspace() and _ends(atoms, place) >= wanted:
                    return place
    return furthest


def _ends(atoms: list[str], place: int) -> End:
    """What ends before an atom."""
    before = place - 1
    while before > 0 and atoms[before].isspace():
        before -= 1
    spaces = "".join(atoms[before + 1 : place])
    if "\n" in spaces:
        return End.SENTENCE
    while before > 0 and atoms[before] in CLOSERS:
        before -= 1
    last = atoms[before][-1]
    wide = last in WIDE_ENDERS and atoms[place] not in CLOSERS | WIDE_ENDERS
    if wide or (spaces and last in ENDERS):
        return End.SENTENCE
    return End.WORD if spaces else End.CHARACTER
