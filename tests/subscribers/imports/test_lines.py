"""Records come out whole and with the right places, however the bytes are cut into pieces."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers.imports import lines
from chalicelib.subscribers.imports.lines import Record, records

CELL = st.text(alphabet=st.sampled_from('ab;,"\n é'), max_size=6)


def read(content: bytes, *, size: int = 65_536) -> list[Record]:
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    return list(records(pieces, offset=0, line=1))


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6), st.integers(1, 9))
def test_what_csv_wrote_is_read_back_and_can_be_resumed_anywhere(rows: list[list[str]], size: int) -> None:
    text = StringIO()
    csv.writer(text).writerows(rows)
    content = text.getvalue().encode()
    found = read(content, size=size)
    assert [list(record.cells) for record in found] == rows
    for n, record in enumerate(found):
        rest = records([content[record.end :]], offset=record.end, line=record.next_line)
        assert list(rest) == found[n + 1 :]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"a,b\r\nc,d", [("a", "b"), ("c", "d")], id="last-line-without-end"),
        pytest.param(b"a\n\nb\n", [("a",), (), ("b",)], id="empty-line"),
        pytest.param(b'"a\nb",c\nd\n', [("a\nb", "c"), ("d",)], id="line-break-in-quotes"),
        pytest.param(b'"open,b\nc,d\ne\n', [lines.NOT_CLOSED, ("c", "d"), ("e",)], id="never-closed"),
        pytest.param(b'a"b\n"c",d\n', [lines.NOT_CLOSED, ("c", "d")], id="stray-quote"),
        pytest.param(b'"a"b"c",d\ne\n', [lines.UNREADABLE, ("e",)], id="quote-inside"),
        pytest.param(b"a\rb\nc\n", [lines.BARE_RETURN, ("c",)], id="bare-return"),
        pytest.param(b"x" * 70_000 + b"\nc\n", [lines.TOO_LONG, ("c",)], id="too-long"),
        pytest.param(b"caf\xe9,b\n", [("caf\udce9", "b")], id="latin-1"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_odd_lines(content: bytes, expected: list[object]) -> None:
    assert [record.problem or record.cells for record in read(content, size=1000)] == expected


def test_a_spoiled_line_does_not_move_the_others() -> None:
    found = read(b'"open\nb\nc\n')
    assert [(record.line, record.end, record.next_line) for record in found] == [
        (1, 6, 2),
        (2, 8, 3),
        (3, 10, 4),
    ]


def test_memory_is_bounded_whatever_the_line() -> None:
    (record,) = records((b"x" * 65_536 for _ in range(2000)), offset=0, line=1)
    assert record.problem == lines.TOO_LONG
    assert record.end == 2000 * 65_536
