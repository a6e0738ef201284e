"""Topics are named by id or name in any language, or by a beginning that only one has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conversations.naming import named
from chalicelib.subscribers.topics import OPEN, Topic

TOPICS = [
    Topic("road-works", {"en": "Road works", "es": "Obras viales", "zh": "道路施工"}, {}, "w", "c", OPEN),
    Topic("parks", {"en": "Parks, trees and play", "vi": "Công viên"}, {}, "w", "c", OPEN),
    Topic("parking", {"en": "Parking"}, {}, "w", "c", OPEN),
    Topic("snow", {"en": "Snow"}, {}, "w", "c", OPEN),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        *(("road-works", ["road-works"]), ("ROADWORKS", ["road-works"]), ("obras VIALES!", ["road-works"])),
        *(("道路施工", ["road-works"]), ("cong vien", ["parks"]), ("Công Viên", ["parks"]), ("roads", [])),
        *(("road", ["road-works"]), ("par", []), ("park", []), ("parks", ["parks"]), ("ro", []), ("", [])),
        *(("snow, road", ["snow", "road-works"]), ("snow; parking", ["snow", "parking"])),
        *(("Parks, trees and play", ["parks"]), ("snow, nothing", ["snow"]), ("snow snow", [])),
        *(("snow,snow", ["snow"]), (": snow", ["snow"])),
    ],
)
def test_named(text: str, ids: list[str]) -> None:
    assert named(text, TOPICS) == ids


@given(st.text(max_size=200))
def test_any_text_names_topics_that_there_are(text: str) -> None:
    found = named(text, TOPICS)
    assert set(found) <= {topic.id for topic in TOPICS}
    assert len(found) == len(set(found))
