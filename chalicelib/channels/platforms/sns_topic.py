"""An SNS topic: the agency's own systems (message boards, signs, apps) are told of each message.

The message is a CloudEvent as JSON, with its type, department and topics as attributes that subscriptions
filter by. A topic may deliver twice, as SNS does: its readers take each event id once. A FIFO topic keeps the
order of each campaign's events, and takes an id once in five minutes by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.channels.base import HaltLane, ProviderError, Retryable, Throttled, Unfit
from chalicelib.channels.cloud_events import as_json, event, ping, withdrawal
from chalicelib.channels.platforms.base import (
    About,
    Denied,
    Login,
    Post,
    Posted,
    PostLimits,
    Reactions,
    Refused,
    Setting,
    Standing,
)
from chalicelib.channels.provider import provider_call
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring

LONGEST_BYTES = 256 * 1024
ARN = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:announce-[A-Za-z0-9_-]{1,240}(\.fifo)?"

ABOUT = About(
    label="SNS topic",
    settings={
        "arn": Setting(
            "The topic's ARN, in the deployment's region; its name begins with announce-.", pattern=ARN
        )
    },
    limits=PostLimits(),
    keyed=True,
    edits=True,
    withdraws=True,
    whole=True,
)

CALL_ERRORS: Mapping[str, type[ProviderError]] = {
    "Throttled": Throttled,
    "Throttling": Throttled,
    "ThrottlingException": Throttled,
    "AuthorizationError": Denied,
    "AccessDeniedException": Denied,
    "KMSAccessDenied": Denied,
    "KMSDisabled": Denied,
    "KMSThrottling": Throttled,
    "NotFound": Denied,
    "InvalidParameter": Refused,
    "InvalidParameterValue": Refused,
}


def opened(login: Login, *, wiring: Wiring) -> "SnsTopic":
    """The topic of one account."""
    return SnsTopic(login, wiring=wiring)


class SnsTopic:
    """One topic."""

    def __init__(self, login: Login, *, wiring: Wiring) -> None:
        self._account_id = login.account_id
        self._arn = login.values["arn"]
        self._wiring = wiring

    def standing(self) -> Standing:
        """Publishes a `crier.ping`: whether the topic is there and lets us, nothing else tells."""
        at = rfc3339(self._wiring.clock())
        self._publish(ping(self._account_id, source=self._wiring.settings.base_url, at=at))
        return Standing(self._arn.rpartition(":")[2])

    def refreshed(self) -> Mapping[str, str] | None:
        """There is no token."""
        return None

    def publish(self, post: Post) -> Posted:
        """Publishes a message, under an id that is the same in every try."""
        told = event(post, source=self._wiring.settings.base_url)
        self._publish(told)
        return Posted(told["id"], more={"campaign": told["subject"]})

    def find(self, post: Post) -> Posted | None:
        """A topic cannot be asked."""
        del post
        return None

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Publishes that the message was corrected."""
        self._publish(event(post, source=self._wiring.settings.base_url))
        return posted

    def withdraw(self, posted: Posted) -> None:
        """Publishes that the message was taken back."""
        at = rfc3339(self._wiring.clock())
        told = withdrawal(posted.more["campaign"], source=self._wiring.settings.base_url, at=at)
        self._publish(told)

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """Machines do not say what they think."""
        del posted, since
        return {}

    def _publish(self, told: dict[str, Any]) -> None:
        message = as_json(told).decode()
        if len(message.encode()) > LONGEST_BYTES:
            raise Refused("TooLong")
        request: dict[str, Any] = {
            "TopicArn": self._arn,
            "Message": message,
            "MessageAttributes": _attributes(told),
        }
        if self._arn.endswith(".fifo"):
            request |= {"MessageGroupId": told["subject"], "MessageDeduplicationId": told["id"]}
        try:
            provider_call(self._wiring.sns.publish, CALL_ERRORS, **request)
        except HaltLane as error:
            raise Retryable(error.code) from error
        except Unfit as error:
            raise Refused(error.code) from error


def _attributes(told: Mapping[str, Any]) -> dict[str, Any]:
    """What subscriptions can filter by; SNS takes no empty value."""
    plain = {"type": told["type"], "department": told["data"].get("department", "")}
    attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in plain.items() if value
    }
    if topics := told["data"].get("topics"):
        attributes["topics"] = {"DataType": "String.Array", "StringValue": as_json(list(topics)).decode()}
    return attributes
