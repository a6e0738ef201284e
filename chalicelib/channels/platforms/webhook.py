"""Web hooks: a system of somebody's is told of each message, signed as the Standard Webhooks are.

The body is a CloudEvent in structured mode. Its reader takes each `webhook-id` once, as the specification
asks, so a second try does no harm. Everything but success is tried again, for a day and a half; 410 says that
the hook wants no more (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec).
"""

import base64
import hmac
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.channels.base import Retryable, Throttled
from chalicelib.channels.cloud_events import MEDIA_TYPE, as_json, event, ping, withdrawal
from chalicelib.channels.platforms.base import (
    About,
    Denied,
    Gone,
    Login,
    Post,
    Posted,
    Reactions,
    Setting,
    Standing,
)
from chalicelib.channels.web_call import WebCalls
from chalicelib.core.clock import Clock, rfc3339
from chalicelib.core.wiring import Wiring

SECRET_PREFIX = "whsec_"  # noqa: S105 - of every secret, and none
SECRET_BYTES = range(24, 65)
SECRET = r"whsec_[A-Za-z0-9+/]{32,88}={0,2}"  # noqa: S105 - what one looks like

ABOUT = About(
    label="Web hook",
    settings={
        "url": Setting("Where to post to: an https address.", pattern=r"https://[^\s#]{1,2000}"),
        "secret": Setting(
            "What messages are signed with: whsec_ and 24 to 64 random bytes in base64.",
            secret=True,
            pattern=SECRET,
        ),
        "old_secret": Setting(
            "The secret before, while its reader learns the new one: both sign.",
            secret=True,
            required=False,
            pattern=SECRET,
        ),
    },
    keyed=True,
    edits=True,
    withdraws=True,
    whole=True,
    retries_s=(5, 300, 1_800, 7_200, 18_000, 36_000, 50_400),
)

OWN_MEANING = {401: Denied, 403: Denied, 410: Gone, 429: Throttled}
MEANINGS = {str(status): OWN_MEANING.get(status, Retryable) for status in range(400, 500)}
"""Whatever else a hook refuses it may take later: its owner mends it meanwhile."""


def opened(login: Login, *, wiring: Wiring) -> "WebHook":
    """The web hook of one account."""
    return WebHook(login, calls=WebCalls(wiring.web, wiring.clock, meanings=MEANINGS), wiring=wiring)


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature of a message (`v1`: HMAC-SHA256 of id, timestamp and body). Raises ValueError."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except NotBase64:
        raise ValueError("the secret is no base64") from None
    if len(key) not in SECRET_BYTES:
        raise ValueError("the secret has another length")
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()}"


class WebHook:
    """One web hook."""

    def __init__(self, login: Login, *, calls: WebCalls, wiring: Wiring) -> None:
        self._account_id = login.account_id
        self._url = login.values["url"]
        names = ("secret", "old_secret")
        self._secrets = [secret for name in names if (secret := login.values.get(name, ""))]
        self._calls = calls
        self._clock: Clock = wiring.clock
        self._source = wiring.settings.base_url

    def standing(self) -> Standing:
        """Tells it a `crier.ping`, which it must take."""
        self._tell(ping(self._account_id, source=self._source, at=rfc3339(self._clock())))
        return Standing(self._url.split("/")[2])

    def refreshed(self) -> Mapping[str, str] | None:
        """A secret does not expire."""
        return None

    def publish(self, post: Post) -> Posted:
        """Tells it of a message, under an id that is the same in every try."""
        told = event(post, source=self._source)
        self._tell(told)
        return Posted(told["id"], more={"campaign": told["subject"]})

    def find(self, post: Post) -> Posted | None:
        """A web hook cannot be asked."""
        del post
        return None

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Tells it that the message was corrected."""
        self._tell(event(post, source=self._source))
        return posted

    def withdraw(self, posted: Posted) -> None:
        """Tells it that the message was taken back."""
        campaign_id, at = posted.more["campaign"], rfc3339(self._clock())
        self._tell(withdrawal(campaign_id, source=self._source, at=at))

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """Machines do not say what they think."""
        del posted, since
        return {}

    def _tell(self, told: dict[str, Any]) -> None:
        body, timestamp = as_json(told), int(self._clock().timestamp())
        try:
            signatures = [
                signature(secret, message_id=told["id"], timestamp=timestamp, body=body)
                for secret in self._secrets
            ]
        except ValueError:
            raise Denied("BadSecret") from None
        headers = {
            "Content-Type": MEDIA_TYPE,
            "webhook-id": told["id"],
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(signatures),
        }
        self._calls("POST", self._url, data=body, headers=headers)
