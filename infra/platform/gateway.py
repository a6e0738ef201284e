"""API Gateway's part: an HTTP request becomes an event, the function's answer an HTTP answer."""

import base64
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.local import RouteMatcher

from infra.answers import HttpAnswer
from infra.platform.template import Template

MAX_BODY = 10 * 1024 * 1024
PROBLEM = "application/problem+json"

Invoke = Callable[[str, Callable[[Any, Any], Any], Any], Any]


class Gateway:
    """Answers requests for a stack's paths with its functions; `handler_of` gives a function's handler."""

    def __init__(
        self, template: Template, paths: list[str], handler_of: Callable[[str], Any], invoke: Invoke
    ) -> None:
        self._template = template
        self._handler_of = handler_of
        self._invoke = invoke
        self._matcher = RouteMatcher(paths)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """The answer to one request; `target` is path and query."""
        function = self._template.function_of(urlsplit(target).path)
        try:
            match = self._matcher.match_route(target)
        except ValueError:
            return self._own("MISSING_AUTHENTICATION_TOKEN", 403)
        if len(body) > MAX_BODY:
            return self._own("REQUEST_TOO_LARGE", 413)
        event = event_of(method, target, headers, body, match)
        return _answer(self._invoke(function, self._handler_of(function), event))

    def _own(self, kind: str, status: int) -> HttpAnswer:
        found, text = self._template.gateway_response(kind, status)
        return HttpAnswer(found, {"content-type": PROBLEM, "cache-control": "no-store"}, text.encode())


def event_of(method: str, target: str, headers: Mapping[str, str], body: bytes, match: Any) -> dict[str, Any]:
    """A request as a function gets it; `match` is the route that Chalice finds for it."""
    parts = urlsplit(target)
    lower = {name.lower(): value for name, value in headers.items()}
    return {
        "resource": match.route,
        "path": parts.path,
        "httpMethod": method,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "httpMethod": method,
            "resourcePath": match.route,
            "path": parts.path,
            "stage": "api",
            # Stand-ins for readers say which network they come from; on AWS nobody is asked.
            "identity": {
                "sourceIp": lower.get("x-forwarded-for", "127.0.0.1"),
                "userAgent": lower.get("user-agent", ""),
            },
        },
        "headers": lower,
        "multiValueHeaders": {name: [value] for name, value in lower.items()},
        "pathParameters": match.captured or None,
        "multiValueQueryStringParameters": parse_qs(parts.query, keep_blank_values=True) or None,
        "stageVariables": None,
        # The API declares `*/*` as binary, so every body is encoded.
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _answer(answer: dict[str, Any]) -> HttpAnswer:
    headers = {str(name).lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers[name.lower()] = ", ".join(values)
    body = answer.get("body") or ""
    if answer.get("isBase64Encoded"):
        raw = base64.b64decode(body)
    else:
        raw = body if isinstance(body, bytes) else str(body).encode()
    headers.setdefault("content-type", "application/json")
    return HttpAnswer(int(answer["statusCode"]), headers, raw)
