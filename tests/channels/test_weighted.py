"""X's counting of length: by the parts that a text is made of, and against the stand-in's own counting."""

import unicodedata
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.channels.weighted import links, weighted_length
from infra.stand_ins.x_length import weight


class Part(NamedTuple):
    text: str
    weight: int


PARTS = [
    Part("Water", 5),
    Part("停水通知", 8),
    Part("おしらせ", 8),
    Part("공지", 4),
    Part("اليوم", 5),
    Part("מים", 3),
    Part("e\u0301", 1),  # one letter in NFC
    Part("q\u0301", 2),  # no such letter
    Part("\u0e33", 1),
    Part("ﷺ", 2),
    Part("—", 1),
    Part("…", 2),
    Part("“‘’”", 4),
    Part("\u200f", 2),
    Part("\u200d", 1),
    Part("©", 2),
    Part("🚰", 2),
    Part("❤️", 2),
    Part("👍🏽", 2),
    Part("👩‍👩‍👧‍👦", 2),
    Part("👩🏿‍❤️‍💋‍👨🏻", 2),
    Part("🇺🇸", 2),
    Part("🇦🇦", 4),  # no region
    Part("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
    Part("5️⃣", 2),
    Part("@CityOfExample", 14),
    Part("#water", 6),
    Part("https://www.boston.gov/departments/water?q=boil+notice#" + "a" * 90, 23),
    Part("https://www.boston.gov/" + "long-" * 20 + "path", 23),
    Part("http://x.com", 23),
    Part("boston.gov", 23),
    Part("Boston.Gov/311", 23),
    Part("a@boston.gov", 12),
    Part("@boston.gov", 11),
    Part("9.30", 4),
    Part("file.nowhere", 12),
    Part("https://city.nowhere/water", 26),
]
JOINED = st.lists(st.sampled_from(PARTS), min_size=1, max_size=12)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: ascii(part.text)[:40])
def test_each_part(part: Part) -> None:
    assert weighted_length(part.text) == part.weight


@given(JOINED, st.sampled_from([" ", "\n", " (", ") ", ", ", " 「"]))
def test_a_text_weighs_what_its_parts_do(parts: list[Part], between: str) -> None:
    between_weight = sum(2 if one == "「" else 1 for one in between)
    expected = sum(part.weight for part in parts) + between_weight * (len(parts) - 1)
    assert weighted_length(between.join(part.text for part in parts)) == expected


@given(
    st.lists(st.sampled_from([part.text for part in PARTS] + ["🇺", "🏽", "\ufe0f", "\u20e3", "1", "(", "”"]))
)
def test_another_counting_says_the_same(pieces: list[str]) -> None:
    for text in (" ".join(pieces), "".join(one for one in pieces if "." not in one)):
        assert weighted_length(text) == weight(unicodedata.normalize("NFC", text))


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(st.lists(st.sampled_from([*(part.text for part in PARTS), *"🇺🏽\ufe0f\u20e3\u200d1(”"]), max_size=30))
def test_another_counting_says_the_same_at_length(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert weighted_length(text) == weight(unicodedata.normalize("NFC", text))


class Found(NamedTuple):
    text: str
    links: list[str]


FOUND = [
    Found("See https://boston.gov/a. Or not.", ["https://boston.gov/a"]),
    Found("(see boston.gov/a_(b))", ["boston.gov/a_(b)"]),
    Found("見てboston.govです", ["boston.gov"]),
    Found("見よhttps://boston.gov/水", ["https://boston.gov/"]),
    Found("\u200fhttps://boston.gov\u200f", ["https://boston.gov"]),
    Found("ask@boston.gov, @boston.gov, #boston.gov, $boston.gov", []),
    Found("xhttps://boston.gov /boston.gov -boston.gov .boston.gov", []),
    Found("https://boston.gov:8080/a?b=c, d", ["https://boston.gov:8080/a?b=c"]),
    Found("https://пример.рф пример.рф", ["https://пример.рф"]),
    Found("https://a_b.gov https://a_b.boston.gov", ["https://a_b.boston.gov"]),
    Found("https://" + "a" * 64 + ".gov", []),
    Found("boston.govern boston.gov+1 boston.gov@home", []),
    Found("", []),
]


@pytest.mark.parametrize("found", FOUND, ids=lambda found: ascii(found.text)[:40])
def test_what_is_a_link(found: Found) -> None:
    assert [found.text[start:end] for start, end in links(found.text)] == found.links


@pytest.mark.parametrize(
    "piece", ["a.", "a.b.c.d.", "日.", "@a.b", "http://", "x.com/a(", "https://a.gov/(", "/("]
)
def test_a_long_text_is_counted_at_once(piece: str) -> None:
    """A search that goes back and forth would take hours."""
    assert weighted_length(piece * 10_000) > 0
