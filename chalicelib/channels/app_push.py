"""Push to the agency's app by SNS mobile push: one `Publish` to a device's endpoint.

One message holds the payloads of Apple's and Google's networks; SNS takes the one of the endpoint's.
https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
"""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.channels.base import (
    Ambiguous,
    HaltLane,
    Outcome,
    ProviderError,
    Retryable,
    State,
    Unfit,
)
from chalicelib.channels.notification import Notification, fitted
from chalicelib.channels.provider import provider_call
from chalicelib.channels.push_address import Device
from chalicelib.core.clock import Clock
from chalicelib.core.logs import logger

MAX_PAYLOAD = 4096
"""Octets that Apple's and Google's networks take."""

REST_S = 900
"""Seconds for which an app is left alone whose credentials its network refuses."""


class AppDisabled(Retryable):
    """SNS has disabled an app: somebody must renew its credentials; the other ways out go on."""


CALL_ERRORS: Mapping[str, type[ProviderError]] = {
    "Throttled": Retryable,
    "Throttling": Retryable,
    "ThrottlingException": Retryable,
    "ThrottledException": Retryable,
    "AuthorizationError": HaltLane,
    "AccessDeniedException": HaltLane,
    "PlatformApplicationDisabled": AppDisabled,
}
GONE = frozenset({"EndpointDisabled", "NotFound"})


class AppPush:
    """Devices with the agency's app."""

    def __init__(self, *, client: Any, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._rests: dict[tuple[str, str], float] = {}

    def send(self, device: Device, one: Notification, *, ttl_s: int) -> Outcome:
        """What became of one notification. Raises Retryable, HaltLane: nothing was sent."""
        app, now = (device.platform, device.app), self._clock().timestamp()
        if self._rests.get(app, 0.0) > now:
            return Outcome(State.RETRY, reason="app-rests")
        one = fitted(one, lambda it: max(apple(it), google(it, ttl_s=ttl_s), key=len), limit=MAX_PAYLOAD)
        try:
            answer = provider_call(
                self._client.publish,
                CALL_ERRORS,
                TargetArn=device.arn,
                MessageStructure="json",
                Message=message(one, ttl_s=ttl_s),
                MessageAttributes=attributes(one, ttl_s=ttl_s),
            )
        except AppDisabled as error:
            logger.warning("push-app-disabled", platform=device.platform, app=device.app)
            self._rests[app] = now + REST_S
            return Outcome(State.RETRY, reason=error.code)
        except Unfit as error:
            return Outcome(State.FAILED, reason=error.code, gone=_is_gone(error))
        except Ambiguous as error:
            return Outcome(State.UNKNOWN, reason=error.code)
        return Outcome(State.SENT, provider_id=answer["MessageId"])


def message(one: Notification, *, ttl_s: int) -> str:
    """The message of all networks, each payload as JSON in JSON."""
    of_apple = apple(one).decode()
    document = {
        "default": one.body,
        "APNS": of_apple,
        "APNS_SANDBOX": of_apple,
        "GCM": google(one, ttl_s=ttl_s).decode(),
    }
    return json.dumps(document, ensure_ascii=False)


def apple(one: Notification) -> bytes:
    """Apple's payload. The app opens `url`.

    https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification
    """
    aps: dict[str, Any] = {
        "alert": {"title": one.title, "body": one.body},
        "sound": "default",
        "interruption-level": "time-sensitive" if one.urgent else "active",
    }
    if one.tag:
        aps["thread-id"] = one.tag
    return _json({"aps": aps, "url": one.url, "leave": one.leave, "lang": one.language})


def google(one: Notification, *, ttl_s: int) -> bytes:
    """Google's payload (FCM HTTP v1).

    https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
    """
    android: dict[str, Any] = {"priority": "HIGH" if one.urgent else "NORMAL", "ttl": f"{ttl_s}s"}
    if one.tag:
        android |= {"collapse_key": one.tag, "notification": {"tag": one.tag}}
    return _json(
        {
            "fcmV1Message": {
                "message": {
                    "notification": {"title": one.title, "body": one.body},
                    "data": {"url": one.url, "leave": one.leave, "lang": one.language},
                    "android": android,
                }
            }
        }
    )


def attributes(one: Notification, *, ttl_s: int) -> dict[str, Any]:
    """What SNS tells Apple's network beside the payload.

    https://docs.aws.amazon.com/sns/latest/dg/sns-msg-attributes.html#sns-attrib-mobile-reserved
    """
    named = {
        "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert",
        "AWS.SNS.MOBILE.APNS.PRIORITY": "10" if one.urgent else "5",
        "AWS.SNS.MOBILE.APNS.TTL": str(ttl_s),
        "AWS.SNS.MOBILE.APNS_SANDBOX.TTL": str(ttl_s),
    }
    if one.tag:
        named["AWS.SNS.MOBILE.APNS.COLLAPSE_ID"] = one.tag
    return {name: {"DataType": "String", "StringValue": value} for name, value in named.items()}


def _is_gone(error: Unfit) -> bool:
    """Whether SNS says that the endpoint is no more: of one that was deleted it says `InvalidParameter`."""
    return error.code in GONE or (error.code == "InvalidParameter" and "TargetArn" in str(error.__cause__))


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
