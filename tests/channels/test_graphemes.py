"""Characters as people see them, against an independent splitter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from chalicelib.channels.graphemes import clusters, count

ALIKE = ["e\u0301", "👩‍👩‍👧‍👦", "🇺🇸", "👍🏽", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "שָׁ", "क्षि", "กำ", "각", "\r\n", "a\u200d", "☝🏿"]


@pytest.mark.parametrize("one", ALIKE)
def test_one_character_as_people_see_it(one: str) -> None:
    assert count(one) == 1
    assert clusters("x" + one + "x") == ["x", one, "x"]


@settings(deadline=None)
@given(
    st.one_of(st.text(), st.lists(st.sampled_from([*ALIKE, "a", " ", "🇺", "\u200d", "\u0600"])).map("".join))
)
def test_agrees_with_an_independent_splitter(text: str) -> None:
    assert clusters(text) == list(iter_graphemes(text))
    assert count(text) == len(clusters(text))
