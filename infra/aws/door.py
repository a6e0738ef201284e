"""The door by which botocore's requests reach the open account of the local AWS."""

import threading
from http import HTTPStatus
from typing import Any, NamedTuple

from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.handlers import BUILTIN_HANDLERS
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

UNSIGNED_SERVICES = ("dynamodb", "pinpoint-sms-voice-v2", "sesv2", "sns", "sqs")
"""Signing would be a fifth of each call's CPU. Addresses of S3 are signed: browsers bring them back."""


class Door:
    """Botocore's `before-send` hook: the open world answers; with none, or in `mock_aws`, moto does."""

    def __init__(self) -> None:
        self.world: Any = None
        self.tried = threading.local()
        """Of each thread, `found`: what the first try of the call under way came to."""

    def __call__(self, event_name: str, request: Any, **kwargs: Any) -> AWSResponse | None:
        """The answer to a prepared request, or None to send it."""
        if not self.leads_to_a_world:
            return botocore_stubber(event_name, request, **kwargs)
        tried = self.tried.__dict__.pop("found", None)
        if isinstance(tried, Exception):
            raise tried
        _, service, operation = event_name.split(".", 2)
        status, headers, body = tried or self.world.answer(service, operation, request)
        return AWSResponse(request.url, status, headers, MockRawResponse(body))

    @property
    def leads_to_a_world(self) -> bool:
        """Whether a world answers, not moto."""
        return self.world is not None and not botocore_stubber.enabled


door = Door()


class _Asked(NamedTuple):
    """As much of a request as a world reads."""

    url: str
    body: Any


class _Near:
    """A client that is answered at once: what a wire needs would be more work than most answers.

    While a world answers, no endpoint is worked out, and no HTTP request is made for the JSON that it takes.
    What it refuses goes botocore's whole way, with this as the first try: it is tried again as ever.
    """

    def _resolve_endpoint_ruleset(self, *of: Any, **more: Any) -> tuple[str, dict[str, str], dict[str, Any]]:
        if not door.leads_to_a_world:
            found: tuple[str, dict[str, str], dict[str, Any]] = super()._resolve_endpoint_ruleset(*of, **more)  # type: ignore[misc]
            return found
        return self.meta.endpoint_url, {}, {}  # type: ignore[attr-defined]

    def _make_request(self, model: Any, request: dict[str, Any], context: Any) -> Any:
        of, asked = (model.service_model.service_name, model.name), _Asked(request["url"], request["body"])
        if door.leads_to_a_world and isinstance(asked.body, bytes) and door.world.is_ours(*of):
            try:
                found = door.world.answer(*of, asked)
            except Exception as error:  # noqa: BLE001 - botocore judges it
                door.tried.found = error
            else:
                if found[0] < HTTPStatus.MULTIPLE_CHOICES:
                    return self._read(model, *found)
                door.tried.found = found
        return super()._make_request(model, request, context)  # type: ignore[misc]

    def _read(self, model: Any, status: int, headers: dict[str, str], body: str | bytes) -> Any:
        answer = {
            "status_code": status,
            "headers": HeadersDict(headers),
            "body": body.encode() if isinstance(body, str) else body,
            "context": {"operation_name": model.name},
        }
        customized: dict[str, Any] = {}
        self.meta.events.emit(  # type: ignore[attr-defined]
            f"before-parse.{model.service_model.service_id.hyphenize()}.{model.name}",
            operation_model=model,
            response_dict=answer,
            customized_response_dict=customized,
        )
        parsed = self._response_parser.parse(answer, model.output_shape)  # type: ignore[attr-defined]
        return AWSResponse("", status, headers, None), {**parsed, **customized}


def _near(base_classes: list[type], **_: Any) -> None:
    base_classes.insert(0, _Near)


def _signature(**_: Any) -> Any:
    """No signature, which nobody would check, while a world is open; else the service's own."""
    return None if door.world is None else UNSIGNED


BUILTIN_HANDLERS[:] = [one for one in BUILTIN_HANDLERS if one[1] is not botocore_stubber]
BUILTIN_HANDLERS.append(("before-send", door))
BUILTIN_HANDLERS.extend((f"choose-signer.{service}", _signature) for service in UNSIGNED_SERVICES)
BUILTIN_HANDLERS.extend((f"creating-client-class.{service}", _near) for service in UNSIGNED_SERVICES)
