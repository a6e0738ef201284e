"""`/docs`: the description of the API as one page for people, made from the same document as `/openapi.json`.

One page of plain HTML: no script, and nothing is asked of another host.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from chalice import Response
from markupsafe import Markup, escape

from chalicelib.core import pages
from chalicelib.core.openapi import document_response

STYLE = pages.TEMPLATES / "static" / "reference.css"
BOUNDS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "minProperties": "at least {} of them",
    "maxProperties": "at most {} of them",
    "pattern": "matches {}",
}


def reference_response() -> Response:
    """The page."""
    style = STYLE.read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    response = pages.render(
        "pages/reference.html",
        "en",
        api=_document(),
        reference_style=Markup(style),  # noqa: S704 - our own file, not anyone's input
        kind=kind,
        bounds=bounds,
        text=text,
    )
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(document_response().body)
    return document


def kind(schema: Mapping[str, Any]) -> Markup:
    """What a JSON schema says a value is, in words, with links to named schemas."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return Markup(" or ").join(kind(one) for one in schema[choice])
    if "const" in schema:
        return Markup("<code>{}</code>").format(json.dumps(schema["const"]))
    if "enum" in schema:
        return Markup(" | ").join(Markup("<code>{}</code>").format(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(kind(schema.get("items", {})))
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return Markup("map to {}").format(kind(schema["additionalProperties"]))
    return escape(schema.get("format") or schema.get("type") or "anything")


def bounds(schema: Mapping[str, Any]) -> list[str]:
    """The limits that a JSON schema sets, in words; a value that may be null has its other kind's."""
    found = [words.format(schema[name]) for name, words in BOUNDS.items() if name in schema]
    if schema.get("default") not in (None, [], {}, ""):
        found.append(f"{json.dumps(schema['default'])} if left out")
    for one in schema.get("anyOf", []):
        found += bounds(one)
    return found


def text(words: str) -> Markup:
    """A description, with what stands in backticks as code."""
    parts = str(escape(words)).split("`")
    marked = (f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
    return Markup("".join(marked))  # noqa: S704 - escaped above, before the marks were added
