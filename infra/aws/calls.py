"""Which function made which AWS call, in IAM's terms: what a least-privilege test compares policies with."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

TRANSACT_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
"""A transaction needs the permission of each of its parts (DynamoDB developer guide)."""
IAM_ACTIONS = {
    ("sqs", "SendMessageBatch"): "SendMessage",
    ("sqs", "DeleteMessageBatch"): "DeleteMessage",
    ("sqs", "ChangeMessageVisibilityBatch"): "ChangeMessageVisibility",
}
IAM_SERVICES = {"pinpoint-sms-voice-v2": "sms-voice", "sesv2": "ses", "secrets-manager": "secretsmanager"}
S3_ACTIONS = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}

_function: ContextVar[str | None] = ContextVar("function", default=None)
_running: list[str] = []
"""Functions being run, in order of their start: a thread that a handler started has no context of its own."""


class Call(NamedTuple):
    """One kind of call: the function that made it, IAM's service and action, and the resource.

    Resources stand without account and region: a table's or queue's name (`crier-topics`,
    `crier-topics/index/list-index`), a topic's ARN, `sms` for a text message, a secret's name, the bucket of
    an object, a configuration set's name, `phone-number/*` for whichever of the account's, `*` where there is
    none.
    """

    function: str
    service: str
    operation: str
    resource: str


@contextmanager
def running(function: str) -> Iterator[None]:
    """Attributes the calls made within to a function."""
    token = _function.set(function)
    _running.append(function)
    try:
        yield
    finally:
        _running.remove(function)
        _function.reset(token)


def current_function() -> str:
    """The function being run; `-` outside any (seeding, tests)."""
    return _function.get() or (_running[-1] if _running else "-")


class Calls:
    """The set of all kinds of calls made. Safe to use from several threads."""

    def __init__(self) -> None:
        self._made: set[Call] = set()
        self._lock = Lock()

    def note(self, service: str, operation: str, url: str, body: str) -> None:
        """Notes one request."""
        function = current_function()
        iam = IAM_SERVICES.get(service, service)
        found = {
            Call(function, iam, action, resource)
            for action, resource in _asked(service, operation, url, body)
        }
        with self._lock:
            self._made |= found

    def all(self) -> frozenset[Call]:
        """What was noted so far."""
        with self._lock:
            return frozenset(self._made)

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._made.clear()


def _asked(service: str, operation: str, url: str, body: str) -> list[tuple[str, str]]:
    action = IAM_ACTIONS.get((service, operation), operation)
    if service == "dynamodb":
        return _dynamodb(operation, orjson.loads(body))
    if service == "sqs":
        document = orjson.loads(body)
        return [(action, str(document.get("QueueUrl", document.get("QueueName", "*"))).rsplit("/", 1)[-1])]
    if service == "sns":
        form = {name: values[0] for name, values in parse_qs(body).items()}
        sms = "sms" if "PhoneNumber" in form else "*"
        named = ("TopicArn", "TargetArn", "PlatformApplicationArn", "EndpointArn")
        return [(action, next((form[name] for name in named if name in form), sms))]
    if service == "secrets-manager":
        document = orjson.loads(body)
        return [(action, document.get("SecretId", document.get("Name", "*")))]
    if service == "s3":
        return [(S3_ACTIONS.get(operation, operation), _bucket(url))]
    if service == "pinpoint-sms-voice-v2" and operation.startswith("Send"):
        return [(action, "phone-number/*")]
    if service == "sesv2" and operation.startswith("Send"):
        return [(action, orjson.loads(body).get("ConfigurationSetName", "*"))]
    return [(action, "*")]


def _bucket(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = unquote(parts.path).removeprefix("/_s3")
    return host.split(".s3", 1)[0] if ".s3" in host else path.split("/")[1]


def _dynamodb(operation: str, request: dict[str, Any]) -> list[tuple[str, str]]:
    if "TransactItems" in request:
        pairs = [pair for one in request["TransactItems"] for pair in one.items()]
        return [(TRANSACT_ACTIONS[kind], _table(one["TableName"])) for kind, one in pairs]
    if "RequestItems" in request:
        return [(operation, _table(name)) for name in request["RequestItems"]]
    index = f"/index/{request['IndexName']}" if "IndexName" in request else ""
    return [(operation, _table(request.get("TableName", "*")) + index)]


def _table(name: str) -> str:
    return name.rsplit(":table/", 1)[-1]
