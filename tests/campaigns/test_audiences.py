"""Whether an audience is one, and whose it is."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.audiences import form_errors, topic_errors, topic_ids
from chalicelib.core.staff import Actor
from chalicelib.subscribers.topics import Topic


def actor(*departments: str, roles: tuple[str, ...] = ("communicator",)) -> Actor:
    return Actor("s", "k", "Ann", "a@b.c", frozenset(roles), frozenset(departments), "live")


TOPICS = {
    one: Topic(one, {"en": one}, {}, department, "City", status)
    for one, department, status in (
        ("roads", "roads", "open"),
        ("bridges", "roads", "closed"),
        ("water", "water", "open"),
        ("old", "roads", "ended"),
        ("list:press", "roads", "open"),
    )
}
DEEP: dict[str, Any] = {"topic": "roads"}
for _ in range(6):
    DEEP = {"any": [DEEP]}


class Malformed(NamedTuple):
    name: str
    audience: Any
    pointers: list[str]


MALFORMED = [
    Malformed("nothing", {}, ["/audience"]),
    Malformed("two at once", {"topic": "a", "list": "b"}, ["/audience"]),
    Malformed("unknown operator", {"none": []}, ["/audience/none"]),
    Malformed("a segment", {"segment": "x"}, ["/audience/segment"]),
    Malformed("empty any", {"any": []}, ["/audience/any"]),
    Malformed("any of no list", {"any": {"topic": "a"}}, ["/audience/any"]),
    Malformed("except without a minus", {"except": [{"topic": "a"}]}, ["/audience/except"]),
    Malformed("topic with a list's name", {"topic": "list:press"}, ["/audience/topic"]),
    Malformed("everyone", {"topic": "_all"}, ["/audience/topic"]),
    Malformed("a number", {"any": [{"topic": 1}]}, ["/audience/any/0/topic"]),
    Malformed("a line break", {"topic": "a\n"}, ["/audience/topic"]),
    Malformed(
        "wrong parts",
        {"all": [{"topic": "A"}, 3, {"topic": "b"}]},
        ["/audience/all/0/topic", "/audience/all/1"],
    ),
    Malformed("too deep", DEEP, ["/audience" + "/any/0" * 5 + "/any"]),
    Malformed("too wide", {"any": [{"topic": "a"}] * 101}, ["/audience/any"]),
    Malformed(
        "too many", {"any": [{"any": [{"topic": "a"}] * 60}, {"any": [{"topic": "b"}] * 41}]}, ["/audience"]
    ),
]


@pytest.mark.parametrize("example", MALFORMED, ids=lambda e: e.name)
def test_the_form(example: Malformed) -> None:
    assert [error.pointer for error in form_errors(example.audience, pointer="/audience")] == example.pointers


class Judged(NamedTuple):
    name: str
    audience: dict[str, Any]
    actor: Actor
    pointers: list[str]


JUDGED = [
    Judged("own topic", {"topic": "roads"}, actor("roads"), []),
    Judged("closed topic", {"topic": "bridges"}, actor("roads"), []),
    Judged("own list", {"list": "press"}, actor("roads"), []),
    Judged("foreign topic", {"topic": "water"}, actor("roads"), ["/a/topic"]),
    Judged(
        "foreign topic, left out", {"except": [{"topic": "roads"}, {"topic": "water"}]}, actor("roads"), []
    ),
    Judged(
        "foreign topic, narrowing",
        {"all": [{"topic": "roads"}, {"topic": "water"}]},
        actor("roads"),
        ["/a/all/1/topic"],
    ),
    Judged(
        "all topics for an admin",
        {"any": [{"topic": "roads"}, {"topic": "water"}]},
        actor(roles=("admin",)),
        [],
    ),
    Judged(
        "unknown topic", {"any": [{"topic": "roads"}, {"topic": "x"}]}, actor("roads"), ["/a/any/1/topic"]
    ),
    Judged(
        "unknown list, left out",
        {"except": [{"topic": "roads"}, {"list": "x"}]},
        actor("roads"),
        ["/a/except/1/list"],
    ),
    Judged("ended topic", {"topic": "old"}, actor("roads"), ["/a/topic"]),
    Judged("ended topic, left out", {"except": [{"topic": "roads"}, {"topic": "old"}]}, actor("roads"), []),
]


@pytest.mark.parametrize("example", JUDGED, ids=lambda e: e.name)
def test_the_topics(example: Judged) -> None:
    assert form_errors(example.audience, pointer="/a") == []
    found = topic_errors(example.audience, TOPICS, actor=example.actor, pointer="/a")
    assert [error.pointer for error in found] == example.pointers


def test_every_topic_and_list_is_found() -> None:
    audience = {"except": [{"any": [{"topic": "a"}, {"list": "b"}]}, {"all": [{"topic": "c"}]}]}
    assert topic_ids(audience) == {"a", "list:b", "c"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["topic", "list", "any", "all", "except", "x"]), inner, max_size=2)
    ),
)


@given(ANYTHING)
def test_whatever_comes_is_judged(audience: Any) -> None:
    if not form_errors(audience, pointer=""):
        assert topic_ids(audience)
