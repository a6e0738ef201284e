"""JSON to and from botocore in one step, for the operations that the engine calls for every chunk (ADR 3).

botocore walks each request and each answer member by member, along the service's model: at fifty recipients a
call, that is more work than the recipients themselves. The services spoken to here take and give plain JSON
whose members are named as in the model, so `orjson` alone can write a whole request and read a whole answer.
It does so in botocore's own events, before a request is signed and before an answer is parsed: all else
(endpoints, signatures, retries, errors, whoever listens to `before-send`) stays as it is, and callers use the
client's ordinary methods.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

_BODY = "crier-body"
Params = dict[str, Any]


class Prepared(str):
    """JSON text that is made already; may be the value of a request's top-level member."""

    __slots__ = ()


def _table(params: Params) -> Params:
    return {"TableName": params["TableName"]}


# Per service and operation, what of the parameters botocore itself still needs, to find the endpoint.
OPERATIONS: Mapping[str, Mapping[str, Callable[[Params], Params]]] = {
    "dynamodb": {
        "BatchGetItem": lambda _: {"RequestItems": {}},
        "Query": _table,
        "TransactWriteItems": lambda _: {"TransactItems": []},
    },
    "sesv2": {"SendBulkEmail": lambda _: {"DefaultContent": {}, "BulkEmailEntries": []}},
    "sqs": {"SendMessageBatch": lambda params: {"QueueUrl": params["QueueUrl"], "Entries": []}},
}


def install(client: Any) -> Any:
    """The client, which from now on writes and reads the JSON of its service's `OPERATIONS` in one step.

    A client of DynamoDB must not validate parameters: what is left of them for botocore would not pass.
    Binary values (`B`) may go out, but would come back as base64 text: no table that is queried has any.
    """
    service = client.meta.service_model.service_name
    for operation, needed in OPERATIONS[service].items():
        events, name = client.meta.events, f"{service}.{operation}"
        events.register_last(f"before-parameter-build.{name}", _Take(needed))
        events.register_first(f"before-call.{name}", _put)
        events.register(f"before-parse.{name}", _read)
    return client


class _Take:
    """Writes the parameters as JSON and leaves botocore those that it needs."""

    def __init__(self, needed: Callable[[Params], Params]) -> None:
        self._needed = needed

    def __call__(self, params: Params, model: Any, context: dict[str, Any], **_: Any) -> None:
        from botocore.handlers import generate_idempotent_uuid

        generate_idempotent_uuid(params, model)  # botocore's own turn comes after this one
        context[_BODY] = written(params)
        needed = self._needed(params)
        params.clear()
        params.update(needed)


def _put(params: Params, context: dict[str, Any], **_: Any) -> None:
    params["body"] = context[_BODY]


def _read(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Reads a good answer; refusals, and what is not JSON, are left to botocore's parser."""
    if response_dict["status_code"] >= 300:
        return
    try:
        answer = orjson.loads(response_dict["body"])
    except ValueError:
        return
    customized_response_dict.update(answer)
    response_dict["body"] = b"{}"


def written(params: Mapping[str, Any]) -> bytes:
    """A request as JSON."""
    members = (f'"{name}":{_text(value)}' for name, value in params.items())
    return f"{{{','.join(members)}}}".encode()


def joined(members: Sequence[Any]) -> Prepared:
    """A list as JSON, of members that may be JSON already."""
    return Prepared(f"[{','.join(map(_text, members))}]")


def _text(value: Any) -> str:
    return value if type(value) is Prepared else to_json(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    raise TypeError(f"no JSON for {type(value).__name__}")


def to_json(value: Any) -> str:
    """A value as JSON text. Raises TypeError for what has no JSON."""
    try:
        return orjson.dumps(value, default=_plain).decode()
    except TypeError:  # keys that are members of an enumeration take twice the time, and are rare
        return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()
