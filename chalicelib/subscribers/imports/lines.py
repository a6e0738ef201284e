"""CSV, or JSON lines, out of bytes that come in pieces.

One record at a time, with the place after it, in bounded memory.

A record ends where its quotes are even (RFC 4180), so its last byte is known before it is parsed, and reading
can begin again behind it. A quote that is never closed spoils its own line, not the rest of the file. What is
not UTF-8 is kept as lone surrogates, for the checks of cells to name the column.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

MAX_LINE_BYTES = 65_536
MAX_LINES = 20
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")

TOO_LONG = "The line is longer than 65,536 bytes."
NOT_CLOSED = "A quotation mark is opened and not closed."
BARE_RETURN = "The line holds a carriage return outside of quotation marks."
UNREADABLE = "The line cannot be read as CSV: check its quotation marks."


@dataclass(frozen=True)
class Record:
    """One record.

    Its first line's number, where the next one begins (byte and line), its cells, or what is wrong with it.
    """

    line: int
    end: int
    next_line: int
    cells: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class _Line:
    """One line as bytes; `whole` is false where it was too long and only its length is kept."""

    content: bytes
    length: int
    whole: bool = True

    @property
    def odd(self) -> bool:
        return self.content.count(b'"') % 2 == 1


def json_lines(pieces: Iterable[bytes], *, offset: int, line: int) -> Iterator[Record]:
    """As `records`, for a file with one JSON value a line: the line as a whole is the one cell."""
    for one in _lines(pieces):
        offset += one.length
        text = one.content.decode("utf-8", "surrogateescape").strip()
        yield Record(line, offset, line + 1, (text,) if text else (), "" if one.whole else TOO_LONG)
        line += 1


def records(pieces: Iterable[bytes], *, offset: int, line: int) -> Iterator[Record]:
    """The records of bytes that begin at `offset` of a file, in its line number `line` (from 1).

    Empty lines come without cells.
    """
    source = _lines(pieces)
    waiting: deque[_Line] = deque()
    while first := _next(waiting, source):
        taken, problem = [first], "" if first.whole else TOO_LONG
        if first.whole and first.odd:
            taken, problem = _quoted(first, waiting, source)
        offset += sum(one.length for one in taken)
        yield _record(taken, problem, line=line, end=offset)
        line += len(taken)


def _quoted(first: _Line, waiting: deque[_Line], source: Iterator[_Line]) -> tuple[list[_Line], str]:
    """The lines of a record whose first line opens a quote.

    Where it is never closed, that line alone, and the others wait again.
    """
    taken = [first]
    while len(taken) < MAX_LINES and sum(one.length for one in taken) < MAX_LINE_BYTES:
        more = _next(waiting, source)
        if more is None:
            break
        taken.append(more)
        if not more.whole:
            break
        if more.odd:
            return taken, ""
    waiting.extendleft(reversed(taken[1:]))
    return [first], NOT_CLOSED


def _next(waiting: deque[_Line], source: Iterator[_Line]) -> _Line | None:
    return waiting.popleft() if waiting else next(source, None)


def _record(taken: list[_Line], problem: str, *, line: int, end: int) -> Record:
    next_line = line + len(taken)
    if problem:
        return Record(line, end, next_line, problem=problem)
    text = b"".join(one.content for one in taken).decode("utf-8", "surrogateescape")
    try:
        found = list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error:
        return Record(line, end, next_line, problem=UNREADABLE)
    if len(found) > 1:
        return Record(line, end, next_line, problem=BARE_RETURN)
    return Record(line, end, next_line, cells=tuple(found[0]) if found else ())


def _lines(pieces: Iterable[bytes]) -> Iterator[_Line]:
    """The lines, each with its line feed; of one that is too long only the length."""
    rest, dropped = b"", 0
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for content in whole:
            yield _line(content + b"\n", dropped)
            dropped = 0
        if len(rest) > MAX_LINE_BYTES:
            rest, dropped = b"", dropped + len(rest)
    if rest or dropped:
        yield _line(rest, dropped)


def _line(content: bytes, dropped: int) -> _Line:
    length = dropped + len(content)
    return _Line(content, length) if length <= MAX_LINE_BYTES + 1 else _Line(b"", length, whole=False)
