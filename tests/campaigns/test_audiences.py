"""Whether an audience is one, and whose it is."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.audiences import (
    MAX_BYTES,
    Known,
    Launched,
    area_ids,
    form_errors,
    known_errors,
    resolve,
    segment_ids,
    topic_ids,
)
from chalicelib.core.errors import InvalidFields
from chalicelib.core.staff import Actor
from chalicelib.subscribers.segments import Segment
from chalicelib.subscribers.snapshots import Snapshot
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
AREA = {"area": {"circle": {"latitude": 42, "longitude": -71, "radius_km": 1}}}
OLD_TOWN = {"type": "Polygon", "coordinates": [[[-71.1, 42.3], [-71, 42.3], [-71, 42.4], [-71.1, 42.3]]]}


def frozen(snapshot_id: str, *, state: str) -> Snapshot:
    """A snapshot that expires on the last day of 2026."""
    expires_at = int(datetime(2026, 12, 31, tzinfo=UTC).timestamp())
    return Snapshot(snapshot_id, "new", "water", {}, False, "s", "", expires_at, state)


OWN, OTHER, DRAFT = "a" * 32, "b" * 32, "c" * 32
KNOWN = Known(
    TOPICS,
    {"new": Segment("new", "New", "water", {"age_days": {"at_most": 30}})},
    {OWN: Launched("roads", "1" * 32), OTHER: Launched("water", "2" * 32)},
    {"old-town": OLD_TOWN, "city-hall": {"type": "Point", "coordinates": [-71.06, 42.36]}},
    {one: frozen(one, state=state) for one, state in (("d" * 32, "done"), ("e" * 32, "running"))},
)


def sent(campaign: Any = OWN, **more: Any) -> dict[str, Any]:
    return {"deliveries": {"campaign": campaign, "state": "sent", **more}}


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
    Malformed("a segment's rule", {"segment": {"rule": {}}}, ["/audience/segment"]),
    Malformed(
        "a latitude of 91", {"area": {"polygon": [[91, 0], [1, 1], [0, 1]]}}, ["/audience/area/polygon/0"]
    ),
    Malformed("an empty area", {"any": [{"area": {}}]}, ["/audience/any/0/area"]),
    Malformed("deliveries of nothing", {"deliveries": {}}, ["/audience/deliveries"]),
    Malformed("deliveries of no campaign", sent("x"), ["/audience/deliveries/campaign"]),
    Malformed("a state that none has", sent(state="lost"), ["/audience/deliveries/state"]),
    Malformed("a state of another kind", sent(state=["sent"]), ["/audience/deliveries/state"]),
    Malformed("another channel", sent(channel="fax"), ["/audience/deliveries/channel"]),
    Malformed("a link that was sent", sent(link=1), ["/audience/deliveries/link"]),
    Malformed("a link by name", sent(state="clicked", link="a"), ["/audience/deliveries/link"]),
    Malformed("a snapshot by name", {"snapshot": "new"}, ["/audience/snapshot"]),
    Malformed("a plan", sent(plan="1" * 32), ["/audience/deliveries"]),
    Malformed("too many campaigns", {"any": [sent()] * 6}, ["/audience"]),
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
    Judged("own topic in an area", {"all": [{"topic": "roads"}, AREA]}, actor("roads"), []),
    Judged(
        "own list, a foreign segment", {"all": [{"list": "press"}, {"segment": "new"}]}, actor("roads"), []
    ),
    Judged("everyone in an area", AREA, actor("roads"), ["/a/area"]),
    Judged("everyone in an area, for an admin", AREA, actor(roles=("admin",)), []),
    Judged(
        "a topic or everyone in an area",
        {"any": [{"topic": "roads"}, {"all": [AREA, {"segment": "new"}]}]},
        actor("roads"),
        ["/a/any/1/all/0/area", "/a/any/1/all/1/segment"],
    ),
    Judged("without those of an area", {"except": [{"topic": "roads"}, AREA]}, actor("roads"), []),
    Judged(
        "an area without a topic",
        {"except": [AREA, {"topic": "roads"}]},
        actor("roads"),
        ["/a/except/0/area"],
    ),
    Judged("unknown segment", {"segment": "x"}, actor(roles=("admin",)), ["/a/segment"]),
    Judged("a snapshot", {"all": [{"topic": "roads"}, {"snapshot": "d" * 32}]}, actor("roads"), []),
    Judged("alone", {"snapshot": "d" * 32}, actor("roads"), ["/a/snapshot"]),
    Judged("not done yet", {"snapshot": "e" * 32}, actor(roles=("admin",)), ["/a/snapshot"]),
    Judged("no snapshot", {"snapshot": "f" * 32}, actor(roles=("admin",)), ["/a/snapshot"]),
    Judged("own campaign", sent(), actor("roads"), []),
    Judged("foreign campaign", sent(OTHER), actor("roads"), ["/a/deliveries/campaign"]),
    Judged("foreign campaign, left out", {"except": [{"topic": "roads"}, sent(OTHER)]}, actor("roads"), []),
    Judged("own topic of a foreign campaign", {"all": [{"topic": "roads"}, sent(OTHER)]}, actor("roads"), []),
    Judged("a campaign not launched", sent(DRAFT), actor(roles=("admin",)), ["/a/deliveries/campaign"]),
    Judged("ended topic, left out", {"except": [{"topic": "roads"}, {"topic": "old"}]}, actor("roads"), []),
]


@pytest.mark.parametrize("example", JUDGED, ids=lambda e: e.name)
def test_the_topics(example: Judged) -> None:
    assert form_errors(example.audience, pointer="/a") == []
    found = known_errors(example.audience, KNOWN, actor=example.actor, pointer="/a")
    assert [error.pointer for error in found] == example.pointers


def test_every_topic_and_list_is_found() -> None:
    audience = {"except": [{"any": [{"topic": "a"}, {"list": "b"}]}, {"all": [{"topic": "c"}]}]}
    assert topic_ids(audience) == {"a", "list:b", "c"}


NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_a_resolved_audience_holds_the_rule_as_of_that_day_and_the_plan() -> None:
    audience = {"except": [{"all": [{"topic": "roads"}, {"segment": "new"}]}, sent(channel="email"), AREA]}
    assert resolve(audience, KNOWN, now=NOW, pointer="/a") == {
        "except": [
            {
                "all": [
                    {"topic": "roads"},
                    {"segment": {"id": "new", "rule": {"joined": {"since": "2026-10-23"}}}},
                ]
            },
            {"deliveries": {"campaign": OWN, "plan": "1" * 32, "state": "sent", "channel": "email"}},
            AREA,
        ]
    }


def test_what_is_gone_when_it_is_launched_is_named() -> None:
    with pytest.raises(InvalidFields) as caught:
        resolve({"any": [{"topic": "roads"}, {"segment": "x"}]}, KNOWN, now=NOW, pointer="/a")
    assert [error.pointer for error in caught.value.errors] == ["/a/any/1/segment"]


def test_a_snapshot_that_is_about_to_expire_is_named_no_more() -> None:
    audience = {"all": [{"topic": "roads"}, {"snapshot": "d" * 32}]}
    assert resolve(audience, KNOWN, now=datetime(2026, 11, 30, tzinfo=UTC), pointer="/a") == audience
    with pytest.raises(InvalidFields) as caught:
        resolve(audience, KNOWN, now=datetime(2026, 12, 2, tzinfo=UTC), pointer="/a")
    assert [error.pointer for error in caught.value.errors] == ["/a/all/1/snapshot"]


def test_an_audience_that_would_not_fit_its_plan_is_refused() -> None:
    ring = [[n / 100, n / 1000 + (n % 2) / 10_000] for n in range(500)]
    large = {"any": [{"area": {"polygon": ring}}] * 20}
    with pytest.raises(InvalidFields, match=r"fields") as caught:
        resolve(large, KNOWN, now=NOW, pointer="/a")
    (error,) = caught.value.errors
    assert (error.pointer, f"{MAX_BYTES:,}" in error.message) == ("/a", True)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["topic", "list", "segment", "area", "deliveries", "any", "all", "except", "x"]),
            inner,
            max_size=2,
        )
    ),
)


@given(ANYTHING)
def test_whatever_comes_is_judged(audience: Any) -> None:
    if not form_errors(audience, pointer=""):
        assert topic_ids(audience) or segment_ids(audience)


def test_an_area_is_named_and_the_plan_is_given_its_borders() -> None:
    named = {"all": [{"topic": "roads"}, {"area": "old-town"}]}
    assert form_errors(named, pointer="/audience") == []
    assert area_ids(named) == {"old-town"}
    assert known_errors(named, KNOWN, actor=actor("roads"), pointer="/audience") == []
    meant = resolve(named, KNOWN, now=NOW, pointer="/audience")
    assert meant == {"all": [{"topic": "roads"}, {"area": OLD_TOWN}]}


@pytest.mark.parametrize(
    ("area", "why"), [("new-town", "There is no area “new-town”."), ("city-hall", "“city-hall” is a point")]
)
def test_an_area_that_holds_nobody_is_refused(area: str, why: str) -> None:
    named = {"all": [{"topic": "roads"}, {"area": area}]}
    (error,) = known_errors(named, KNOWN, actor=actor("roads"), pointer="/audience")
    assert error.pointer == "/audience/all/1/area"
    assert error.message.startswith(why)
