from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from chalice import Response

from chalicelib.core import http
from chalicelib.core.app import CrierApp
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict, Gone
from chalicelib.core.http import Call, Model, Routes
from chalicelib.core.staff import VIEWERS, Actor, Role
from tests.core.calling import Api, member

FORM = "application/x-www-form-urlencoded"
Setup = Callable[[Routes], object]


class Thing(Model):
    name: str


def _raise(error: Exception) -> Any:
    raise error


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Setup], Api]:
    """Serves routes of a test's own, which stay out of the application's description."""
    monkeypatch.setattr(http, "ENDPOINTS", [])

    def serving(declare: Setup) -> Api:
        app, routes = CrierApp("crier"), Routes("test", tag="Test")
        declare(routes)
        app.register_blueprint(routes.blueprint)
        return Api(app)

    return serving


def _page(handler: Callable[..., Any], method: str = "POST") -> Setup:
    return lambda routes: routes.page(method, "/form/{token}")(handler)


def show(call: Call, token: str) -> Response:
    """Shows what came."""
    return Response({"form": dict(call.form), "query": call.query, "token": token, "actor": call.actor})


def test_a_page_gets_its_form_and_query(serve: Callable[[Setup], Api]) -> None:
    api = serve(_page(show))
    answer = _submit(api, "/form/abc?lang=es", b"topic=a&topic=b&name=%C3%89&empty=")
    assert answer.json == {
        "form": {"topic": ["a", "b"], "name": ["É"], "empty": [""]},
        "query": {"lang": "es"},
        "token": "abc",
        "actor": None,
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"a=" + b"x" * 256_000, 413, id="too large"),
        pytest.param(b"&".join(b"a=1" for _ in range(1001)), 400, id="too many fields"),
        pytest.param(b"a=%ff%00&\xff", 200, id="odd bytes"),
    ],
)
def test_forms_that_nobody_fills_in(serve: Callable[[Setup], Api], body: bytes, status: int) -> None:
    assert _submit(serve(_page(show)), "/form/abc", body).status == status


@pytest.mark.parametrize(
    ("error", "status"),
    [(Gone("Over."), 410), (Conflict("No."), 409), (KeyError("ann@example.org"), 500)],
    ids=["gone", "conflict", "crash"],
)
def test_refusals_and_crashes_of_a_page_are_pages(
    serve: Callable[[Setup], Api], caplog: pytest.LogCaptureFixture, error: Exception, status: int
) -> None:
    def fail(_: Call, token: str) -> Response:
        """Fails."""
        return _raise(error)

    answer = serve(_page(fail, "GET")).get("/form/secret-token")
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "ann@example.org" not in answer.body.decode() + caplog.text
    assert "secret-token" not in caplog.text


def test_a_crash_of_a_json_route_is_a_problem_without_its_text(
    serve: Callable[[Setup], Api], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Call) -> None:
        """Fails."""
        raise KeyError("ann@example.org")

    api = serve(lambda routes: routes.public("GET", "/fail")(fail))
    answer = api.get("/fail")
    assert (answer.status, answer.json["code"]) == (500, "internal-error")
    assert "ann@example.org" not in answer.body.decode() + caplog.text
    assert '"route":"GET /fail"' in caplog.text


def test_a_handler_may_answer_in_its_own_way(serve: Callable[[Setup], Api]) -> None:
    def own(_: Call) -> Response:
        """Answers text."""
        return Response("<a/>", headers={"Content-Type": "application/xml"})

    answer = serve(lambda routes: routes.public("GET", "/own")(own)).get("/own")
    assert (answer.headers["content-type"], answer.body) == ("application/xml", b"<a/>")


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [({"name": " Ann "}, 201, "Ann"), ({"name": 1}, 422, None), ({"names": "Ann"}, 422, None)],
)
def test_a_public_route_is_validated_too(
    serve: Callable[[Setup], Api], body: Any, status: int, name: str | None
) -> None:
    def make(call: Call) -> Any:
        """Makes a thing."""
        return call.body

    api = serve(lambda routes: routes.public("POST", "/t", body=Thing, returns=Thing, status=201)(make))
    answer = api.post("/t", body)
    assert answer.status == status
    assert answer.json.get("name") == name


def test_modes_of_a_route_may_be_wider(serve: Callable[[Setup], Api], admin: Actor) -> None:
    def act(call: Call) -> None:
        """Tells the mode."""
        assert call.actor.mode == "test"

    def declare(routes: Routes) -> None:
        routes.staff("POST", "/act", roles=VIEWERS, modes=ANY_MODE, status=HTTPStatus.NO_CONTENT)(act)

    _, key = member(admin, "bob", roles=[Role.VIEWER], mode="test")
    api = serve(declare).holding(key)
    assert api.post("/act").status == 204
    assert api.post("/act", {}).status == 204
    assert api.post("/act", {"at": "now"}).status == 422


def test_a_route_may_take_a_document_of_its_own(serve: Callable[[Setup], Api], admin: Actor) -> None:
    def take(call: Call) -> Any:
        """Tells what came."""
        return {"came": call.body.decode("latin-1")}

    def declare(routes: Routes) -> None:
        taking = routes.staff("POST", "/take", roles=VIEWERS, takes=("application/cap+xml",), modes=ANY_MODE)
        taking(take)

    _, key = member(admin, "bob", roles=[Role.VIEWER], mode="test")
    api = serve(declare).holding(key)
    sent = {"authorization": f"Bearer {key}", "content-type": "application/cap+xml"}
    came = _sent(api, "/take", b"<alert>\xe9</alert>", sent)
    assert came.json == {"came": "<alert>é</alert>"}
    again = {**sent, "idempotency-key": "once"}
    assert _sent(api, "/take", b"<a/>", again).json == _sent(api, "/take", b"<a/>", again).json
    assert _sent(api, "/take", b"<b/>", again).json["code"] == "idempotency-key-reused"
    assert _sent(api, "/take", b"x" * 256_001, sent).status == 413
    assert _sent(api, "/take", b"{}", {**sent, "content-type": "application/json"}).status == 415


def _submit(api: Api, path: str, body: bytes) -> Any:
    return _sent(api, path, body, {"content-type": FORM})


def _sent(api: Api, path: str, body: bytes, headers: dict[str, str]) -> Any:
    from chalice.test import Client

    from tests.core.calling import Answer

    got = Client(api.app).http.request("POST", path, headers=headers, body=body)
    return Answer(got.status_code, dict(got.headers), got.body)
