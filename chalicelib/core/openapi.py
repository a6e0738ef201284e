"""The description of the API, OpenAPI 3.1, from the declarations that the router itself uses.

Which refusals a route can answer follows from what it declares: a route for staff can answer 401, one with
a body 415, and so on; what its verb may refuse beyond that, the route names itself (`also`).
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from chalice import Response
from pydantic import BaseModel, TypeAdapter

from chalicelib.core import errors
from chalicelib.core.endpoints import ENDPOINTS, FORM, JSON, WITHOUT_BODY, Endpoint, Listing
from chalicelib.core.errors import CrierError
from chalicelib.core.problems import PROBLEM, SECURITY_HEADERS
from chalicelib.core.settings import Settings, settings

VERSION = "1"
HTML = "text/html"
PAGES = {"page": HTML, "image": "image/gif"}
REF = "#/components/schemas/{model}"
PATH_NAME = re.compile(r"{(\w+)}")
INTRODUCTION = """
Times are RFC 3339 with an offset. Lists answer `items` and `next`; send `next` as `cursor` for the next page.
A refusal is a problem document (RFC 9457) with a stable `code`, and `errors` names each wrong field.
A POST of staff may carry an `Idempotency-Key`: for 24 hours, the same request gets the first one's answer.
"""
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "description": "`urn:crier:problem:` and the code."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {"type": "string", "description": "What went wrong, stable for programs."},
        "detail": {"type": "string", "description": "What went wrong, and what to do, for people."},
        "errors": {
            "type": "array",
            "description": "Each wrong field.",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "additionalProperties": False,
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON pointer, or a parameter's name."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Chosen by the caller; the same request with the same key is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9_-]+$"},
}


def document_response() -> Response:
    """`/openapi.json`."""
    return Response(_document_text(), headers={"Content-Type": JSON, **SECURITY_HEADERS})


@lru_cache(maxsize=1)
def _document_text() -> str:
    by_tag = sorted(ENDPOINTS, key=lambda one: (one.tag, one.path))  # whichever was loaded first
    return json.dumps(document(by_tag, settings()), separators=(",", ":"))


def document(endpoints: Sequence[Endpoint], of: Settings) -> dict[str, Any]:
    """The whole description of these endpoints for this deployment."""
    schemas, definitions = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Crier of {of.agency_name}",
            "version": VERSION,
            "description": _one_line(INTRODUCTION),
        },
        "servers": [{"url": of.base_url}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in endpoints)],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM_SCHEMA, **definitions},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "bearerFormat": "crier_<mode>_<key id>_<secret>"}
            },
        },
    }


def refusals(endpoint: Endpoint) -> set[type[CrierError]]:
    """What this route may refuse, by its declaration."""
    with_path = PATH_NAME.search(endpoint.path) is not None
    found = set(endpoint.also)
    if with_path:
        found.add(errors.NotFound)
    if endpoint.method not in WITHOUT_BODY:
        found |= {errors.BadRequest, errors.TooLarge, errors.UnsupportedMediaType, errors.InvalidFields}
    if endpoint.access in PAGES:
        return found | ({errors.Gone} if with_path else set())
    found.add(errors.InvalidFields)
    if endpoint.query and issubclass(endpoint.query, Listing):
        found.add(errors.BadRequest)
    if endpoint.access == "staff":
        found |= {errors.Unauthenticated, errors.Forbidden}
        if endpoint.method != "GET":
            found.add(errors.Conflict)
        if endpoint.method == "POST":
            found.add(errors.UnprocessableKey)
    return found


Schemas = dict[tuple[int, str], dict[str, Any]]


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[Schemas, dict[str, Any]]:
    """The schema of each endpoint's `body` and `returns`, by its id and that word, and what they refer to."""
    inputs: list[tuple[tuple[int, str], Any, TypeAdapter[Any]]] = []
    for one in endpoints:
        if one.body:
            inputs.append(((id(one), "body"), "validation", TypeAdapter(one.body)))
        if one.returns is not None:
            inputs.append(((id(one), "returns"), "serialization", TypeAdapter(one.returns)))
    found, shared = TypeAdapter.json_schemas(inputs, ref_template=REF)
    return {key: schema for (key, _), schema in found.items()}, shared.get("$defs", {})


def _operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    summary, _, rest = cleandoc(endpoint.handler.__doc__ or endpoint.handler.__name__).partition("\n")
    operation: dict[str, Any] = {
        "operationId": endpoint.handler.__name__,
        "tags": [endpoint.tag],
        "summary": summary,
        "description": _one_line(f"{rest} {_who(endpoint)}"),
        "responses": _responses(endpoint, schemas),
    }
    if parameters := _parameters(endpoint):
        operation["parameters"] = parameters
    if body := _body(endpoint, schemas):
        operation["requestBody"] = body
    if endpoint.access == "staff":
        operation["security"] = [{"key": []}]
    return operation


def _who(endpoint: Endpoint) -> str:
    if endpoint.access != "staff":
        return "Open to anyone."
    return f"For {_listed(endpoint.roles)}, with a key of mode {_listed(endpoint.modes)}."


def _listed(words: frozenset[str]) -> str:
    return " or ".join(f"`{word}`" for word in sorted(words))


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in PATH_NAME.findall(endpoint.path)
    ]
    if endpoint.query:
        found += _query_parameters(endpoint.query)
    if endpoint.access == "staff" and endpoint.method == "POST":
        found.append(IDEMPOTENCY_KEY)
    if endpoint.access == "page":
        found.append(
            {"name": "lang", "in": "query", "schema": {"type": "string"}, "description": "A language."}
        )
    return found


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """A query's fields as parameters; null cannot be sent in a query, so it is not among their kinds."""
    whole = model.model_json_schema(ref_template=REF)
    found = []
    for name, schema in whole["properties"].items():
        kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
        if schema.get("default", 0) is None:
            del schema["default"]
        merged = {**schema, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})}
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in whole.get("required", []),
                "description": merged.pop("description", ""),
                "schema": merged,
            }
        )
    return found


def _body(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any] | None:
    if endpoint.access == "page" and endpoint.method not in WITHOUT_BODY:
        return {"content": {FORM: {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}}}
    if endpoint.takes:
        return {
            "required": True,
            "content": {kind: {"schema": {"type": "string"}} for kind in endpoint.takes},
        }
    if endpoint.body is None:
        return None
    return {"required": endpoint.needs_body, "content": {JSON: {"schema": schemas[id(endpoint), "body"]}}}


def _responses(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    problem = {"schema": {"$ref": REF.format(model="Problem")}}
    media = PAGES.get(endpoint.access)
    page = {media: {"schema": {"type": "string"}}}
    answers: dict[str, Any] = {}
    if endpoint.status == HTTPStatus.FOUND:
        answers["302"] = {"description": "It is elsewhere: see `Location`."}
    elif media:
        answers["200"] = {"description": "The page." if media == HTML else "The image.", "content": page}
        if endpoint.media:
            answers["200"] = {
                "description": "The file.",
                "content": dict.fromkeys(endpoint.media, page[media]),
            }
        if endpoint.method not in WITHOUT_BODY:
            answers["303"] = {"description": "Done; the next page shows it."}
    else:
        answers[str(int(endpoint.status))] = _success(endpoint, schemas)
        if endpoint.later:
            begun = {**_success(endpoint, schemas), "description": "Begun: it goes on by itself."}
            answers[str(int(HTTPStatus.ACCEPTED))] = begun
    for error in sorted(refusals(endpoint), key=lambda one: (one.status, one.code)):
        content = {**page, PROBLEM: problem} if media else {PROBLEM: problem}
        said = _one_line(cleandoc(error.__doc__ or ""))
        before = answers.get(str(int(error.status)), {}).get("description")
        described = f"{before} Or: {said}" if before else said
        answers[str(int(error.status))] = {"description": described, "content": content}
    return answers


def _success(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    if endpoint.returns is None:
        return {"description": "Done."}
    content = {JSON: {"schema": schemas[id(endpoint), "returns"]}}
    if endpoint.or_as:
        content[endpoint.or_as] = {"schema": {"type": "string"}}
    return {"description": "Done.", "content": content}


def _one_line(text: str) -> str:
    return " ".join(text.split())
