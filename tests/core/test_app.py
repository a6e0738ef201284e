import json
import threading
from typing import Any

import pytest
from chalice import Blueprint, NotFoundError, Response

from chalicelib.core.app import CrierApp
from tests.core.calling import Api

GIF = b"GIF89a\xff\x00"


@pytest.fixture
def app() -> CrierApp:
    app = CrierApp("crier")

    @app.route("/pixel")
    def pixel() -> Response:
        return Response(GIF, headers={"Content-Type": "image/gif"})

    @app.route("/json", methods=["POST"])
    def takes_json() -> dict[str, str]:
        return {"got": app.current_request.raw_body.decode()}

    @app.route("/looks-alike")
    def looks_alike() -> dict[str, str]:
        return {"Code": "A1", "Message": "a room's own words", "more": ""}

    @app.route("/crash")
    def crash() -> None:
        raise KeyError("what a person typed")

    @app.route("/refuse")
    def refuse() -> None:
        raise NotFoundError("no")

    return app


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        pytest.param("PUT", "/json", {}, 405, "method-not-allowed", id="method"),
        pytest.param("POST", "/json", {"content_type": "text/xml"}, 415, "unsupported-media-type", id="type"),
        pytest.param("GET", "/crash", {}, 500, "internal-error", id="crash"),
        pytest.param("GET", "/refuse", {}, 404, "not-found", id="refusal in Chalice's words"),
    ],
)
def test_chalices_own_refusals_are_problem_documents(
    app: CrierApp, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = Api(app).call(method, path, None, **headers)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (answer.json["code"], answer.json["status"]) == (code, status)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers.get("allow") == ("POST" if status == 405 else None)


def test_an_unknown_path_is_a_problem_too_and_stays_unknown(app: CrierApp) -> None:
    event = _event(app, "/nowhere")
    for _ in range(2):
        answer = app(event, None)
        assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "not-found")
    assert "/nowhere" not in app.routes


def test_a_documents_of_a_room_stays_as_it_is(app: CrierApp) -> None:
    assert Api(app).get("/looks-alike").json["Message"] == "a room's own words"


@pytest.mark.parametrize(
    "accept", [None, "", "text/html", "image/avif,image/webp,image/*;q=0.8", "*/*", "image/gif"]
)
def test_an_image_arrives_at_any_reader(app: CrierApp, accept: str | None) -> None:
    answer = Api(app).get("/pixel", **({} if accept is None else {"accept": accept}))
    assert (answer.status, answer.body) == (200, GIF)


def test_missing_headers_are_none(app: CrierApp) -> None:
    assert app({**_event(app, "/pixel"), "headers": None}, None)["statusCode"] == 200


def test_the_gateway_is_told_that_everything_may_be_binary(app: CrierApp) -> None:
    """It decides by the first type in `Accept`, which for an image in a mail is rarely `image/gif`."""
    assert app.api.binary_types == ["*/*"]


def test_a_body_that_the_gateway_encoded_is_read(app: CrierApp) -> None:
    event = {**_event(app, "/json", "POST"), "body": "eyJhIjoxfQ==", "isBase64Encoded": True}
    assert json.loads(app(event, None)["body"]) == {"got": '{"a":1}'}


def test_requests_at_the_same_time_do_not_mix() -> None:
    app, blueprint, together = CrierApp("crier"), Blueprint("b"), threading.Barrier(2, timeout=10)

    @blueprint.route("/{name}")
    def view(name: str) -> dict[str, str]:
        together.wait()
        return {"name": name, "seen": blueprint.current_request.headers["x-name"]}

    app.register_blueprint(blueprint)
    answers: list[dict[str, str]] = []

    def call(name: str) -> None:
        event = _event(app, "/{name}") | {"headers": {"x-name": name}, "pathParameters": {"name": name}}
        answers.append(json.loads(app(event, None)["body"]))

    threads = [threading.Thread(target=call, args=[name]) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one["name"] for one in answers) == ["a", "b"]
    assert all(one["name"] == one["seen"] for one in answers)


def _event(app: CrierApp, resource: str, method: str = "GET") -> dict[str, Any]:
    return {
        "requestContext": {"httpMethod": method, "resourcePath": resource, "path": resource},
        "headers": {},
        "pathParameters": None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": None,
    }
