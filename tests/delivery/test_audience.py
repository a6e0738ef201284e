from typing import Any

import pytest

from chalicelib.delivery.audience import for_mode, holds, kept, topics_of

ROADS, PARKS = {"topic": "roads"}, {"topic": "parks"}
CASES = [
    ("a topic holds its subscribers", ROADS, {"roads"}, True),
    ("a topic holds nobody else", ROADS, {"parks"}, False),
    ("a list is a topic of its own kind", {"list": "exercise"}, {"list:exercise"}, True),
    ("a list is not the topic of its name", {"list": "roads"}, {"roads"}, False),
    ("any of several", {"any": [ROADS, PARKS]}, {"parks"}, True),
    ("all of several", {"all": [ROADS, PARKS]}, {"roads"}, False),
    ("except takes away", {"except": [ROADS, PARKS]}, {"roads", "parks"}, False),
    ("except leaves the others", {"except": [ROADS, PARKS]}, {"roads"}, True),
    ("nested", {"all": [{"any": [ROADS, PARKS]}, {"except": [PARKS, ROADS]}]}, {"parks"}, True),
]


@pytest.mark.parametrize(
    ("expression", "sources", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_holds(expression: dict[str, Any], sources: set[str], expected: bool) -> None:
    assert holds(expression, sources) is expected


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(ValueError, match="xor"):
        holds({"xor": [ROADS]}, {"roads"})


def test_topics_are_those_that_a_message_is_about() -> None:
    expression = {"except": [{"any": [PARKS, ROADS, {"list": "staff"}, PARKS]}, {"topic": "budget"}]}
    assert topics_of(expression) == ["parks", "roads"]
    assert "list:staff" in set(kept(expression))


@pytest.mark.parametrize("mode", ["live", "test"])
def test_only_an_exercise_narrows_the_audience(mode: str) -> None:
    assert for_mode(ROADS, mode) == ROADS


def test_an_exercise_reaches_the_exercise_list_only() -> None:
    narrowed = for_mode(ROADS, "exercise")
    assert not holds(narrowed, {"roads"})
    assert holds(narrowed, {"roads", "list:exercise"})
