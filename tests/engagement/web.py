"""Requests to the click path, as API Gateway hands them to Lambda."""

import base64
from collections.abc import Mapping
from typing import Any

from chalicelib.engagement.track import app
from infra.answers import HttpAnswer

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
RESOURCES = {
    "t": "/t/{token}/{n}",
    "o": "/o/{token}",
    "q": "/q/{code}",
    "unsubscribe": "/unsubscribe/{token}",
}
PARAMETERS = {"t": ("token", "n"), "o": ("token",), "q": ("code",), "unsubscribe": ("token",)}


def ask(
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    body: bytes = b"",
    query: str = "",
    source: str = "",
) -> HttpAnswer:
    """Sends a request to `Track`'s application."""
    kind, *values = path.strip("/").split("/")
    pairs = [pair.split("=") for pair in query.split("&") if pair]
    event = {
        "requestContext": {
            "resourcePath": RESOURCES[kind],
            "httpMethod": method,
            "identity": {"sourceIp": source},
        },
        "multiValueQueryStringParameters": {name: [value] for name, value in pairs} or None,
        "headers": dict(headers or {}),
        "pathParameters": dict(zip(PARAMETERS[kind], values, strict=True)),
        "stageVariables": {},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    answer: dict[str, Any] = app(event, None)
    text = answer["body"]
    raw = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    several = {name: values[-1] for name, values in (answer.get("multiValueHeaders") or {}).items()}
    return HttpAnswer(answer["statusCode"], {**answer["headers"], **several}, raw)
