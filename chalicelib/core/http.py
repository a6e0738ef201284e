"""Routes: a thin layer over Chalice's blueprints; a route states who may call it, what it takes and answers.

From one declaration follow authentication, roles, validation, idempotency, the audit entry, the problem
documents and the page in `/openapi.json`. A handler is left with one line: call a verb, return its answer.
"""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any

from chalice import Blueprint, Response
from pydantic import BaseModel

from chalicelib.core.answering import Call, page_answer, public_answer, staff_answer
from chalicelib.core.endpoints import (
    ANY_MODE,
    ENDPOINTS,
    FORM,
    JSON,
    LIVE_ONLY,
    Accepted,
    Changes,
    Endpoint,
    Handler,
    Listing,
    Model,
    PageOf,
)
from chalicelib.core.errors import CrierError
from chalicelib.core.parsing import MAX_BODY_BYTES
from chalicelib.core.problems import PROBLEM, SECURITY_HEADERS, problem_response

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


class Routes:
    """The routes of one room, for every application that answers them."""

    def __init__(self, name: str, *, tag: str) -> None:
        self._name = name
        self._tag = tag
        self._answers: list[tuple[Endpoint, Callable[..., Response]]] = []

    @property
    def blueprint(self) -> Blueprint:
        """What an application registers: a new one each time, for Chalice's can be registered once only."""
        made = Blueprint(self._name)
        for endpoint, answer in self._answers:
            self._register(made, endpoint, answer)
        return made

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
            return self._add(endpoint, staff_answer)

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
            return self._add(endpoint, public_answer)

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
            return self._add(endpoint, page_answer)

        return register

    def _add(self, endpoint: Endpoint, answer: Callable[..., Response]) -> Handler:
        ENDPOINTS.append(endpoint)
        self._answers.append((endpoint, answer))
        return endpoint.handler

    @staticmethod
    def _register(made: Blueprint, endpoint: Endpoint, answer: Callable[..., Response]) -> None:
        def view(**path: str) -> Response:
            return answer(endpoint, made.current_request, path)

        name = f"{endpoint.method.lower()}_{endpoint.handler.__name__}"
        view.__name__ = name
        route = made.route(
            endpoint.path, methods=[endpoint.method], name=name, content_types=endpoint.content_types
        )
        route(view)
