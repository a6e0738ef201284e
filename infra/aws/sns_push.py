"""SNS mobile push: devices with an app, their endpoints, and what they show.

It refuses what SNS refuses: an endpoint that there is not (`InvalidParameter`), one that is disabled, an app
that is; a message that is no JSON or holds a payload that its network would not take. An app is there as soon
as one of its ARNs is used.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from infra.aws.clock import LocalClock
from infra.aws.errors import AwsError
from infra.aws.outbox import Letter, Outbox

MAX_PAYLOAD = 4096
ATTRIBUTES = "MessageAttributes.entry."


@dataclass
class Device:
    """A device with the app: the token that its network gave it, and what it has shown, oldest first."""

    token: str
    enabled: bool = True
    shown: list[dict[str, Any]] = field(default_factory=list)


class Devices:
    """The endpoints of all apps, by ARN; `disabled` holds the ARNs of apps whose credentials have expired."""

    def __init__(self, *, outbox: Outbox, clock: LocalClock) -> None:
        self._outbox = outbox
        self._clock = clock
        self.all: dict[str, Device] = {}
        self.disabled: set[str] = set()

    def clear(self) -> None:
        """Forgets all."""
        self.all.clear()
        self.disabled.clear()

    def create(self, form: Mapping[str, str]) -> str:
        """`CreatePlatformEndpoint`: the same endpoint for the same token."""
        app, token = form.get("PlatformApplicationArn", ""), form.get("Token", "")
        if ":app/" not in app or not token:
            raise _invalid("PlatformApplicationArn or Token", "missing")
        arn = f"{app.replace(':app/', ':endpoint/')}/{uuid5(NAMESPACE_URL, f'{app}#{token}')}"
        self.all.setdefault(arn, Device(token))
        return arn

    def change(self, form: Mapping[str, str]) -> str:
        """`SetEndpointAttributes`: whether it is enabled, and its token."""
        device = self._of(form.get("EndpointArn", ""))
        given = {
            form[f"Attributes.entry.{n}.key"]: form[f"Attributes.entry.{n}.value"]
            for n in range(1, 10)
            if f"Attributes.entry.{n}.key" in form
        }
        device.enabled = given.get("Enabled", str(device.enabled)).lower() == "true"
        device.token = given.get("Token", device.token)
        return ""

    def publish(self, arn: str, message: str, form: Mapping[str, str]) -> str:
        """Has a device show a message; its id."""
        device = self._of(arn)
        if _app(arn) in self.disabled:
            raise AwsError("PlatformApplicationDisabled", "Platform application is disabled", status=400)
        if not device.enabled:
            raise AwsError("EndpointDisabled", "Endpoint is disabled", status=400)
        network = arn.rsplit(":endpoint/", 1)[1].split("/", maxsplit=1)[0]
        title, body, url = _shown(network, message)
        message_id = str(uuid4())
        device.shown.append({"title": title, "body": body, "url": url})
        headers = {**_attributes(form), "Leads to": url}
        self._outbox.add(Letter("push", arn, title, "", body, message_id, self._clock(), headers))
        return message_id

    def _of(self, arn: str) -> Device:
        if arn not in self.all:
            raise _invalid("TargetArn", "No endpoint found for the target arn specified")
        return self.all[arn]


def is_device(arn: str) -> bool:
    """Whether an ARN is that of a device's endpoint."""
    return ":endpoint/" in arn


def _app(arn: str) -> str:
    return arn.replace(":endpoint/", ":app/").rpartition("/")[0]


def _shown(network: str, message: str) -> tuple[str, str, str]:
    """Title, text and link, as the network's devices read the payload."""
    try:
        every = json.loads(message)
        if not isinstance(every["default"], str):
            raise TypeError
        text = every[network]
        payload = json.loads(text)
        if network == "GCM":
            inner = payload["fcmV1Message"]["message"]
            shown = inner["notification"]["title"], inner["notification"]["body"], inner["data"]["url"]
            if not all(isinstance(one, str) for one in inner["data"].values()):
                raise TypeError
        else:
            alert = payload["aps"]["alert"]
            shown = alert["title"], alert["body"], payload["url"]
    except (ValueError, KeyError, TypeError):
        raise _invalid("Message Structure", "JSON message body failed to parse") from None
    if len(text.encode()) > MAX_PAYLOAD:
        raise _invalid("Message", "Message too long")
    return shown


def _attributes(form: Mapping[str, str]) -> dict[str, str]:
    names = {
        key.removesuffix(".Name"): name
        for key, name in form.items()
        if key.startswith(ATTRIBUTES) and key.endswith(".Name")
    }
    return {name: form[f"{key}.Value.StringValue"] for key, name in names.items()}


def _invalid(name: str, reason: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {name} Reason: {reason}")
