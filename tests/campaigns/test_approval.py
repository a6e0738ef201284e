"""Approval: two people where the department asks for it, and of exactly what will be sent."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.campaigns import approval
from chalicelib.campaigns.model import Campaign
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
        ({"department": "water"}, False),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_the_digest_is_of_all_that_decides_what_goes_to_whom(change: dict[str, Any], *, same: bool) -> None:
    assert (approval.digest(replace(CAMPAIGN, **change)) == approval.digest(CAMPAIGN)) is same


@pytest.mark.parametrize("who", ["ann", "bea", "cid"])
def test_who_wrote_or_submitted_it_does_not_approve_it(who: str) -> None:
    with pytest.raises(Forbidden) as refused:
        approval.require_other(CAMPAIGN, who, two_person=True)
    assert refused.value.code == "second-person"
    approval.require_other(CAMPAIGN, who, two_person=False)
    approval.require_other(replace(CAMPAIGN, mode="test"), who, two_person=True)
    approval.require_other(CAMPAIGN, "dan", two_person=True)


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"approved_by": "dan", "approved_digest": approval.digest(CAMPAIGN)}, True),
        ({"approved_by": "ann", "approved_digest": approval.digest(CAMPAIGN)}, False),
        ({"approved_by": "dan", "approved_digest": "other"}, False),
        ({}, False),
    ],
    ids=["by another", "by the author", "of other content", "none"],
)
def test_an_approval_counts_for_what_was_approved(change: dict[str, Any], *, counts: bool) -> None:
    campaign = replace(CAMPAIGN, **change)
    approval.require(campaign, two_person=False)
    if counts:
        approval.require(campaign, two_person=True)
        return
    with pytest.raises(Conflict) as refused:
        approval.require(campaign, two_person=True)
    assert refused.value.code == "not-approved"


@pytest.fixture
def strict(city: City) -> City:
    """The city, where the roads' department asks for two people."""
    answer = city.call("PUT", "/v1/departments/roads", {"name": "Roads", "two_person": True}, key="admin")
    assert answer.json == {"id": "roads", "name": "Roads", "two_person": True}
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
