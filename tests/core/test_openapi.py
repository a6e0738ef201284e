import json
from typing import Any

import pytest
import schemathesis

from chalicelib.core import routes  # noqa: F401 - declares core's endpoints
from chalicelib.core.endpoints import ENDPOINTS, Endpoint, Listing, Model
from chalicelib.core.errors import Gone
from chalicelib.core.openapi import document, refusals
from chalicelib.core.settings import Settings


class Thing(Model):
    name: str


def _handler() -> None:
    """Does it.

    With care.
    """


def _endpoint(method: str, path: str = "/x", access: str = "staff", **more: Any) -> Endpoint:
    roles = frozenset({"viewer", "admin"}) if access == "staff" else frozenset()
    return Endpoint(method, path, "Things", _handler, access, **{"roles": roles, **more})


@pytest.mark.parametrize(
    ("endpoint", "statuses"),
    [
        pytest.param(_endpoint("GET"), {401, 403, 422}, id="reading"),
        pytest.param(_endpoint("GET", query=Listing), {400, 401, 403, 422}, id="list"),
        pytest.param(_endpoint("GET", "/x/{id}"), {401, 403, 404, 422}, id="one"),
        pytest.param(_endpoint("POST", body=Thing), {400, 401, 403, 409, 413, 415, 422}, id="making"),
        pytest.param(_endpoint("DELETE", "/x/{id}"), {401, 403, 404, 409, 422}, id="deleting"),
        pytest.param(_endpoint("GET", also=frozenset({Gone})), {401, 403, 410, 422}, id="of its own"),
        pytest.param(_endpoint("GET", access="public"), {422}, id="public"),
        pytest.param(_endpoint("GET", access="page"), set(), id="page"),
        pytest.param(
            _endpoint("GET", "/x/{t}", access="page", status=302), {404, 410}, id="leading elsewhere"
        ),
        pytest.param(_endpoint("GET", "/x/{t}", access="image"), {404, 410}, id="image"),
        pytest.param(_endpoint("POST", "/x/{t}", access="page"), {400, 404, 410, 413, 415, 422}, id="form"),
    ],
)
def test_refusals_follow_from_the_declaration(endpoint: Endpoint, statuses: set[int]) -> None:
    assert {int(one.status) for one in refusals(endpoint)} == statuses
    answers = document([endpoint], Settings())["paths"][endpoint.path][endpoint.method.lower()]["responses"]
    assert {int(one) for one in answers if int(one) >= 400} == statuses


def test_one_operation_whole() -> None:
    endpoint = _endpoint("POST", "/x/{id}", body=Thing, returns=Thing, status=201)
    found = document([endpoint], Settings())["paths"]["/x/{id}"]["post"]
    assert (found["operationId"], found["summary"]) == ("_handler", "Does it.")
    assert found["description"].startswith("With care. For `admin` or `viewer`, with a key of mode")
    assert found["security"] == [{"key": []}]
    assert [(one["name"], one["in"]) for one in found["parameters"]] == [
        ("id", "path"),
        ("Idempotency-Key", "header"),
    ]
    schema = {"$ref": "#/components/schemas/Thing"}
    assert found["requestBody"] == {"required": True, "content": {"application/json": {"schema": schema}}}
    assert found["responses"]["201"]["content"] == {"application/json": {"schema": schema}}


def test_queries_are_parameters_without_null() -> None:
    found = document([_endpoint("GET", query=Listing)], Settings())["paths"]["/x"]["get"]["parameters"]
    assert [one["name"] for one in found] == ["limit", "cursor"]
    assert found[0]["schema"] == {
        "default": 50,
        "maximum": 100,
        "minimum": 1,
        "title": "Limit",
        "type": "integer",
    }
    assert found[1]["schema"] == {"maxLength": 2000, "title": "Cursor", "type": "string"}


def test_the_whole_description_is_valid_openapi() -> None:
    whole = document(ENDPOINTS, Settings())
    schemathesis.openapi.from_dict(json.loads(json.dumps(whole))).validate()
    assert whole["servers"] == [{"url": "http://localhost:8000"}]


def test_every_route_says_what_it_does_under_a_name_of_its_own() -> None:
    names = [one.handler.__name__ for one in ENDPOINTS]
    assert len(set(names)) == len(names)
    assert all(one.handler.__doc__ for one in ENDPOINTS)
