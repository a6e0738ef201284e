"""Problem documents as responses; apart from `core.http`, for the click path does without Pydantic."""

import json
from http import HTTPStatus

from chalice import Response

from chalicelib.core.errors import CrierError

PROBLEM = "application/problem+json"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def problem_response(error: CrierError) -> Response:
    """The refusal as `application/problem+json` (RFC 9457)."""
    headers = {"Content-Type": PROBLEM, **SECURITY_HEADERS}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = "60"
    return Response(json.dumps(error.problem()), status_code=int(error.status), headers=headers)
