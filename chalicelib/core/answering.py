"""Answering a request by what its route declares: who calls, what was sent, what goes back, each refusal."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from chalice import Response
from pydantic import BaseModel

from chalicelib.core import cross_origin, parsing
from chalicelib.core.endpoints import JSON, WITHOUT_BODY, Accepted, Endpoint
from chalicelib.core.errors import CrierError
from chalicelib.core.logs import logger
from chalicelib.core.problems import SECURITY_HEADERS, problem_response
from chalicelib.core.wiring import Wiring, wiring


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


def staff_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    """Answers a member of the staff: known, allowed, once for each `Idempotency-Key`, and in the audit."""
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


def public_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    """Answers anyone, scripts of other sites where they may."""
    origin = request.headers.get("origin") if endpoint.cross_origin else None

    def answer() -> Response:
        cross_origin.check(origin)
        world = wiring()
        call = _call(endpoint, request, path, world=world, now=world.clock(), actor=None)
        return _response(endpoint, endpoint.handler(call, **path))

    response = _guarded(endpoint, answer)
    response.headers = {**response.headers, **cross_origin.headers(origin)}
    return response


def page_answer(endpoint: Endpoint, request: Any, path: Mapping[str, str]) -> Response:
    """Answers a reader with a page, also where it is a refusal."""
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
