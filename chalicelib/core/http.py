"""Routes: a thin layer over Chalice's blueprints; a route states who may call it, what it takes and answers.

From one declaration follow authentication, roles, validation, idempotency, the audit entry, the problem
documents and the page in `/openapi.json`. A handler is left with one line: call a verb, return its answer.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from chalice import Blueprint, Response
from pydantic import BaseModel

from chalicelib.core import cross_origin, parsing
from chalicelib.core.endpoints import (
    ANY_MODE,
    ENDPOINTS,
    FORM,
    JSON,
    LIVE_ONLY,
    WITHOUT_BODY,
    Accepted,
    Changes,
    Endpoint,
    Handler,
    Listing,
    Model,
    PageOf,
)
from chalicelib.core.errors import CrierError
from chalicelib.core.logs import logger
from chalicelib.core.parsing import MAX_BODY_BYTES
from chalicelib.core.problems import PROBLEM, SECURITY_HEADERS, problem_response
from chalicelib.core.wiring import Wiring, wiring

__all__ = [
    "ENDPOINTS",
    "FORM",
    "JSON",
    "MAX_BODY_BYTES",
    "PROBLEM",
    "SECURITY_HEADERS",
    "Accepted",
    "Call",
    "Changes",
    "Endpoint",
    "Listing",
    "Model",
    "PageOf",
    "Routes",
    "problem_response",
]

Register = Callable[[Handler], Handler]


@dataclass(frozen=True)
class Call:
    """One request, authenticated and validated, as a handler gets it.

    `actor` is a `core.staff.Actor` on staff routes and None on public ones; `body` and `query` are
    instances of the declared models (on pages `query` is a dict of texts; `body` is bytes where a route
    `takes` another media type than JSON). `source` is the IP address that
    it came from, as API Gateway saw it. `form` is what a page's form sent, each field with all of its values:
    in the body of a POST, in the query of a GET.
    """

    wiring: Wiring
    now: datetime
    actor: Any = None
    body: Any = None
    query: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, list[str]] = field(default_factory=dict)
    method: str = "GET"
    source: str = ""


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
        secret: bool = False,
        also: Collection[type[CrierError]] = (),
        later: bool = False,
        or_as: str = "",
        takes: tuple[str, ...] = (),
    ) -> Register:
        """A JSON route for staff with one of `roles`; unless `modes` says more, only reading is open to all.

        `returns` is a model, or anything that Pydantic can describe; None with status 204. `takes`: the media
        types of a body that is a document of its own, in place of JSON.
        """
        allowed = modes or (ANY_MODE if method == "GET" else LIVE_ONLY)

        def register(handler: Handler) -> Handler:
            endpoint = Endpoint(
                method,
                path,
                self._tag,
                handler,
                "staff",
                roles=roles,
                modes=allowed,
                body=body,
                query=query,
                returns=returns,
                status=status,
                secret=secret,
                also=frozenset(also),
                later=later,
                or_as=or_as,
                takes=takes,
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
        also: Collection[type[CrierError]] = (),
        cross_origin: bool = False,
    ) -> Register:
        """A JSON route for anyone. A handler may also answer a Chalice `Response` of its own.

        `cross_origin`: scripts of the sites in the setting `embed_origins` may call it and read its answers,
        refusals too; those of other sites may not call it (Fetch standard, CORS).
        """

        def register(handler: Handler) -> Handler:
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
                also=frozenset(also),
                cross_origin=cross_origin,
            )
            return self._add(endpoint, _public_answer)

        return register

    def page(
        self,
        method: str,
        path: str,
        *,
        status: int = HTTPStatus.OK,
        also: Collection[type[CrierError]] = (),
        media: tuple[str, ...] = (),
    ) -> Register:
        """A page for people: the handler answers a `Response`; refusals become `core.pages.refusal`.

        `media`: the media types that it may have, where it is a file and no page.
        """

        def register(handler: Handler) -> Handler:
            endpoint = Endpoint(
                method, path, self._tag, handler, "page", status=status, also=frozenset(also), media=media
            )
            return self._add(endpoint, _page_answer)

        return register

    def _add(self, endpoint: Endpoint, answer: Callable[..., Response]) -> Handler:
        ENDPOINTS.append(endpoint)

        def view(**path: str) -> Response:
            return answer(endpoint, self.blueprint.current_request, path)

        name = f"{endpoint.method.lower()}_{endpoint.handler.__name__}"
        view.__name__ = name
        route = self.blueprint.route(
            endpoint.path, methods=[endpoint.method], name=name, content_types=endpoint.content_types
        )
        route(view)
        return endpoint.handler


def _staff_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    from chalicelib.core import audit, idempotency, staff

    def answer() -> Response:
        world = wiring()
        now = world.clock()
        actor = staff.authenticate(request.headers.get("authorization"), now=now)
        actor.require(roles=endpoint.roles, modes=endpoint.modes)
        call = _call(endpoint, request, path, world=world, now=now, actor=actor)
        if endpoint.method == "GET":
            return _response(endpoint, endpoint.handler(call, **path))

        def act() -> Response:
            action, reason = f"{endpoint.method} {endpoint.path}", getattr(call.body, "reason", None)
            with audit.recorded(actor, action, path, now=now, reason=reason):
                return _response(endpoint, endpoint.handler(call, **path))

        key = request.headers.get("idempotency-key")
        if endpoint.method != "POST" or key is None:
            return act()
        return idempotency.once(actor, key, endpoint, path, request.raw_body, act, now=now)

    return _guarded(endpoint, answer)


def _public_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    origin = request.headers.get("origin") if endpoint.cross_origin else None

    def answer() -> Response:
        cross_origin.check(origin)
        world = wiring()
        call = _call(endpoint, request, path, world=world, now=world.clock(), actor=None)
        return _response(endpoint, endpoint.handler(call, **path))

    response = _guarded(endpoint, answer)
    response.headers = {**response.headers, **cross_origin.headers(origin)}
    return response


def _page_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    from chalicelib.core import pages

    world = wiring()
    language = pages.language_of(request)
    try:
        parsing.check_size(request.raw_body)
        call = Call(
            wiring=world,
            now=world.clock(),
            query=dict(request.query_params or {}),
            headers=request.headers,
            form=(
                parsing.form_of(request.raw_body)
                if endpoint.method == "POST"
                else parsing.repeated(request.query_params)
            ),
            method=endpoint.method,
            source=_source(request),
        )
        answer: Response = endpoint.handler(call, **path)
    except CrierError as error:
        return pages.refusal(error, language)
    except Exception as error:  # noqa: BLE001 - the last place before the resident
        logger.failure("page-failed", error, route=endpoint.path)
        return pages.refusal(CrierError("Something went wrong on our side."), language)
    return answer


def _call(
    endpoint: Endpoint, request: Any, path: Mapping[str, str], *, world: Wiring, now: datetime, actor: Any
) -> Call:
    parsing.check_path(path)
    raw = request.raw_body
    if endpoint.takes:
        parsing.check_size(raw)
    elif endpoint.body is None and endpoint.method not in WITHOUT_BODY:
        parsing.no_body(raw)
    if not raw.strip() and not endpoint.needs_body:
        raw = b"{}"
    return Call(
        wiring=world,
        now=now,
        actor=actor,
        body=parsing.body_of(raw, endpoint.body) if endpoint.body else raw if endpoint.takes else None,
        query=parsing.query_of(parsing.repeated(request.query_params), endpoint.query),
        headers=request.headers,
        method=endpoint.method,
        source=_source(request),
    )


def _source(request: Any) -> str:
    return (request.context or {}).get("identity", {}).get("sourceIp") or ""


def _guarded(endpoint: Endpoint, answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except CrierError as error:
        return problem_response(error)
    except Exception as error:  # noqa: BLE001 - the last place before the caller
        logger.failure("request-failed", error, route=f"{endpoint.method} {endpoint.path}")
        return problem_response(
            CrierError("Something went wrong on our side; try again, and tell us if it stays.")
        )


def _response(endpoint: Endpoint, answer: Any) -> Response:
    if isinstance(answer, Response):
        return answer
    if endpoint.status == HTTPStatus.NO_CONTENT:
        return Response("", status_code=204, headers={**SECURITY_HEADERS})
    status = endpoint.status
    if isinstance(answer, Accepted):
        status, answer = HTTPStatus.ACCEPTED, answer.answer
    text = answer.model_dump_json() if isinstance(answer, BaseModel) else json.dumps(answer)
    headers = {"Content-Type": JSON, **SECURITY_HEADERS}
    return Response(text, status_code=int(status), headers=headers)
