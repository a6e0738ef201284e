"""How AWS refuses: one exception with the service's code and message, and the HTTP answers made of it."""

from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

import orjson

Answer = tuple[int, dict[str, str], str | bytes]


class AwsError(Exception):
    """A refusal by a service.

    `code` is the service's own (`ValidationException`), `extra` further fields of the answer.
    """

    def __init__(
        self, code: str, message: str, *, status: int = 400, extra: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.extra = extra or {}


def validation(message: str) -> AwsError:
    """DynamoDB's answer to input that it does not accept."""
    return AwsError("ValidationException", message)


def json_answer(
    document: Any, *, content_type: str = "application/x-amz-json-1.0", status: int = 200
) -> Answer:
    """An answer of the JSON protocols."""
    headers = {"Content-Type": content_type, "x-amzn-RequestId": str(uuid4())}
    return status, headers, orjson.dumps(document)


def json_error(
    error: AwsError, *, namespace: str = "", content_type: str = "application/x-amz-json-1.0"
) -> Answer:
    """A refusal in the JSON protocols; REST services read the header, the others `__type`."""
    document = {"__type": namespace + error.code, "message": error.message, **error.extra}
    status, headers, body = json_answer(document, content_type=content_type, status=error.status)
    headers["x-amzn-ErrorType"] = error.code
    return status, headers, body


def query_error(error: AwsError) -> Answer:
    """A refusal in the query protocol (SNS)."""
    kind = "Sender" if error.status < 500 else "Receiver"
    body = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error><RequestId>{uuid4()}</RequestId></ErrorResponse>"
    )
    return error.status, {"Content-Type": "text/xml"}, body
