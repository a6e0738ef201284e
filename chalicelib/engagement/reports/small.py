"""Small groups: which parts of a district are left out, so that no figure points at a person. Pure."""

from collections.abc import Collection, Mapping

FEW = 10
"""Groups of fewer people are not told of."""

Cell = tuple[str, str]


def hidden(people: Mapping[Cell, int], *, districts: Collection[str] = ()) -> set[Cell]:
    """The cells (a language or channel, and a district) to leave out, by how many people each has.

    Those of fewer than ten, and of districts whose own sum is left out; and where one alone would be left out
    of a language or a district, so that it could be found by subtraction from the sum, the smallest other one
    beside it (complementary suppression; Federal Committee on Statistical Methodology, Statistical Policy
    Working Paper 22, chapter II).
    """
    gone = {cell for cell, number in people.items() if 0 < number < FEW or cell[1] in districts}
    more = True
    while more:
        more = False
        for axis in (0, 1):
            for name in sorted({cell[axis] for cell in gone}):
                line = [cell for cell in people if cell[axis] == name and people[cell]]
                left = [cell for cell in line if cell not in gone]
                if len(line) - len(left) == 1 and left:
                    gone.add(min(left, key=lambda cell: (people[cell], cell)))
                    more = True
    return gone
