"""A report as it is laid out: all that its page shows, in words of one language. Plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

MOST_LINES = 40
"""Lines of one table on the page; the file for spreadsheets has them all."""


@dataclass(frozen=True)
class Tile:
    """A number that comes first: what it is, the number, and beside it how sure it is, or of how many."""

    name: str
    number: str
    beside: str = ""


@dataclass(frozen=True)
class Table:
    """Lines of cells under a head; the first cell of a line is its name. `more` lines were left out."""

    name: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]
    more: int = 0


@dataclass(frozen=True)
class Picture:
    """A chart as the address of a picture, what it shows, and its width and height in pixels."""

    address: str
    text: str
    width: int
    height: int


@dataclass(frozen=True)
class Figure:
    """A table, and the chart that shows the same numbers, where one does."""

    table: Table
    picture: Picture | None = None


@dataclass(frozen=True)
class Section:
    """One part of a report: what it says in sentences, and its figures. `id` is the name of its anchor."""

    id: str
    title: str
    said: Sequence[str] = ()
    figures: Sequence[Figure] = ()


@dataclass(frozen=True)
class Paper:
    """A whole report: its title, what it is of (pairs of name and text), and its parts.

    `notes` are what a reader must know before reading on, `drawn_at` says as of when it is, and `reading` how
    the numbers are to be read.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    drawn_at: str
    reading: Sequence[str]


def fitting(section: Section) -> Section:
    """The section with no table longer than a reader would read, so that the page stays light."""
    figures = [
        replace(one, table=replace(one.table, lines=one.table.lines[:MOST_LINES], more=more))
        if (more := len(one.table.lines) - MOST_LINES) > 0
        else one
        for one in section.figures
    ]
    return replace(section, figures=figures)
