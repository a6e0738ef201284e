"""Who may not, may not: on every staff route, with a problem document, and with nothing changed."""

import re
from typing import Any

import pytest

import app  # noqa: F401 - registers the routes
from chalicelib.core.endpoints import ENDPOINTS, Endpoint
from tests.features import acting
from tests.features.driver import Driver, Response
from tests.features.local import LocalDriver

NOBODY = "0" * 32


STAFF_ROUTES = [
    pytest.param(endpoint, id=f"{endpoint.method} {endpoint.path}")
    for endpoint in ENDPOINTS
    if endpoint.access == "staff"
]


def call(driver: Driver, endpoint: Endpoint, key: str) -> Response:
    """The route with ids that nothing has, and an empty body."""
    path = re.sub(r"{\w+}", NOBODY, endpoint.path)
    if endpoint.takes:
        headers = {"content-type": endpoint.takes[0]}
        return driver.request(endpoint.method, path, key=key, body=b"<alert/>", headers=headers)
    return driver.request(endpoint.method, path, key=key, json={} if endpoint.method != "GET" else None)


@pytest.fixture(scope="module")
def keys(driver: Driver) -> dict[str, str]:
    """A key of each kind that must not pass everywhere."""
    nobody, _, _ = acting.staff_key(driver, roles=["viewer"], departments=[])
    revoked, key_id, _ = acting.staff_key(driver, roles=["admin"])
    assert driver.request("DELETE", f"/v1/keys/{key_id}", key=driver.admin_key).status == 204
    test, _, _ = acting.staff_key(driver, roles=["admin"], mode="test")
    exercise, _, _ = acting.staff_key(driver, roles=["admin"], mode="exercise")
    return {"viewer": nobody, "revoked": revoked, "test": test, "exercise": exercise}


@pytest.mark.parametrize("endpoint", STAFF_ROUTES)
def test_a_revoked_key_opens_nothing(driver: Driver, keys: dict[str, str], endpoint: Endpoint) -> None:
    answer = call(driver, endpoint, keys["revoked"])
    assert (answer.status, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("endpoint", STAFF_ROUTES)
def test_a_viewer_changes_nothing(driver: LocalDriver, keys: dict[str, str], endpoint: Endpoint) -> None:
    if "viewer" in {str(role) for role in endpoint.roles}:
        return
    assert call(driver, endpoint, keys["viewer"]).status == 403


@pytest.mark.parametrize("mode", ["test", "exercise"])
@pytest.mark.parametrize("endpoint", STAFF_ROUTES)
def test_a_key_that_is_not_live_touches_nothing_live(
    driver: LocalDriver, keys: dict[str, str], endpoint: Endpoint, mode: str
) -> None:
    answer = call(driver, endpoint, keys[mode])
    if mode in {str(one) for one in endpoint.modes}:
        assert answer.status != 403
    else:
        assert (answer.status, answer.headers["content-type"]) == (403, "application/problem+json")


def test_another_departments_campaign_is_out_of_reach(driver: Driver) -> None:
    roads = acting.topic(driver, department="works")
    ours, _, _ = acting.staff_key(driver, departments=["works"])
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    campaign = acting.draft(driver, [roads], key=ours)
    for verb in ("launch", "cancel"):
        refused = driver.request("POST", f"/v1/campaigns/{campaign}/{verb}", key=theirs)
        assert refused.status == 403, verb
    assert driver.request("DELETE", f"/v1/campaigns/{campaign}", key=theirs).status == 403
    body = {"version": 1, "name": "Ours now"}
    assert driver.request("PATCH", f"/v1/campaigns/{campaign}", key=theirs, json=body).status == 403
    assert acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["status"] == "draft"


def test_another_departments_topic_cannot_be_addressed(driver: Driver) -> None:
    roads = acting.topic(driver, department="works")
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    body = {
        "name": "Not ours",
        "department": "parks",
        "channels": ["email"],
        "content": acting.WORDS,
        "audience": {"topic": roads},
    }
    drafted = driver.request("POST", "/v1/campaigns", key=theirs, json=body)
    if drafted.status == 201:
        launched = driver.request("POST", f"/v1/campaigns/{drafted.json()['id']}/launch", key=theirs)
        assert launched.status in (403, 422)
    else:
        assert drafted.status in (403, 422)


def test_a_live_campaign_is_not_launched_by_a_test_key(driver: Driver, keys: dict[str, str]) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    campaign = acting.draft(driver, [roads])
    refused = driver.request("POST", f"/v1/campaigns/{campaign}/launch", key=keys["test"])
    assert refused.status == 403
    driver.settle()
    assert not [m for m in acting.messages(driver, address) if "Main Street" in m.subject]
    assert acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["status"] == "draft"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"name": 5}, "/name", id="wrong type"),
        pytest.param({"name": "x" * 5000}, "/name", id="over-long"),
        pytest.param({"surprise": 1}, "/surprise", id="unknown field"),
        pytest.param({"channels": ["fax"]}, "/channels/0", id="unknown channel"),
        pytest.param(
            {"content": {"en": {"subject": "s", "body": "((no_such_field))"}}},
            "/content/en/body",
            id="unknown personal field",
        ),
        pytest.param(
            {"content": {"en": {"subject": "x" * 201, "body": "b"}}},
            "/content/en/subject",
            id="over-long subject",
        ),
        pytest.param({"audience": {"topic": "no-such-topic"}}, "/audience/topic", id="unknown topic"),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_drafted(
    driver: Driver, change: dict[str, Any], pointer: str
) -> None:
    roads = acting.topic(driver)
    body = {
        "name": "Main Street",
        "department": "works",
        "channels": ["email"],
        "content": acting.WORDS,
        "audience": {"topic": roads},
    }
    before = acting.api(driver, "GET", "/v1/campaigns?limit=100")
    refused = driver.request("POST", "/v1/campaigns", key=driver.admin_key, json=body | change)
    assert refused.status == 422, refused.text
    assert pointer in {one["pointer"] for one in refused.json()["errors"]}
    after = acting.api(driver, "GET", "/v1/campaigns?limit=100")
    assert [one["id"] for one in after["items"]] == [one["id"] for one in before["items"]]


def test_the_same_idempotency_key_acts_once(driver: Driver) -> None:
    roads = acting.topic(driver)
    body = {"name": "Once", "department": "works", "channels": ["email"], "content": acting.WORDS}
    body["audience"] = {"topic": roads}
    headers = {"Idempotency-Key": acting.slug("key")}
    first, second = (
        driver.request("POST", "/v1/campaigns", key=driver.admin_key, json=body, headers=headers)
        for _ in range(2)
    )
    assert first.status == second.status == 201
    assert first.json()["id"] == second.json()["id"]
    other = driver.request(
        "POST", "/v1/campaigns", key=driver.admin_key, json={**body, "name": "Two"}, headers=headers
    )
    assert other.status in (409, 422)


def test_a_key_of_what_was_refused_serves_again(driver: Driver) -> None:
    roads = acting.topic(driver)
    headers = {"Idempotency-Key": acting.slug("key")}
    body = {"id": acting.slug("area"), "name": {"en": "Roads"}, "department": "works", "category": "Travel"}
    taken = driver.request(
        "POST", "/v1/topics", key=driver.admin_key, json={**body, "id": roads}, headers=headers
    )
    assert taken.status == 409
    made = driver.request("POST", "/v1/topics", key=driver.admin_key, json=body, headers=headers)
    assert made.status == 201, made.text


def test_every_action_of_staff_is_in_the_audit(driver: Driver) -> None:
    roads = acting.topic(driver)
    key, key_id, staff_id = acting.staff_key(driver)
    campaign = acting.draft(driver, [roads], key=key)
    found = acting.api(driver, "GET", "/v1/audit?limit=20")["items"]
    mine = [one for one in found if one["staff_id"] == staff_id]
    assert any(one["action"] == "POST /v1/campaigns" and one["key_id"] == key_id for one in mine)
    assert campaign
