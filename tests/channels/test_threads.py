"""Texts become threads: nothing is lost, each post fits, nothing is cut that belongs together."""

import re
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from chalicelib.channels.graphemes import count
from chalicelib.channels.platforms.base import PostLimits
from chalicelib.channels.threads import TooLong, parts

FAMILY = "👩‍👩‍👧‍👦"
FLAG = "🇺🇸"


def limits(longest: int, thread: int = 99) -> PostLimits:
    return PostLimits(length=count, longest=longest, thread=thread)


class Example(NamedTuple):
    name: str
    text: str
    longest: int
    expected: list[str]


EXAMPLES = [
    Example("it fits", " Water is off. ", 13, ["Water is off."]),
    Example("any length", "a" * 9_000, 0, ["a" * 9_000]),
    Example("sentences", "Water is off. Boil it first.", 21, ["Water is off. 1/2", "Boil it first. 2/2"]),
    Example(
        "a quoted sentence",
        'He said: "It is off." So boil.',
        26,
        ['He said: "It is off." 1/2', "So boil. 2/2"],
    ),
    Example("paragraphs", "Water is off\n\nBoil it first", 20, ["Water is off 1/2", "Boil it first 2/2"]),
    Example("words", "Water is off until noon", 16, ["Water is off 1/2", "until noon 2/2"]),
    Example(
        "a sentence that ends too early", "Oh. Water is off until", 18, ["Oh. Water is 1/2", "off until 2/2"]
    ),
    Example("characters", "x" * 13, 12, ["x" * 8 + " 1/2", "x" * 5 + " 2/2"]),
    Example(
        "Chinese sentences", "停水了。請煮水。明天恢復。", 12, ["停水了。請煮水。 1/2", "明天恢復。 2/2"]
    ),
    Example("a link", "See https://x.io/a.b now", 20, ["See 1/3", "https://x.io/a.b 2/3", "now 3/3"]),
    Example(
        "a hashtag without spaces", "停水停水停水#停水通知停水", 12, ["停水停水停水 1/2", "#停水通知停水 2/2"]
    ),
    Example(
        "families and flags",
        FAMILY * 5 + FLAG * 4,
        8,
        [FAMILY * 4 + " 1/3", FAMILY + FLAG * 3 + " 2/3", FLAG + " 3/3"],
    ),
    Example(
        "a sentence that ends with a link",
        "See https://x.io. Now boil it",
        25,
        ["See https://x.io. 1/2", "Now boil it 2/2"],
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_parts(example: Example) -> None:
    assert parts(example.text, limits(example.longest)) == example.expected


@pytest.mark.parametrize(
    ("text", "longest", "thread"),
    [("x" * 41, 20, 1), ("word " * 30, 20, 5), ("https://x.io/" + "a" * 20, 20, 99), ("word", 3, 99)],
    ids=["no threads", "too many posts", "a link that fits nowhere", "no room beside the number"],
)
def test_too_long(text: str, longest: int, thread: int) -> None:
    with pytest.raises(TooLong):
        parts(text, limits(longest, thread))


def test_fuller_posts_where_sentences_would_take_too_many() -> None:
    text = " ".join(["Aaa bbb ccc."] * 4)
    assert len(parts(text, limits(24))) == 4
    assert len(parts(text, limits(24, thread=3))) == 3


WORDS = ["a", "word", "Ende.", "¿Qué?", "。", "停水", "é", "e\u0301", "ệ", "क्षि", "กำ", "ניקוד", "שָׁ", "مرحبا"]
MARKS = [
    "\u200f",
    "\u200d",
    "\ufe0f",
    "\u0600",
    "\r\n",
    "\n",
    " ",
    "  ",
    "\t",
    "@",
    "#",
    "(",
    ")",
    "”",
    "1/2",
]
EMOJI = [FAMILY, FLAG, "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "한"]
NAMES = [
    "#tag",
    "#水",
    "@ada",
    "@ada@city.example",
    "https://city.example/a?b=c#d",
    "https://city.example/水.",
]
PIECES = st.sampled_from([*WORDS, *MARKS, *EMOJI, *NAMES])
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=120))
NUMBER = re.compile(r" \d+/\d+\Z")


def numberless(found: list[str]) -> list[str]:
    return [NUMBER.sub("", one) for one in found] if len(found) > 1 else found


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, longest=st.integers(6, 60), thread=st.integers(1, 30))
def test_nothing_is_lost_and_all_fits(text: str, longest: int, thread: int) -> None:
    try:
        found = parts(text, limits(longest, thread))
    except TooLong:
        assert count(text) > longest
        return
    assert len(found) <= thread
    assert all(sum(1 for _ in iter_graphemes(one)) <= longest for one in found)
    assert [one.rpartition(" ")[2] for one in found if len(found) > 1] == [
        f"{number}/{len(found)}" for number in range(1, len(found) + 1) if len(found) > 1
    ]
    bare = numberless(found)
    place = 0
    for one in bare:
        gap, place = text[place : text.index(one, place)], text.index(one, place) + len(one)
        assert not gap.strip()
    assert not text[place:].strip()


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, longest=st.integers(6, 60))
def test_no_cut_inside_what_belongs_together(text: str, longest: int) -> None:
    """Each end is one that an independent splitter knows, and outside of links, mentions and hashtags."""
    try:
        found = numberless(parts(text, limits(longest)))
    except TooLong:
        return
    ends, place = {0}, 0
    for cluster in iter_graphemes(text):
        place += len(cluster)
        ends.add(place)
    place = 0
    for one in found:
        start = text.index(one, place)
        place = start + len(one)
        assert {start, place} <= ends
        for word in re.finditer(r"https?://[!-~]+|[@#][a-z]+(@[a-z]+\.[a-z]+)?", text):
            assert not word.start() < start < word.end()
            assert not word.start() < place < word.end()
