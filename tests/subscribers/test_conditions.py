"""Rules over people: refused by pointer, frozen at a day, and meaning what Python says."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.subscribers.conditions import MAX_PARTS, PERSONAL, condition, frozen, rule_errors
from chalicelib.subscribers.model import Row

TODAY = date(2026, 11, 22)
AREA = {"polygon": [[41, -72], [41, -70], [43, -70], [43, -72]]}


def row(**changes: Any) -> Row:
    fields: dict[str, Any] = {
        "subscriber_id": "0" * 32,
        "email": "a@city.example",
        "sms": None,
        "channels": ("email",),
        "cadence": "immediate",
        "language": "en",
        "time_zone": "UTC",
        "name": "",
        "blocks": (),
    }
    return Row(**{**fields, **changes})


MEANT = [
    ("their language", {"language": ["es"]}, row(language="es"), True),
    ("a variety of it", {"language": ["zh"]}, row(language="zh-Hans"), True),
    ("case apart", {"language": ["ZH-hans"]}, row(language="zh-Hans-CN"), True),
    ("not its root", {"language": ["zh-Hans"]}, row(language="zh"), False),
    ("no prefix of letters", {"language": ["zh-Ha"]}, row(language="zh-Hans"), False),
    ("reached by text", {"channel": ["sms"]}, row(sms="+1"), True),
    ("not reached by text", {"channel": ["sms"]}, row(), False),
    ("one of two channels", {"channel": ["sms", "email"]}, row(), True),
    ("a source", {"source": ["import", "page"]}, row(sources=("import",)), True),
    ("no such source", {"source": ["import"]}, row(sources=("page",)), False),
    ("the second place", {"area": AREA}, row(places=("home:0.0,0.0", "work:42.0,-71.0")), True),
    ("no place", {"area": AREA}, row(), False),
    ("since today", {"age_days": {"at_most": 0}}, row(joined="2026-11-22"), True),
    ("a day too old", {"age_days": {"at_most": 30}}, row(joined="2026-10-22"), False),
    ("just old enough", {"age_days": {"at_least": 30}}, row(joined="2026-10-23"), True),
    ("between", {"age_days": {"at_least": 1, "at_most": 9}}, row(joined="2026-11-22"), False),
    ("not", {"not": {"language": ["es"]}}, row(), True),
    ("any", {"any": [{"language": ["es"]}, {"channel": ["email"]}]}, row(), True),
    ("all", {"all": [{"language": ["es"]}, {"channel": ["email"]}]}, row(), False),
]


@pytest.mark.parametrize(("rule", "person", "expected"), [m[1:] for m in MEANT], ids=[m[0] for m in MEANT])
def test_a_rule_means(rule: dict[str, Any], person: Row, expected: bool) -> None:
    assert rule_errors(rule, pointer="") == []
    assert condition(frozen(rule, today=TODAY)).test(person) is expected


def test_only_sources_need_the_row_of_everyone() -> None:
    assert condition({"any": [{"language": ["en"]}, {"not": {"source": ["x"]}}]}).everyone
    assert not condition({"all": [{"language": ["en"]}, {"channel": ["sms"]}]}).everyone


def test_a_frozen_rule_means_the_same_later() -> None:
    rule = frozen({"not": {"any": [{"age_days": {"at_least": 10, "at_most": 20}}]}}, today=TODAY)
    assert rule == {"not": {"any": [{"joined": {"until": "2026-11-12", "since": "2026-11-02"}}]}}


DEEP: dict[str, Any] = {"language": ["en"]}
for _ in range(5):
    DEEP = {"not": DEEP}
REFUSED = [
    ("nothing", {}, ["/r"]),
    ("two at once", {"language": ["en"], "channel": ["sms"]}, ["/r"]),
    ("unknown", {"age": 3}, ["/r/age"]),
    ("a name with a slash", {"a/b": 3}, ["/r/a~1b"]),
    ("frozen already", {"joined": {"since": "2026-01-01"}}, ["/r/joined"]),
    ("no list", {"language": "en"}, ["/r/language"]),
    ("an empty list", {"channel": []}, ["/r/channel"]),
    ("wrong texts", {"language": ["en", "?", 3]}, ["/r/language/1", "/r/language/2"]),
    ("an empty source", {"source": [""]}, ["/r/source/0"]),
    ("no days", {"age_days": {}}, ["/r/age_days"]),
    ("half a day", {"age_days": {"at_least": 0.5}}, ["/r/age_days/at_least"]),
    ("true days", {"age_days": {"at_least": True}}, ["/r/age_days/at_least"]),
    ("nobody", {"age_days": {"at_least": 9, "at_most": 8}}, ["/r/age_days"]),
    ("a bad area", {"area": {"polygon": []}}, ["/r/area/polygon"]),
    ("not of a list", {"not": [{"language": ["en"]}]}, ["/r/not"]),
    ("too deep", DEEP, ["/r/not/not/not/not/not"]),
    ("no way of reading", {"engaged": {"within_days": 9}}, ["/r/engaged"]),
    ("nothing but a number", {"engaged": 9}, ["/r/engaged"]),
    ("frozen already, too", {"engaged": {"by": "any", "since": "2026-01-01"}}, ["/r/engaged"]),
    (
        "three things wrong",
        {"silent": {"by": "look", "channel": "fax", "for_days": 0}},
        ["/r/silent/by", "/r/silent/channel", "/r/silent/for_days"],
    ),
    ("sent none", {"silent": {"by": "any", "for_days": 9, "sent_at_least": 0}}, ["/r/silent/sent_at_least"]),
    (
        "engaged asks not how many",
        {"engaged": {"by": "any", "within_days": 9, "sent_at_least": 1}},
        ["/r/engaged"],
    ),
    ("too many", {"any": [{"all": [{"language": ["en"]}] * 20}] * 2}, ["/r"]),
]


@pytest.mark.parametrize(("rule", "pointers"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_rule_is_refused_by_its_places(rule: Any, pointers: list[str]) -> None:
    found = [error.pointer for error in rule_errors(rule, pointer="/r")]
    assert found == pointers or (pointers[0].startswith("/r/not/not") and found == ["/r/not/not/not/not"])


PERSONS = st.builds(
    row,
    language=st.sampled_from(["en", "es"]),
    sms=st.sampled_from([None, "+1"]),
    sources=st.sampled_from([(), ("import",), ("page",)]),
    joined=st.sampled_from(["2026-01-01", "2026-11-20"]),
)
LEAVES: dict[str, tuple[dict[str, Any], Callable[[Row], bool]]] = {
    "es": ({"language": ["es"]}, lambda one: one.language == "es"),
    "sms": ({"channel": ["sms"]}, lambda one: one.sms is not None),
    "import": ({"source": ["import"]}, lambda one: "import" in one.sources),
    "new": ({"age_days": {"at_most": 30}}, lambda one: one.joined > "2026-10-22"),
}
TREES = st.recursive(
    st.sampled_from(sorted(LEAVES)),
    lambda inner: (
        st.tuples(st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3))
        | st.tuples(st.just("not"), inner)
    ),
    max_leaves=6,
)


def as_rule(tree: Any) -> dict[str, Any]:
    if isinstance(tree, str):
        return LEAVES[tree][0]
    kind, value = tree
    return {kind: as_rule(value) if kind == "not" else [as_rule(part) for part in value]}


def as_python(tree: Any, one: Row) -> bool:
    if isinstance(tree, str):
        return bool(LEAVES[tree][1](one))
    kind, value = tree
    if kind == "not":
        return not as_python(value, one)
    return (any if kind == "any" else all)(as_python(part, one) for part in value)


@settings(deadline=None)
@given(TREES, PERSONS)
def test_rules_of_any_shape_mean_what_python_says(tree: Any, one: Row) -> None:
    rule = as_rule(tree)
    assert condition(frozen(rule, today=TODAY)).test(one) is as_python(tree, one)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["language", "area", "channel", "source", "age_days", "any", "all", "not", "x"]),
            inner,
            max_size=2,
        )
    ),
)


@settings(deadline=None)
@given(ANYTHING)
def test_whatever_comes_is_judged(rule: Any) -> None:
    if not rule_errors(rule, pointer=""):
        condition(frozen(rule, today=TODAY)).test(row())


def test_the_limit_is_told() -> None:
    (error,) = rule_errors({"any": [{"language": ["en"]}] * MAX_PARTS}, pointer="")
    assert str(MAX_PARTS) in error.message


HERE = {"latitude": 42.0, "longitude": -71.0}
ONE_KM_NORTH = "home:42.008993,-71.0"  # 0.99997 km


class Asked(NamedTuple):
    name: str
    kind: str
    value: Any
    person: Row
    expected: bool


ASKED = [
    Asked("opted in", "life_safety", True, row(life_safety=True), True),
    Asked("not opted in", "life_safety", True, row(), False),
    Asked("without a place", "placed", False, row(), True),
    Asked("with a place", "placed", False, row(places=(ONE_KM_NORTH,)), False),
    Asked("somewhere", "placed", True, row(places=(ONE_KM_NORTH,)), True),
    Asked("on the spot", "near", {**HERE, "from_km": 0, "to_km": 1}, row(places=("home:42.0,-71.0",)), True),
    Asked("within", "near", {**HERE, "from_km": 0, "to_km": 1}, row(places=(ONE_KM_NORTH,)), True),
    Asked("not beyond", "near", {**HERE, "from_km": 1, "to_km": 5}, row(places=(ONE_KM_NORTH,)), False),
    Asked(
        "the nearest of two places counts",
        "near",
        {**HERE, "from_km": 1},
        row(places=(ONE_KM_NORTH, "work:50.0,-71.0")),
        False,
    ),
    Asked("nowhere is far away", "near", {**HERE, "from_km": 500}, row(), True),
    Asked("and in no band that ends", "near", {**HERE, "from_km": 0, "to_km": 9e9}, row(), False),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: one.name)
def test_an_alert_asks(asked: Asked) -> None:
    assert PERSONAL[asked.kind](asked.value)(asked.person) is asked.expected


@pytest.mark.parametrize("kind", ["life_safety", "placed", "near"])
def test_no_rule_of_staff_asks_that(kind: str) -> None:
    assert rule_errors({kind: True}, pointer="/r")


PLACES = st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=3)


@given(st.lists(st.floats(0, 20_100), min_size=1, max_size=5, unique=True), PLACES)
def test_bands_that_follow_each_other_hold_everybody_once(
    ends: list[float], places: list[tuple[float, float]]
) -> None:
    bounds = [0.0, *sorted({end for end in ends if end > 0})]
    bands = [{**HERE, "from_km": start, "to_km": end} for start, end in pairwise(bounds)]
    bands.append({**HERE, "from_km": bounds[-1]})
    one = row(places=tuple(f"p{n}:{latitude},{longitude}" for n, (latitude, longitude) in enumerate(places)))
    assert sum(PERSONAL["near"](band)(one) for band in bands) == 1
