"""Approval: two people where the department asks for it, and of exactly what will be sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.campaigns import approval
from chalicelib.campaigns.model import Campaign, Meaning
from chalicelib.campaigns.tick import TickFailed
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, Forbidden
from chalicelib.delivery.content import Words
from tests.campaigns.city import WORDS, City

CAMPAIGN = Campaign(
    id="0" * 32,
    name="Elm Street",
    department="roads",
    mode="live",
    channels=("email",),
    default_language="en",
    content={"en": Words("s", "", "b", "")},
    audience={"topic": "roads"},
    state="submitted",
    version=3,
    created_at="",
    created_by="ann",
    updated_at="",
    updated_by="ann",
    authors=("ann", "bea"),
    submitted_by="cid",
)


def digest(campaign: Campaign, meaning: Meaning = Meaning()) -> str:  # noqa: B008 - immutable
    return approval.digest(campaign, meaning)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"name": "Oak Street"}, True),
        ({"version": 9, "updated_by": "x"}, True),
        ({"audience": {"topic": "water"}}, False),
        ({"channels": ("email", "sms")}, False),
        ({"content": {"en": Words("s", "", "B", "")}}, False),
        ({"content": {"en": Words("s", "", "b", ""), "es": Words("s", "", "b", "")}}, False),
        ({"default_language": "es"}, False),
        ({"expires_at": "2026-12-01T00:00:00.000Z"}, False),
        ({"mode": "exercise"}, False),
        ({"daylight": False}, False),
        ({"department": "water"}, False),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_the_digest_is_of_all_that_decides_what_goes_to_whom(change: dict[str, Any], *, same: bool) -> None:
    assert (digest(replace(CAMPAIGN, **change)) == digest(CAMPAIGN)) is same


@pytest.mark.parametrize(
    "meaning",
    [
        Meaning(segments={"near": {"language": ["es"]}}),
        Meaning(plans={"0" * 32: "1" * 32}),
        Meaning(topics={"en": ["Roads"]}),
    ],
    ids=["segments", "plans", "topics"],
)
def test_the_digest_is_of_what_its_names_stand_for(meaning: Meaning) -> None:
    assert digest(CAMPAIGN, meaning) != digest(CAMPAIGN)


@pytest.mark.parametrize("who", ["ann", "bea", "cid"])
def test_who_wrote_or_submitted_it_does_not_approve_it(who: str) -> None:
    with pytest.raises(Forbidden) as refused:
        approval.require_other(CAMPAIGN, who, two_person=True)
    assert refused.value.code == "second-person"
    approval.require_other(CAMPAIGN, who, two_person=False)
    approval.require_other(replace(CAMPAIGN, mode="test"), who, two_person=True)
    approval.require_other(CAMPAIGN, "dan", two_person=True)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"approved_by": "dan", "digest": digest(CAMPAIGN)}, ""),
        ({"approved_by": "ann", "digest": digest(CAMPAIGN)}, "not-approved"),
        ({"approved_by": "dan", "digest": "other"}, "approval-outdated"),
        ({}, "not-approved"),
    ],
    ids=["by another", "by the author", "of other content", "none"],
)
def test_an_approval_counts_for_what_was_approved(change: dict[str, Any], refusal: str) -> None:
    campaign = replace(CAMPAIGN, **change)
    if not refusal:
        approval.require(campaign, digest(CAMPAIGN), two_person=True)
        return
    with pytest.raises(Conflict) as refused:
        approval.require(campaign, digest(CAMPAIGN), two_person=True)
    assert refused.value.code == refusal


@pytest.fixture
def strict(city: City) -> City:
    """The city, where the roads' department asks for two people."""
    answer = city.call("PUT", "/v1/departments/roads", {"name": "Roads", "two_person": True}, key="admin")
    assert (answer.json["id"], answer.json["two_person"]) == ("roads", True)
    city.hire("boss", roles={"approver"}, departments={"roads"})
    city.hire("chief", roles={"approver"}, departments={"roads"})
    return city


def test_two_people_send_a_campaign(strict: City) -> None:
    strict.resident("Ann", subscribed={"roads": ("email",)})
    path = f"/v1/campaigns/{strict.draft()['id']}"
    assert strict.post(f"{path}/launch").code == "not-approved"
    submitted = strict.post(f"{path}/submit").json
    assert (submitted["status"], submitted["submitted_by"]) == ("submitted", strict.staff["roads"])
    assert strict.post(f"{path}/launch").code == "wrong-state"
    assert strict.post(f"{path}/approve", {"version": submitted["version"]}).code == "wrong-role"
    approved = strict.post(f"{path}/approve", {"version": submitted["version"]}, key="boss").json
    assert (approved["status"], approved["approved_by"]) == ("approved", strict.staff["boss"])
    assert strict.post(f"{path}/launch").status == 202
    strict.platform.settle()
    assert len(strict.platform.outbox) == 1


def test_neither_author_nor_submitter_approves_with_whatever_key(strict: City) -> None:
    path = f"/v1/campaigns/{strict.draft(key='boss')['id']}"
    strict.give_key("boss", "other-key", mode="live")
    version = strict.post(f"{path}/submit").json["version"]
    for key in ("boss", "other-key"):
        assert strict.post(f"{path}/approve", {"version": version}, key=key).code == "second-person"
    assert strict.post(f"{path}/approve", {"version": version}, key="chief").json["status"] == "approved"
    entries = strict.get("/v1/audit", key="admin").json["items"]
    assert [one["outcome"] for one in entries if one["action"].endswith("/approve")].count(
        "second-person"
    ) == 2


@pytest.mark.parametrize("approved", [False, True], ids=["submitted", "approved"])
def test_a_change_voids_submission_and_approval(strict: City, *, approved: bool) -> None:
    path = f"/v1/campaigns/{strict.draft()['id']}"
    seen = strict.post(f"{path}/submit").json
    if approved:
        seen = strict.post(f"{path}/approve", {"version": seen["version"]}, key="boss").json
    renamed = strict.call("PATCH", path, {"version": seen["version"], "name": "Only the name"}).json
    assert renamed["status"] == seen["status"]
    words = {"en": {**WORDS["en"], "body": "Something else"}}
    changed = strict.call("PATCH", path, {"version": renamed["version"], "content": words}).json
    assert (changed["status"], changed["approved_by"], changed["submitted_by"]) == ("draft", None, None)
    assert changed["digest"] != seen["digest"]
    assert strict.post(f"{path}/launch").code == "not-approved"
    again = strict.post(f"{path}/submit").json
    late = strict.post(f"{path}/approve", {"version": seen["version"]}, key="boss")
    assert (late.status, late.code) == (409, "changed-meanwhile")
    assert strict.get(path).json["status"] == "submitted"
    assert strict.post(f"{path}/approve", {"version": again["version"]}, key="boss").status == 200


def test_who_changed_it_last_does_not_approve_it(strict: City) -> None:
    made = strict.draft()
    path = f"/v1/campaigns/{made['id']}"
    strict.call("PATCH", path, {"version": 1, "channels": ["email"]}, key="boss")
    version = strict.post(f"{path}/submit").json["version"]
    assert strict.post(f"{path}/approve", {"version": version}, key="boss").code == "second-person"


def test_a_rejection_has_a_reason_and_returns_to_draft(strict: City) -> None:
    path = f"/v1/campaigns/{strict.draft()['id']}"
    strict.post(f"{path}/submit")
    for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 501}):
        assert strict.post(f"{path}/reject", body, key="boss").status == 422
    assert strict.post(f"{path}/reject", {"reason": "no"}).code == "wrong-role"
    back = strict.post(f"{path}/reject", {"reason": "The date is wrong."}, key="boss").json
    assert (back["status"], back["submitted_at"]) == ("draft", None)
    assert back["rejection"]["reason"] == "The date is wrong."
    assert back["rejection"]["by"] == strict.staff["boss"]
    entry = next(
        one
        for one in strict.get("/v1/audit", key="admin").json["items"]
        if one["action"].endswith("/reject") and one["about"] is None
    )
    assert (entry["reason"], entry["staff_id"]) == ("The date is wrong.", strict.staff["boss"])
    assert strict.post(f"{path}/submit").json["rejection"] is None


def test_only_complete_drafts_are_submitted(strict: City) -> None:
    path = f"/v1/campaigns/{strict.draft(audience=None)['id']}"
    answer = strict.post(f"{path}/submit")
    assert (answer.status, answer.pointers) == (422, ["/audience"])
    assert strict.get(path).json["status"] == "draft"


def test_a_test_needs_no_second_person(strict: City) -> None:
    path = f"/v1/campaigns/{strict.draft(key='test')['id']}"
    assert strict.post(f"{path}/launch", key="test").status == 202


def test_a_department_that_begins_to_ask_for_two_stops_what_one_approved(city: City) -> None:
    city.hire("boss", roles={"approver"}, departments={"roads"})
    path = f"/v1/campaigns/{city.draft(key='boss')['id']}"
    version = city.post(f"{path}/submit", key="boss").json["version"]
    assert city.post(f"{path}/approve", {"version": version}, key="boss").status == 200
    city.call("PUT", "/v1/departments/roads", {"name": "Roads", "two_person": True}, key="admin")
    assert city.post(f"{path}/launch", key="boss").code == "not-approved"


@pytest.mark.parametrize("key", ["roads", "viewer"])
def test_only_admins_say_what_a_department_asks_for(city: City, key: str) -> None:
    body = {"name": "Roads", "two_person": False}
    assert city.call("PUT", "/v1/departments/roads", body, key=key).code == "wrong-role"
    assert city.get("/v1/departments/roads", key=key).status == 404
    assert city.get("/v1/departments", key=key).json == {"items": [], "next": None}


NARROWED = {"all": [{"topic": "roads"}, {"segment": "hispanic"}]}
SPANISH, ENGLISH = {"language": ["es"]}, {"language": ["en"]}


def segment(city: City, rule: dict[str, Any], *, verb: str = "POST") -> None:
    """Makes the segment `hispanic`, or changes its rule."""
    new = verb == "POST"
    body = {"id": "hispanic", "name": "Hispanic", "department": "roads"} if new else {}
    path = "/v1/segments" if new else "/v1/segments/hispanic"
    assert city.call(verb, path, {**body, "rule": rule}).status in (200, 201)


def approved(city: City, **fields: Any) -> str:
    """The path of a campaign that the boss approved."""
    path = f"/v1/campaigns/{city.draft(channels=['email'], **fields)['id']}"
    version = city.post(f"{path}/submit").json["version"]
    assert city.post(f"{path}/approve", {"version": version}, key="boss").status == 200
    return path


def change_rule(city: City) -> None:
    segment(city, ENGLISH, verb="PATCH")


def delete_segment(city: City) -> None:
    assert city.call("DELETE", "/v1/segments/hispanic").status == 204


def rename_topic(city: City) -> None:
    assert city.call("PATCH", "/v1/topics/roads", {"name": {"en": "Free money"}}).status == 200


CHANGES = pytest.mark.parametrize("change", [change_rule, rename_topic], ids=lambda one: one.__name__)


@CHANGES
def test_what_was_approved_is_not_sent_when_it_means_something_else(
    strict: City, change: Callable[[City], None]
) -> None:
    strict.resident("Ann", subscribed={"roads": ("email",)})
    segment(strict, SPANISH)
    path = approved(strict, audience=NARROWED)
    before = strict.get(path).json
    change(strict)
    assert strict.get(path).json["digest"] != before["digest"]
    starts = {"starts_at": rfc3339(strict.wiring.clock() + timedelta(minutes=5))}
    for verb, body in (("launch", None), ("schedule", starts)):
        refused = strict.post(f"{path}/{verb}", body)
        assert (refused.status, refused.code) == (409, "approval-outdated")
    again = strict.post(f"{path}/submit").json
    assert (again["status"], again["approved_by"]) == ("submitted", None)
    strict.post(f"{path}/approve", {"version": again["version"]}, key="boss")
    assert strict.post(f"{path}/launch").status == 202
    strict.platform.settle()
    assert strict.get(path).json["status"] == "sent"


def test_a_segment_that_is_gone_is_named_at_the_launch(strict: City) -> None:
    segment(strict, SPANISH)
    path = approved(strict, audience=NARROWED)
    delete_segment(strict)
    refused = strict.post(f"{path}/launch")
    assert (refused.status, refused.pointers) == (422, ["/audience/all/1/segment"])


@CHANGES
def test_what_changed_since_it_was_submitted_is_not_approved(
    strict: City, change: Callable[[City], None]
) -> None:
    segment(strict, SPANISH)
    path = f"/v1/campaigns/{strict.draft(audience=NARROWED)['id']}"
    version = strict.post(f"{path}/submit").json["version"]
    change(strict)
    refused = strict.post(f"{path}/approve", {"version": version}, key="boss")
    assert (refused.status, refused.code) == (409, "approval-outdated")
    version = strict.post(f"{path}/submit").json["version"]
    assert strict.post(f"{path}/approve", {"version": version}, key="boss").status == 200


def test_an_approval_lasts_while_time_passes_and_nothing_is_edited(strict: City) -> None:
    segment(strict, {"age_days": {"at_least": 0, "at_most": 90}})
    strict.resident("Ann", subscribed={"roads": ("email",)})
    path = approved(strict, audience=NARROWED)
    before = strict.get(path).json["digest"]
    strict.platform.clock.advance(40 * 86_400)
    strict.call("PATCH", "/v1/segments/hispanic", {"name": "Newer ones"})
    assert strict.get(path).json["digest"] == before
    assert strict.post(f"{path}/launch").status == 202
    strict.platform.settle()
    assert len(strict.platform.outbox) == 1
    change_rule(strict)
    assert strict.get(path).json["digest"] == before


def test_what_one_person_approved_freely_is_held_to_it_as_well(city: City) -> None:
    city.hire("boss", roles={"approver"}, departments={"roads"})
    segment(city, SPANISH)
    path = approved(city, audience=NARROWED)
    change_rule(city)
    assert city.post(f"{path}/launch").code == "approval-outdated"


@pytest.mark.parametrize("change", [change_rule, delete_segment, rename_topic], ids=lambda one: one.__name__)
def test_a_scheduled_campaign_whose_approval_is_outdated_returns_to_its_authors(
    strict: City, change: Callable[[City], None]
) -> None:
    strict.resident("Ann", subscribed={"roads": ("email",)})
    segment(strict, ENGLISH if change is not change_rule else SPANISH)
    path = approved(strict, audience=NARROWED)
    starts = rfc3339(strict.wiring.clock() + timedelta(minutes=5))
    assert strict.post(f"{path}/schedule", {"starts_at": starts}).status == 200
    change(strict)
    strict.platform.clock.advance(360)
    with pytest.raises(TickFailed):
        strict.platform.fire("tick")
    strict.platform.settle()
    back = strict.get(path).json
    assert (back["status"], back["rejection"]["by"], back["approved_by"]) == ("draft", "system", None)
    assert "segment" in back["rejection"]["reason"]
    assert not strict.platform.outbox.letters()


def test_a_department_that_begins_to_ask_for_two_stops_what_is_scheduled(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = f"/v1/campaigns/{city.draft()['id']}"
    starts = rfc3339(city.wiring.clock() + timedelta(minutes=5))
    assert city.post(f"{path}/schedule", {"starts_at": starts}).status == 200
    city.call("PUT", "/v1/departments/roads", {"name": "Roads", "two_person": True}, key="admin")
    city.platform.clock.advance(360)
    with pytest.raises(TickFailed):
        city.platform.fire("tick")
    city.platform.settle()
    back = city.get(path).json
    assert (back["status"], back["rejection"]["by"]) == ("draft", "system")
    assert "second person" in back["rejection"]["reason"]
    assert not city.platform.outbox.letters()
