"""How texts are cut into parts, against examples and against an independent splitter."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels.sms_parts import GSM_BASIC, GSM_EXTENSION, SmsParts, count, foreign


class Example(NamedTuple):
    name: str
    text: str
    expected: tuple[str, int, int, int]


EXAMPLES = [
    Example("empty", "", ("GSM-7", 0, 1, 160)),
    Example("one letter", "a", ("GSM-7", 1, 1, 160)),
    Example("160 letters", "a" * 160, ("GSM-7", 160, 1, 160)),
    Example("161 letters", "a" * 161, ("GSM-7", 161, 2, 153)),
    Example("306 letters", "a" * 306, ("GSM-7", 306, 2, 153)),
    Example("307 letters", "a" * 307, ("GSM-7", 307, 3, 153)),
    Example("euro counts two", "€" * 80, ("GSM-7", 160, 1, 160)),
    Example("euro over", "€" * 81, ("GSM-7", 162, 2, 153)),
    Example("an escape is not cut", "a" * 152 + "€" + "a" * 152, ("GSM-7", 306, 3, 153)),
    Example("odd euros leave a septet free", "€" * 153, ("GSM-7", 306, 3, 153)),
    Example("every extension character", "\f^{}\\[~]|€", ("GSM-7", 20, 1, 160)),
    Example("accents of the table", "àèéìòùÄÖÑÜ¿¡", ("GSM-7", 12, 1, 160)),
    Example("Greek capitals of the table", "ΔΦΓΛΩΠΨΣΘΞ", ("GSM-7", 10, 1, 160)),
    Example("ç is not in the table, Ç is", "ç", ("UCS-2", 1, 1, 70)),
    Example("backtick is not in the table", "`", ("UCS-2", 1, 1, 70)),
    Example("typographic quote", "It’s on", ("UCS-2", 7, 1, 70)),
    Example("tab is not in the table", "a\tb", ("UCS-2", 3, 1, 70)),
    Example("70 Chinese characters", "水" * 70, ("UCS-2", 70, 1, 70)),
    Example("71 Chinese characters", "水" * 71, ("UCS-2", 71, 2, 67)),
    Example("134 Vietnamese characters", "ệ" * 134, ("UCS-2", 134, 2, 67)),
    Example("35 emoji", "🚒" * 35, ("UCS-2", 70, 1, 70)),
    Example("36 emoji", "🚒" * 36, ("UCS-2", 72, 2, 67)),
    Example("a pair is not cut", "水" * 66 + "🚒" + "水" * 66, ("UCS-2", 134, 3, 67)),
    Example("extension characters count one in UCS-2", "€水", ("UCS-2", 2, 1, 70)),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_counts(example: Example) -> None:
    found = count(example.text)
    assert (found.encoding, found.units, found.parts, found.per_part) == example.expected


def test_names_what_makes_a_text_dear() -> None:
    assert foreign("It’s 5 € – now’s the time") == ["–", "’"]


def test_the_tables_are_whole() -> None:
    assert len(GSM_BASIC) == 127
    assert len(GSM_EXTENSION) == 10


def split(text: str) -> list[bytes]:
    """The parts as a phone network would carry them, cut from bytes: another way than the module's."""
    if set(text) <= GSM_BASIC | GSM_EXTENSION:
        data = b"".join(b"\x1bx" if c in GSM_EXTENSION else b"x" for c in text)
        alone, room = 160, 153
        unit = 1
    else:
        data = text.encode("utf-16-be")
        alone, room = 70, 67
        unit = 2
    if len(data) <= alone * unit:
        return [data]
    parts = []
    while len(data) > room * unit:
        last = data[(room - 1) * unit]
        cut_inside = last == 0x1B if unit == 1 else 0xD8 <= last <= 0xDB
        end = (room - 1 if cut_inside else room) * unit
        parts.append(data[:end])
        data = data[end:]
    return [*parts, data]


GSM_TEXT = st.text(st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=700)
ANY_TEXT = st.text(max_size=40).map(lambda text: text * 12)
MIXED_TEXT = st.text(st.sampled_from("a€水🚒ệ"), max_size=400)


@given(st.one_of(GSM_TEXT, ANY_TEXT, MIXED_TEXT))
def test_agrees_with_an_independent_splitter(text: str) -> None:
    parts = split(text)
    found = count(text)
    unit = 1 if found.encoding == "GSM-7" else 2
    assert found.parts == len(parts)
    assert found.units * unit == sum(map(len, parts))
    assert all(len(part) <= found.per_part * unit for part in parts)
    assert isinstance(found, SmsParts)
