"""Routes: a thin layer over Chalice's blueprints, in which a route states who may call it, what it takes and what it answers.

From one declaration follow authentication, roles, validation, idempotency, the audit entry, the problem documents and the page in
`/openapi.json`. A handler is left with one line: call a verb, return its answer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from chalice import Blueprint, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.core.errors import BadRequest, CrierError, FieldError, InvalidFields, TooLarge
from chalicelib.core.logs import logger
from chalicelib.core.problems import PROBLEM, SECURITY_HEADERS, problem_response
from chalicelib.core.wiring import Wiring, wiring

MAX_BODY_BYTES = 256_000
FORM = "application/x-www-form-urlencoded"
LIVE_ONLY = frozenset({"live"})
ANY_MODE = frozenset({"live", "exercise", "test"})


class Model(BaseModel):
    """Base of what requests and answers hold: unknown fields are refused, text is stripped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Listing(Model):
    """The query of every list."""

    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """One route as declared, for the router, `/openapi.json` and the tests of conventions."""

    method: str
    path: str
    tag: str
    handler: Callable[..., Any]
    access: str
    roles: frozenset[str] = frozenset()
    modes: frozenset[str] = ANY_MODE
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    returns: Any = None
    status: int = HTTPStatus.OK
    secret: bool = False
    also: frozenset[type[CrierError]] = frozenset()


__all__ = [
    "ENDPOINTS",
    "PROBLEM",
    "SECURITY_HEADERS",
    "Call",
    "Endpoint",
    "Listing",
    "Model",
    "Routes",
    "problem_response",
]

ENDPOINTS: list[Endpoint] = []


@dataclass(frozen=True)
class Call:
    """One request, authenticated and validated, as a handler gets it.

    `actor` is a `core.staff.Actor` on staff routes and None on public ones; `body` and `query` are instances of the declared models.
    """

    wiring: Wiring
    now: datetime
    actor: Any = None
    body: Any = None
    query: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, list[str]] = field(default_factory=dict)
    method: str = "GET"


class Routes:
    """The routes of one room. `blueprint` is what `app.py` registers."""

    def __init__(self, name: str, *, tag: str) -> None:
        self.blueprint = Blueprint(name)
        self._tag = tag

    def staff(
        self,
        method: str,
        path: str,
        *,
        roles: frozenset[str],
        returns: Any = None,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        status: int = HTTPStatus.OK,
        modes: frozenset[str] | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A JSON route for staff with one of `roles`. Unless `modes` says more, only reading is open to keys that are not live."""
        allowed = modes or (ANY_MODE if method == "GET" else LIVE_ONLY)

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            endpoint = Endpoint(
                method, path, self._tag, handler, "staff", roles, allowed, body, query, returns, status
            )
            return self._add(endpoint, _staff_answer)

        return register

    def public(
        self,
        method: str,
        path: str,
        *,
        returns: Any = None,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        status: int = HTTPStatus.OK,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A JSON route for anyone."""

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            endpoint = Endpoint(
                method,
                path,
                self._tag,
                handler,
                "public",
                body=body,
                query=query,
                returns=returns,
                status=status,
            )
            return self._add(endpoint, _public_answer)

        return register

    def page(self, method: str, path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A page for people: the handler returns a Chalice `Response`; refusals become `core.pages.refusal`."""

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            return self._add(Endpoint(method, path, self._tag, handler, "page"), _page_answer)

        return register

    def _add(self, endpoint: Endpoint, answer: Callable[..., Response]) -> Callable[..., Any]:
        ENDPOINTS.append(endpoint)

        def view(**path: str) -> Response:
            return answer(endpoint, self.blueprint.current_request, path)

        name = f"{endpoint.method.lower()}_{endpoint.handler.__name__}"
        view.__name__ = name
        content_types = [FORM] if endpoint.access == "page" else ["application/json"]
        self.blueprint.route(
            endpoint.path, methods=[endpoint.method], name=name, content_types=content_types
        )(view)
        return endpoint.handler


def _staff_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    from chalicelib.core import audit, idempotency, staff

    def answer() -> Response:
        world = wiring()
        now = world.clock()
        actor = staff.authenticate(request.headers.get("authorization"), now=now)
        actor.require(roles=endpoint.roles, modes=endpoint.modes)
        call = Call(
            wiring=world,
            now=now,
            actor=actor,
            body=_parse_body(endpoint, request),
            query=_parse_query(endpoint, request),
            headers=request.headers,
            method=endpoint.method,
        )
        if endpoint.method == "GET":
            return _json_response(endpoint, endpoint.handler(call, **path))

        def act() -> Response:
            with audit.recorded(actor, f"{endpoint.method} {endpoint.path}", path, now=now):
                return _json_response(endpoint, endpoint.handler(call, **path))

        key = request.headers.get("idempotency-key")
        if endpoint.method != "POST" or key is None:
            return act()
        return idempotency.once(actor, key, endpoint, path, request.raw_body, act, now=now)

    return _guarded(answer)


def _public_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    def answer() -> Response:
        world = wiring()
        call = Call(
            wiring=world,
            now=world.clock(),
            body=_parse_body(endpoint, request),
            query=_parse_query(endpoint, request),
            headers=request.headers,
            method=endpoint.method,
        )
        return _json_response(endpoint, endpoint.handler(call, **path))

    return _guarded(answer)


def _page_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    from chalicelib.core import pages

    world = wiring()
    language = pages.language_of(request)
    try:
        raw = request.raw_body
        if len(raw) > MAX_BODY_BYTES:
            raise TooLarge("The form is too large.")
        call = Call(
            wiring=world,
            now=world.clock(),
            query=_query(request),
            headers=request.headers,
            form=parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True)
            if endpoint.method == "POST"
            else {},
            method=endpoint.method,
        )
        answer: Response = endpoint.handler(call, **path)
        return answer
    except CrierError as error:
        return pages.refusal(error, language)
    except Exception as error:  # noqa: BLE001 - the last place before the resident
        logger.failure("page-failed", error, route=endpoint.path)
        return pages.refusal(CrierError("Something went wrong on our side."), language)


def _guarded(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except CrierError as error:
        return problem_response(error)
    except Exception as error:  # noqa: BLE001 - the last place before the caller
        logger.failure("request-failed", error)
        return problem_response(
            CrierError("Something went wrong on our side; try again, and tell us if it stays.")
        )


def _json_response(endpoint: Endpoint, answer: Any) -> Response:
    if endpoint.status == HTTPStatus.NO_CONTENT:
        return Response("", status_code=204, headers=SECURITY_HEADERS)
    text = answer.model_dump_json() if isinstance(answer, BaseModel) else json.dumps(answer)
    return Response(
        text,
        status_code=int(endpoint.status),
        headers={"Content-Type": "application/json", **SECURITY_HEADERS},
    )


def _parse_body(endpoint: Endpoint, request: Any) -> Any:
    if endpoint.body is None:
        return None
    raw = request.raw_body
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge(f"The body may hold {MAX_BODY_BYTES} bytes; send larger data by upload.")
    try:
        document = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON.", code="bad-json") from error
    return _validated(endpoint.body, document)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _query(request: Any) -> dict[str, str]:
    return dict(request.query_params or {})


def _parse_query(endpoint: Endpoint, request: Any) -> Any:
    given = _query(request)
    if endpoint.query is None:
        if given:
            raise InvalidFields(
                *(FieldError(name, "This parameter is not known here.") for name in sorted(given))
            )
        return None
    return _validated(endpoint.query, given, pointer_prefix="")


def _validated(model: type[BaseModel], document: Any, *, pointer_prefix: str = "/") -> BaseModel:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise InvalidFields(
            *(
                FieldError(pointer_prefix + "/".join(str(part) for part in one["loc"]), one["msg"])
                for one in error.errors(include_url=False, include_context=False, include_input=False)
            )
        ) from None
