"""The policy over HTTP: what is refused changes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.campaigns.sunset import tables
from chalicelib.campaigns.sunset.model import Policy
from chalicelib.core.wiring import wiring
from tests.campaigns.city import City

POLICY = {"active": True, "silent_days": 90, "messages": 5, "answer_days": 14}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({**POLICY, "silent_days": 89}, "/silent_days"),
    ({**POLICY, "silent_days": 731}, "/silent_days"),
    ({**POLICY, "silent_days": 401}, "/silent_days"),
    ({**POLICY, "messages": 4}, "/messages"),
    ({**POLICY, "answer_days": 13}, "/answer_days"),
    ({"silent_days": 90}, "/active"),
    ({**POLICY, "department": "works"}, "/department"),
]


@pytest.mark.parametrize(("body", "pointer"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_what_is_wrong_is_told_and_nothing_is_set(city: City, body: dict[str, Any], pointer: str) -> None:
    refused = city.call("PUT", "/v1/sunset", body, key="admin")
    assert refused.status == 422
    assert refused.pointers == [pointer]
    assert tables.read_policy() == Policy()


def test_where_engagement_is_not_kept_it_cannot_be_switched_on(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring(), "settings", replace(wiring().settings, tracking=False))
    refused = city.call("PUT", "/v1/sunset", POLICY, key="admin")
    assert (refused.status, refused.code) == (409, "not-kept")
    assert city.call("PUT", "/v1/sunset", {**POLICY, "active": False}, key="admin").status == 200


def test_it_is_shown_as_it_was_set(city: City) -> None:
    found = city.call("PUT", "/v1/sunset", POLICY, key="admin").json
    assert found == city.get("/v1/sunset").json == {**POLICY, "rounds": []}
    counted = city.call("POST", "/v1/sunset/count", {}, key="admin").json
    assert (counted["people"], counted["skipped"], counted["job"]) == (0, {}, None)


def test_a_link_of_something_else_answers_nothing(city: City) -> None:
    assert city.platform.http("GET", "/stay/x", {"accept": "*/*"}, b"").status == 404
