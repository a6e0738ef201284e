"""The API keeps to its own description: every answer is documented, and what it refuses, it names."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as described_by

from tests.features import acting
from tests.features.driver import Driver, Response
from tests.features.local import LocalDriver

MAX_BODY_BYTES = 256_000
JSON = "application/json"
NOBODY = "0" * 32
CHECKS = [
    schemathesis.checks.not_a_server_error,
    described_by.status_code_conformance,
    described_by.content_type_conformance,
    described_by.response_schema_conformance,
    described_by.response_headers_conformance,
]
EXAMPLES = 3
examined = settings(
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def description(driver: Driver) -> dict[str, Any]:
    """`/openapi.json`, as the running stack answers it."""
    found: dict[str, Any] = driver.request("GET", "/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def described(description: dict[str, Any]) -> Any:
    return schemathesis.openapi.from_dict(description)


@pytest.fixture(scope="module")
def keys(driver: Driver) -> dict[str, str]:
    """An admin's key by the path that it may write to; live for all others."""
    exercise, _, _ = acting.staff_key(driver, roles=["admin"], mode="exercise")
    return defaultdict(lambda: driver.admin_key, {"/v1/alerts/drills": exercise})


@pytest.mark.parametrize("kind", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "odd"])
def test_whatever_is_sent_the_answer_is_a_documented_one(
    described: Any, driver: LocalDriver, kind: Any
) -> None:
    headers = {"authorization": f"Bearer {driver.admin_key}"}
    wrong = []
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(examined, max_examples=EXAMPLES)
        @given(case=operation.as_strategy(generation_mode=kind))
        def holds(case: Any) -> None:
            response = case.call(base_url=driver.base_url, headers=headers)
            case.validate_response(response, checks=CHECKS)

        try:
            holds()
        except Unsatisfiable:
            continue  # nothing odd can be sent to a route that takes nothing
        except Exception as error:  # noqa: BLE001 - every operation is tried before the test fails
            wrong.append(f"{operation.label}: {error}")
    assert not wrong, "\n\n".join(wrong)


def test_the_description_is_valid(description: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(description).validate()


def test_staff_routes_refuse_a_caller_without_a_known_key(
    driver: LocalDriver, description: dict[str, Any]
) -> None:
    unknown = f"crier_live_{'0' * 32}_{'x' * 43}"
    for method, path, operation in _operations(description, secured=True):
        kind = next(iter(operation.get("requestBody", {}).get("content", {})), JSON)
        for key in (None, "nonsense", unknown, driver.admin_key + "x", driver.admin_key[:-1]):
            response = driver.request(method, path, key=key, body=b"{", headers={"content-type": kind})
            _is_problem(response, 401, "unauthenticated", f"{method} {path}")
            assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(b"{", 400, "bad-json", id="cut short"),
        pytest.param(b"", 400, "bad-json", id="empty"),
        pytest.param(b'{"a": NaN}', 400, "bad-json", id="NaN"),
        pytest.param(b'{"a": "\\ud800"}', 400, "bad-json", id="half of a surrogate pair"),
        pytest.param(b'{"a": "\xff"}', 400, "bad-json", id="not UTF-8"),
        pytest.param(b'{"a": 1, "a": 2}', 400, "bad-json", id="a name twice"),
        pytest.param(b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "bad-json", id="nested deeply"),
        pytest.param(b"[]", 422, "invalid-fields", id="no object"),
        pytest.param(b'{"no_such_field": 1}', 422, "invalid-fields", id="unknown field"),
        pytest.param(b'"' + b"x" * MAX_BODY_BYTES + b'"', 413, "too-large", id="over the limit"),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(
    driver: LocalDriver,
    keys: dict[str, str],
    description: dict[str, Any],
    body: bytes,
    status: int,
    code: str,
) -> None:
    for method, path, operation in _operations(description, secured=True):
        wanted = operation.get("requestBody", {})
        if JSON not in wanted.get("content", {}) or (not body and not wanted["required"]):
            continue
        response = driver.request(method, path, key=keys[path], body=body, headers={"content-type": JSON})
        _is_problem(response, status, code, f"{method} {path}")
        if b"no_such_field" in body:
            assert "/no_such_field" in {one["pointer"] for one in response.json()["errors"]}


def test_bodies_of_another_media_type_are_refused(
    driver: Driver, keys: dict[str, str], description: dict[str, Any]
) -> None:
    for method, path, operation in _operations(description, secured=True):
        if "requestBody" in operation:
            response = driver.request(
                method, path, key=keys[path], body=b"<a/>", headers={"content-type": "text/xml"}
            )
            _is_problem(response, 415, "unsupported-media-type", f"{method} {path}")


def test_unknown_parameters_are_refused_by_name(driver: LocalDriver, description: dict[str, Any]) -> None:
    for method, path, _ in _operations(description, secured=True):
        if method == "GET":
            response = driver.request(method, f"{path}?no_such_parameter=1", key=driver.admin_key)
            _is_problem(response, 422, "invalid-fields", f"{method} {path}")
            assert response.json()["errors"][0]["pointer"] == "no_such_parameter"


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=0", 422), ("limit=1001", 422), ("limit=x", 422), ("limit=1&limit=2", 422), ("cursor=x", 400)],
)
def test_lists_refuse_odd_limits_and_foreign_cursors(
    driver: LocalDriver, description: dict[str, Any], query: str, status: int
) -> None:
    for method, path, operation in _operations(description, secured=True):
        if any(one["name"] == "cursor" for one in operation.get("parameters", [])) and NOBODY not in path:
            response = driver.request(method, f"{path}?{query}", key=driver.admin_key)
            _is_problem(response, status, None, f"{method} {path}")


def _operations(description: dict[str, Any], *, secured: bool) -> Iterator[Operation]:
    """Method, path with ids that nothing has, and description of each operation."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if ("security" in operation) == secured:
                yield method.upper(), re.sub(r"{\w+}", NOBODY, path), operation


def _is_problem(response: Response, status: int, code: str | None, where: str) -> None:
    assert (response.status, response.headers["content-type"]) == (status, "application/problem+json"), (
        where,
        response,
    )
    problem = response.json()
    assert problem["status"] == status, where
    assert problem["type"] == f"urn:crier:problem:{problem['code']}", where
    assert problem["code"] == (code or problem["code"]), where
