"""Everything that Crier refuses, as one tree; `core.http` turns each into a problem document (RFC 9457).

CrierError
├── BadRequest            400  the body is not JSON, a parameter is malformed
├── Unauthenticated       401  no key, unknown key, revoked key
├── Forbidden             403  wrong role, department or mode of key
├── NotFound              404
├── MethodNotAllowed      405
├── Conflict              409  the state does not allow it, a duplicate, a lost race
├── Gone                  410  a link that has expired
├── TooLarge              413
├── UnsupportedMediaType  415
├── InvalidFields         422  names each wrong field
├── UnprocessableKey      422  an Idempotency-Key that came with another request before
└── TooManyRequests       429
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One wrong field: `pointer` is a JSON pointer into the body (`/content/en/subject`) or a parameter."""

    pointer: str
    message: str


class CrierError(Exception):
    """Base of all refusals. `code` is stable, for programs; `detail` tells people what to do next."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal-error"

    def __init__(self, detail: str, *, code: str | None = None, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = tuple(errors)

    def problem(self) -> dict[str, Any]:
        """The problem document: type, title, status, detail, code and, where fields are wrong, `errors`."""
        document: dict[str, Any] = {
            "type": f"urn:crier:problem:{self.code}",
            "title": self.status.phrase,
            "status": int(self.status),
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [{"pointer": e.pointer, "message": e.message} for e in self.errors]
        return document


class BadRequest(CrierError):
    """The request cannot be read."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad-request"


class Unauthenticated(CrierError):
    """No valid key came with the request."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"


class Forbidden(CrierError):
    """The key is valid, but may not do this."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFound(CrierError):
    """Nothing has this id, or the caller may not know of it."""

    status = HTTPStatus.NOT_FOUND
    code = "not-found"


class MethodNotAllowed(CrierError):
    """The path is known, but not with this method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method-not-allowed"


class Conflict(CrierError):
    """What is asked does not fit the present state."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class Gone(CrierError):
    """A signed link whose time has passed."""

    status = HTTPStatus.GONE
    code = "gone"


class TooLarge(CrierError):
    """The body is over the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-large"


class UnsupportedMediaType(CrierError):
    """The body's content type is not one that the route takes."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported-media-type"


class InvalidFields(CrierError):
    """Fields or parameters are wrong; `errors` names each."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid-fields"

    def __init__(
        self, *errors: FieldError, detail: str = "Some fields are wrong; correct them and send again."
    ) -> None:
        super().__init__(detail, errors=errors)


class UnprocessableKey(CrierError):
    """The Idempotency-Key was used for another request."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency-key-reused"


class TooManyRequests(CrierError):
    """A limit on requests was reached."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many-requests"
