"""What an expression means, and into which shapes it is compiled."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.delivery.audience import (
    compiled,
    for_mode,
    kept,
    topics_of,
)
from chalicelib.delivery.nodes import (
    Difference,
    Found,
    Intersection,
    Snapshot,
    Source,
    Union,
    Where,
    Written,
    asks_habits,
    by_everyone,
    listed,
)
from chalicelib.delivery.reading import Past, match_of
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Address, Person, Place, Subscription

ROADS, PARKS = {"topic": "roads"}, {"topic": "parks"}
HERE = {"area": {"circle": {"latitude": 42.0, "longitude": -71.0, "radius_km": 5}}}
IMPORTED = {"segment": {"id": "imported", "rule": {"source": ["import"]}}}
SPANISH = {"segment": {"id": "spanish", "rule": {"language": ["es"]}}}
SENT = {"deliveries": {"plan": "1" * 32, "state": "sent"}}
TO_SENT = Written("1" * 32, "sent")
FROZEN = {"snapshot": "3" * 32}
IN_IT = Snapshot("3" * 32)
READS = {"segment": {"id": "reads", "rule": {"engaged": {"by": "click", "since": "2026-11-01"}}}}
AT = "2026-11-22T05:00:00.000Z"


def person(topics: set[str], *, language: str = "en", places: dict[str, Place] | None = None) -> Person:
    one = Subscription(("email",), "immediate", "page", AT)
    addresses = {"email": Address("a@city.example", AT)}
    return Person(
        "0" * 32, "", language, "UTC", addresses, dict.fromkeys(topics, one), {}, 1, AT, places or {}
    )


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


def holds(expression: dict[str, Any], sources: set[str]) -> bool:
    return match_of(expression, person(sources)) is not None


@pytest.mark.parametrize(
    ("expression", "sources", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_holds(expression: dict[str, Any], sources: set[str], expected: bool) -> None:
    assert holds(expression, sources) is expected


def test_an_area_and_a_segment_ask_about_the_person() -> None:
    home = {"home": Place(42.01, -71.0)}
    assert match_of(HERE, person(set(), places=home)) is not None
    assert match_of(HERE, person(set(), places={"work": Place(43, -71)})) is None
    assert match_of({"all": [ROADS, HERE]}, person(set(), places=home)) is None
    assert match_of({"all": [SPANISH, HERE]}, person(set(), language="es-MX", places=home)) is not None
    assert match_of({"except": [HERE, SPANISH]}, person(set(), language="es", places=home)) is None
    assert match_of(IMPORTED, person({"roads"})) is None


def test_earlier_deliveries_are_told() -> None:
    assert match_of(SENT, person({"roads"})) is None
    found = match_of(SENT, person({"roads"}), Past(frozenset({TO_SENT})))
    assert found is not None
    assert found.topics == ("_all",)
    assert match_of({"except": [ROADS, SENT]}, person({"roads"}), Past(frozenset({TO_SENT}))) is None


def test_a_snapshot_is_told() -> None:
    assert match_of(FROZEN, person(set())) is None
    assert match_of(FROZEN, person(set()), Past(frozenset({IN_IT}))) is not None
    assert match_of({"all": [ROADS, FROZEN]}, person(set()), Past(frozenset({IN_IT}))) is None


def test_what_they_did_with_messages_is_told() -> None:
    reads = Past(habit=Habit("0" * 32, since=0, day=0, clicked={"email": days("2026-11-01")}))
    late = Past(habit=Habit("0" * 32, since=0, day=0, clicked={"email": days("2026-10-31")}))
    assert [match_of(READS, person(set()), past) is not None for past in (reads, late, Past())] == [
        True,
        False,
        False,
    ]
    assert match_of({"except": [ROADS, READS]}, person({"roads"}), reads) is None
    assert match_of({"except": [ROADS, READS]}, person({"roads"})) is not None


def days(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def test_a_person_without_address_is_in_no_area() -> None:
    gone = replace(person(set(), places={"home": Place(42, -71)}), addresses={})
    assert match_of(HERE, gone) is None


EVERYONE = Source("_all")
SHAPES = [
    ("a filter alone asks everyone", HERE, "Where(_all)"),
    ("beside a topic it asks the topic's rows", {"all": [ROADS, HERE, SPANISH]}, "Where(roads)"),
    ("taken away too", {"except": [ROADS, HERE, SPANISH]}, "Where(roads)"),
    ("filters together ask once", {"any": [HERE, SPANISH]}, "Where(_all)"),
    (
        "beside a topic, by any, they ask everyone",
        {"any": [ROADS, HERE, SPANISH]},
        "Union(roads, Where(_all))",
    ),
    ("only everyone's row tells sources", {"all": [ROADS, IMPORTED]}, "Intersection(roads, Where(_all))"),
    ("deliveries alone look rows up", SENT, "Found(Written)"),
    ("beside a topic they need none", {"all": [ROADS, SENT]}, "Intersection(roads, Written)"),
    ("nor where they are taken away", {"except": [ROADS, SENT]}, "Difference(roads, Written)"),
    ("in an area they do", {"all": [SENT, HERE]}, "Where(Found(Written))"),
    (
        "one of two looks up",
        {"all": [SENT, {"any": [SENT, ROADS]}]},
        "Intersection(Found(Written), Union(Written, roads))",
    ),
    ("so do snapshots", FROZEN, "Found(Snapshot)"),
    ("which need none beside a topic", {"all": [ROADS, FROZEN]}, "Intersection(roads, Snapshot)"),
    ("what they did is asked of everyone", READS, "Where+(_all)"),
    ("or of those whom the rest leaves", {"all": [ROADS, READS, SPANISH]}, "Where+(Where(roads))"),
    ("and of all by any", {"all": [ROADS, {"any": [READS, SPANISH]}]}, "Where+(roads)"),
    ("also who is taken away", {"except": [ROADS, READS]}, "Where+(roads)"),
    ("each that may stand alone", {"any": [SENT, ROADS]}, "Union(Found(Written), roads)"),
]


def drawn(node: Any) -> str:
    match node:
        case Source(name):
            return name
        case Written():
            return "Written"
        case Snapshot():
            return "Snapshot"
        case Found(inner):
            return f"Found({drawn(inner)})"
        case Where(inner, _, habits):
            return f"Where{'+' if habits else ''}({drawn(inner)})"
        case Union(parts) | Intersection(parts):
            return f"{type(node).__name__}({', '.join(map(drawn, parts))})"
        case Difference(keep, minus):
            return f"Difference({drawn(keep)}, {drawn(minus)})"
    raise AssertionError(node)


@pytest.mark.parametrize(("expression", "shape"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES])
def test_compiled(expression: dict[str, Any], shape: str) -> None:
    assert drawn(compiled(expression)) == shape
    ids = ({TO_SENT} if "Written" in shape else set()) | ({IN_IT} if "Snapshot" in shape else set())
    assert set(listed(compiled(expression))) == ids
    assert asks_habits(compiled(expression)) is ("+" in shape)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (ROADS, False),
        ({"all": [ROADS, HERE]}, False),
        ({"all": [ROADS, IMPORTED]}, False),
        ({"except": [ROADS, HERE]}, False),
        ({"any": [ROADS, HERE]}, True),
        ({"except": [HERE, ROADS]}, True),
        (SENT, True),
        ({"all": [SENT, ROADS]}, False),
    ],
)
def test_by_what_people_come(expression: dict[str, Any], expected: bool) -> None:
    assert by_everyone(compiled(expression)) is expected


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(ValueError, match="xor"):
        compiled({"xor": [ROADS]})


def test_topics_are_those_that_a_message_is_about() -> None:
    expression = {"except": [{"any": [PARKS, ROADS, {"list": "staff"}, PARKS, HERE]}, {"topic": "budget"}]}
    assert topics_of(expression) == ["parks", "roads"]
    assert "list:staff" in set(kept(expression))


@pytest.mark.parametrize("mode", ["live", "test"])
def test_only_an_exercise_narrows_the_audience(mode: str) -> None:
    assert for_mode(ROADS, mode) == ROADS


@pytest.mark.parametrize("expression", [ROADS, {"any": [ROADS, HERE]}])
def test_an_exercise_reaches_the_exercise_list_only(expression: dict[str, Any]) -> None:
    narrowed = dict(for_mode(expression, "exercise"))
    assert not holds(narrowed, {"roads"})
    assert holds(narrowed, {"roads", "list:exercise"})


def test_what_alerts_ask_of_a_person() -> None:
    near = {"latitude": 42.0, "longitude": -71.0}
    home, nowhere = person(set(), places={"home": Place(42.01, -71.0)}), person(set())  # 1.1 km
    asked = {"life_safety": True}, {"placed": False}, {"near": {**near, "from_km": 0, "to_km": 2}}
    assert [match_of(one, home) is not None for one in asked] == [False, False, True]
    assert [match_of(one, nowhere) is not None for one in asked] == [False, True, False]
    assert match_of({"all": [{"life_safety": True}, asked[2]]}, replace(home, life_safety=True)) is not None


def test_a_band_of_time_within_the_same_deliveries_is_read_once() -> None:
    band = {"deliveries": {**SENT["deliveries"], "since": 5, "until": 9}}
    assert list(listed(compiled({"all": [SENT, band]}))) == [replace(TO_SENT, since=5, until=9)]
    other = {"deliveries": {**band["deliveries"], "plan": "2" * 32}}
    assert len(list(listed(compiled({"all": [SENT, other]})))) == 2
    assert len(list(listed(compiled({"all": [SENT, {"except": [ROADS, band]}]})))) == 2
