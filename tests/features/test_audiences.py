"""Segments, areas and earlier campaigns as audiences: counted, launched, and refused by pointer."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver

BOSTON, CAMBRIDGE, NEW_YORK = (42.3601, -71.0589), (42.3736, -71.1097), (40.7128, -74.006)
AROUND_BOSTON = {"area": {"circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 2}}}
MASSACHUSETTS = {"area": {"polygon": [[41, -73], [41, -70], [43, -70], [43, -73]]}}


def resident(
    driver: Driver,
    topic: str,
    *,
    language: str = "en",
    place: tuple[float, float] | None = None,
    phone: bool = False,
    source: str = "a form",
) -> tuple[str, str]:
    """A resident added by staff; address and id."""
    address = acting.email()
    body: dict[str, Any] = {
        "email": address,
        "language": language,
        "topics": [{"topic": topic}],
        "consent": {"source": source},
        "opt_in": "recorded",
    }
    if phone:
        body["phone"] = acting.phone()
    if place:
        body["places"] = {"home": {"latitude": place[0], "longitude": place[1]}}
    return address, acting.api(driver, "POST", "/v1/subscribers", body)["subscriber"]["id"]


def segment(driver: Driver, rule: Mapping[str, Any]) -> str:
    name = acting.slug("segment")
    body = {"id": name, "name": "Some people", "department": "works", "rule": rule}
    acting.api(driver, "POST", "/v1/segments", body)
    return name


def count(driver: Driver, audience: Mapping[str, Any], **more: Any) -> Any:
    return acting.api(driver, "POST", "/v1/audiences/count", {"audience": audience, **more})


def launch(driver: Driver, audience: Mapping[str, Any]) -> tuple[str, Any]:
    """A campaign to an audience, sent; its id and report."""
    body = {
        "name": "Main Street",
        "department": "works",
        "channels": ["email", "sms"],
        "default_language": "en",
        "content": acting.WORDS,
        "audience": audience,
    }
    campaign = acting.api(driver, "POST", "/v1/campaigns", body)["id"]
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    driver.settle()
    return campaign, acting.report(driver, campaign)


@pytest.fixture
def town(driver: Driver) -> dict[str, Any]:
    """A topic with four people: who, where, and in which language."""
    topic = acting.topic(driver)
    return {
        "topic": topic,
        "ana": resident(driver, topic, language="es", place=BOSTON, phone=True, source="library"),
        "bo": resident(driver, topic, place=CAMBRIDGE),
        "cy": resident(driver, topic, place=NEW_YORK, source="library"),
        "di": resident(driver, topic, language="es-MX"),
    }


def test_the_count_is_what_a_launch_plans(driver: LocalDriver, town: dict[str, Any]) -> None:
    topic, spanish = {"topic": town["topic"]}, {"segment": segment(driver, {"language": ["es"]})}
    library = {"segment": segment(driver, {"source": ["library"]})}
    for audience, people, messages in (
        (topic, 4, 5),
        ({"all": [topic, spanish]}, 2, 3),
        ({"all": [topic, MASSACHUSETTS]}, 2, 3),
        ({"all": [topic, AROUND_BOSTON]}, 1, 2),
        ({"except": [topic, MASSACHUSETTS]}, 2, 2),
        ({"all": [topic, library]}, 2, 3),
        ({"all": [topic, {"any": [AROUND_BOSTON, {"all": [library, {"except": [topic, spanish]}]}]}]}, 2, 3),
    ):
        found = count(driver, audience)
        assert (found["people"], found["messages"], found["state"]) == (people, messages, "done"), audience
        assert found["job"] is None
        assert len(found["sample"]) == people
        _, report = launch(driver, audience)
        assert report["planned"] == found["messages"]
        assert sum(found["by_language"].values()) == people
        planned = {one["channel"]: one["planned"] for one in report["channels"] if one["planned"]}
        assert planned == {channel: one["messages"] for channel, one in found["channels"].items()}
        assert all(sum(one["by_language"].values()) == one["messages"] for one in found["channels"].values())


def test_a_follow_up_reaches_exactly_those_written_to(driver: LocalDriver, town: dict[str, Any]) -> None:
    first, _ = launch(driver, {"all": [{"topic": town["topic"]}, MASSACHUSETTS]})
    late, late_id = resident(driver, town["topic"], place=BOSTON)
    written = {"deliveries": {"campaign": first, "state": "sent"}}
    assert set(count(driver, written)["sample"]) == {town["ana"][1], town["bo"][1]}
    by_text = {"deliveries": {"campaign": first, "state": "sent", "channel": "sms"}}
    assert count(driver, by_text)["sample"] == [town["ana"][1]]
    unread = {"except": [{"topic": town["topic"]}, written]}
    assert set(count(driver, unread)["sample"]) == {town["cy"][1], town["di"][1], late_id}
    for state in ("failed", "unknown", "opened", "clicked", "bounced"):
        assert count(driver, {"deliveries": {"campaign": first, "state": state}})["people"] == 0
    link = acting.TRACKED.findall(acting.last(driver, town["bo"][0]).text)[0]
    acting.follow(driver, acting.last(driver, town["bo"][0]))
    driver.settle()
    clicked = {"campaign": first, "state": "clicked"}
    number = int(link.rpartition("/")[2])
    assert count(driver, {"deliveries": {**clicked, "link": number}})["sample"] == [town["bo"][1]]
    assert count(driver, {"deliveries": {**clicked, "link": number + 1}})["sample"] == []
    assert count(driver, {"deliveries": {**clicked, "channel": "sms"}})["sample"] == []
    _, report = launch(driver, {"any": [written, {"deliveries": clicked}]})
    assert report["planned"] == 3
    assert len(acting.messages(driver, town["bo"][0])) == 2
    assert not acting.messages(driver, late)


def test_a_campaign_keeps_the_rule_it_was_launched_with(driver: LocalDriver, town: dict[str, Any]) -> None:
    name = segment(driver, {"language": ["es"]})
    audience = {"all": [{"topic": town["topic"]}, {"segment": name}]}
    _, report = launch(driver, audience)
    changed = acting.api(driver, "PATCH", f"/v1/segments/{name}", {"rule": {"language": ["en"]}})
    assert changed["rule"] == {"language": ["en"]}
    assert acting.api(driver, "GET", f"/v1/segments/{name}")["rule"] == {"language": ["en"]}
    assert report["planned"] == 3
    assert count(driver, audience)["people"] == 2
    assert name in {one["id"] for one in acting.api(driver, "GET", "/v1/segments?limit=100")["items"]}
    acting.api(driver, "DELETE", f"/v1/segments/{name}")
    gone = driver.request(
        "POST", "/v1/audiences/count", key=driver.admin_key, json={"audience": audience}
    ).json()
    assert [one["pointer"] for one in gone["errors"]] == ["/audience/all/1/segment"]


def test_who_ended_everything_is_not_reached_by_an_area(driver: LocalDriver, town: dict[str, Any]) -> None:
    here = {"area": {"circle": {"latitude": 40.7128, "longitude": -74.006, "radius_km": 1}}}
    before = count(driver, here)
    launch(driver, here)
    link = acting.LINK.findall(acting.last(driver, town["cy"][0]).text)
    unsubscribe = next(one for one in link if "/unsubscribe/" in one)
    page = driver.request("POST", unsubscribe, form={"List-Unsubscribe": "One-Click"})
    assert page.status == 200
    person = acting.api(driver, "GET", f"/v1/subscribers/{town['cy'][1]}")
    assert person["topics"] == {}
    assert person["places"] == {"home": {"latitude": 40.7128, "longitude": -74.006}}
    after = count(driver, here)
    assert after["people"] == before["people"] - 1
    assert after["skipped"].get("unsubscribed", 0) == before["skipped"].get("unsubscribed", 0) + 1


def test_a_place_can_be_changed_and_imported(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    _, person = resident(driver, topic)
    moved = {"places": {"work": {"latitude": 42.36014, "longitude": -71.0589}}}
    changed = acting.api(driver, "PATCH", f"/v1/subscribers/{person}", moved)
    assert changed["places"] == moved["places"]
    address = acting.email()
    csv = f"email,topics,consent_source,latitude,longitude\n{address},{topic},form,42.3601,-71.0589\n"
    acting.api(driver, "POST", "/v1/imports", {"csv": csv})
    driver.settle()
    assert count(driver, {"all": [{"topic": topic}, AROUND_BOSTON]})["people"] == 2
    acting.api(driver, "PATCH", f"/v1/subscribers/{person}", {"places": {}})
    assert count(driver, {"all": [{"topic": topic}, AROUND_BOSTON]})["people"] == 1


BOWTIE = {"area": {"polygon": [[0, 0], [1, 1], [0, 1], [1, 0]]}}
NO_RADIUS = {"area": {"circle": {"latitude": 0, "longitude": 0, "radius_km": 0}}}
REFUSED = [
    ({"topic": "no-such-topic"}, "/audience/topic"),
    ({"segment": "no-such-segment"}, "/audience/segment"),
    ({"any": [BOWTIE]}, "/audience/any/0/area/polygon"),
    (
        {"area": {"circle": {"latitude": 0, "longitude": 0, "radius_km": 0}}},
        "/audience/area/circle/radius_km",
    ),
    ({"deliveries": {"campaign": "0" * 32, "state": "sent"}}, "/audience/deliveries/campaign"),
    ({"deliveries": {"campaign": "0" * 32, "state": "lost"}}, "/audience/deliveries/state"),
    ({"any": []}, "/audience/any"),
]


@pytest.mark.parametrize(("audience", "pointer"), REFUSED, ids=[pointer for _, pointer in REFUSED])
def test_an_audience_is_refused_by_the_place_that_is_wrong(
    driver: LocalDriver, audience: dict[str, Any], pointer: str
) -> None:
    answer = driver.request("POST", "/v1/audiences/count", key=driver.admin_key, json={"audience": audience})
    assert answer.status == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_communicators_stay_with_their_departments(driver: LocalDriver, town: dict[str, Any]) -> None:
    key, _, _ = acting.staff_key(driver, departments=["parks"])
    own = acting.topic(driver, department="parks")

    def refused(audience: dict[str, Any]) -> list[str]:
        answer = driver.request("POST", "/v1/audiences/count", key=key, json={"audience": audience})
        return [one["pointer"] for one in answer.json().get("errors", [])]

    assert refused({"topic": town["topic"]}) == ["/audience/topic"]
    assert refused(AROUND_BOSTON) == ["/audience/area"]
    assert refused({"all": [{"topic": own}, AROUND_BOSTON]}) == []
    rule = {"language": ["es"]}
    body = {"id": acting.slug("s"), "name": "x", "department": "works", "rule": rule}
    assert driver.request("POST", "/v1/segments", key=key, json=body).status == 403
    foreign = segment(driver, rule)
    assert driver.request("PATCH", f"/v1/segments/{foreign}", key=key, json={"name": "y"}).status == 403
    assert driver.request("DELETE", f"/v1/segments/{foreign}", key=key).status == 403


def test_a_segments_rule_is_refused_by_the_place_that_is_wrong(driver: LocalDriver) -> None:
    for rule, pointer in (
        ({}, "/rule"),
        ({"language": ["?"]}, "/rule/language/0"),
        ({"all": [{"channel": ["fax"]}]}, "/rule/all/0/channel/0"),
        ({"not": {"age_days": {"at_least": -1}}}, "/rule/not/age_days/at_least"),
        ({"any": [BOWTIE]}, "/rule/any/0/area/polygon"),
        ({"shoe_size": [44]}, "/rule/shoe_size"),
    ):
        body = {"id": acting.slug("s"), "name": "x", "department": "works", "rule": rule}
        answer = driver.request("POST", "/v1/segments", key=driver.admin_key, json=body)
        assert answer.status == 422, rule
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_a_named_area_reaches_who_lives_there_as_it_was_at_the_launch(driver: Driver) -> None:
    topic, old_town = acting.topic(driver), acting.area(driver)
    near, far = acting.email(), acting.email()
    for address, latitude in ((near, 42.36), (far, 42.46)):
        home = {"latitude": latitude, "longitude": -71.06}
        person: dict[str, Any] = {"email": address, "places": {"home": home}}
        person |= {"topics": [{"topic": topic}], "opt_in": "recorded"}
        person |= {"consent": {"source": "paper form", "wording": "I agree."}}
        acting.api(driver, "POST", "/v1/subscribers", person)
    campaign = acting.draft(driver, [topic])
    audience: dict[str, Any] = {"all": [{"topic": topic}, {"area": old_town}]}
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", {"version": 1, "audience": audience})
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    acting.api(driver, "DELETE", f"/v1/areas/{old_town}")
    driver.settle()
    assert len(acting.messages(driver, near)) == 1
    assert acting.messages(driver, far) == []
