"""Departments: what one asks for, and that one which was never set up asks for nothing."""

import pytest

from chalicelib.core import departments
from tests.core.calling import Api


def test_a_department_that_was_not_set_up_asks_for_nothing(api: Api) -> None:
    assert not departments.asks_for_two("roads")
    assert api.get("/v1/departments/roads").status == 404


def test_it_is_set_up_changed_and_listed_by_id(api: Api) -> None:
    for one in ("water", "roads"):
        answer = api.call("PUT", f"/v1/departments/{one}", {"name": one.title(), "two_person": True})
        assert answer.json == {"id": one, "name": one.title(), "two_person": True}
    assert departments.asks_for_two("roads")
    assert api.call("PUT", "/v1/departments/roads", {"name": "Streets"}).json["two_person"] is False
    assert not departments.asks_for_two("roads")
    assert [one["id"] for one in api.get("/v1/departments").json["items"]] == ["roads", "water"]


@pytest.mark.parametrize("department", ["Roads", "-roads", "r" * 65, "roads.main"])
def test_an_id_is_a_slug(api: Api, department: str) -> None:
    assert api.call("PUT", f"/v1/departments/{department}", {"name": "Roads"}).status == 404


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "Roads", "two_person": "yes"}, {"name": "x", "a": 1}]
)
def test_refuses_what_is_no_setting(api: Api, body: dict[str, object]) -> None:
    assert api.call("PUT", "/v1/departments/roads", body).status == 422
