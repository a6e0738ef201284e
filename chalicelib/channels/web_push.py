"""Push to browsers: one request to the browser's push service each (RFC 8030), signed and encrypted.

What a push service answers counts for its own browsers only: one that is down or wants to be left alone
rests, and the others go on.
"""

import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from chalicelib.channels.base import Outcome, State
from chalicelib.channels.notification import Notification, fitted
from chalicelib.channels.push_address import Browser
from chalicelib.channels.push_crypto import MAX_TEXT, authorization, encrypted
from chalicelib.core.clock import Clock
from chalicelib.core.settings import Settings
from chalicelib.core.web import Unreachable, Web, WebError

REST_S, LONGEST_REST_S = 30.0, 900.0
"""Seconds for which a push service is left alone that did not answer, and at most."""

READ_S = 10

TAKEN = frozenset({200, 201, 202})
GONE = frozenset({404, 410})
NOT_TAKEN = frozenset({429, 503})
"""Nothing was done; it may be tried again (RFC 8030, section 8.4; RFC 9110, section 15.6.4)."""


class WebPush:
    """Browsers, as one process reaches them. `secret` gives the deployment's secret when it is needed."""

    def __init__(self, *, web: Web, secret: Callable[[], bytes], settings: Settings, clock: Clock) -> None:
        self._web = web
        self._secret = secret
        self._settings = settings
        self._clock = clock
        self._rests: dict[str, float] = {}

    def send(self, browser: Browser, one: Notification, *, ttl_s: int) -> Outcome:
        """What became of one notification."""
        now = self._clock()
        host = str(urlsplit(browser.endpoint).hostname)
        if self._rests.get(host, 0.0) > now.timestamp():
            return Outcome(State.RETRY, reason="push-service-rests")
        text = payload(fitted(one, payload, limit=MAX_TEXT))
        try:
            body = encrypted(text, browser.p256dh, browser.auth)
        except ValueError:
            return Outcome(State.FAILED, reason="too-large")
        try:
            answer = self._web.request(
                "POST",
                browser.endpoint,
                headers=self._headers(browser, one, ttl_s=ttl_s, now=now),
                data=body,
                read_timeout_s=READ_S,
                max_bytes=100_000,
            )
        except WebError as error:
            self._rest(host, REST_S, now=now)
            state = State.RETRY if isinstance(error, Unreachable) else State.UNKNOWN
            return Outcome(state, reason=type(error).__name__)
        if answer.status in NOT_TAKEN:
            self._rest(host, retry_after_s(answer.headers.get("retry-after", "")), now=now)
        return outcome(answer.status, answer.headers.get("location", ""))

    def _headers(self, browser: Browser, one: Notification, *, ttl_s: int, now: datetime) -> dict[str, str]:
        headers = {
            "TTL": str(ttl_s),
            "Urgency": "high" if one.urgent else "normal",
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "Authorization": authorization(
                self._secret(), browser.endpoint, subject=subject(self._settings), now=now
            ),
        }
        return headers | ({"Topic": one.tag} if one.tag else {})

    def _rest(self, host: str, seconds: float, *, now: datetime) -> None:
        self._rests[host] = now.timestamp() + min(seconds, LONGEST_REST_S)


def payload(one: Notification) -> bytes:
    """What the browser's worker (`templates/static/push-worker.js`) is given."""
    document: dict[str, Any] = {
        "title": one.title,
        "body": one.body,
        "url": one.url,
        "lang": one.language,
        "dir": one.direction,
        "tag": one.tag,
        "urgent": one.urgent,
    }
    if one.leave:
        document |= {"leave": one.leave, "leaveTitle": one.leave_title}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def outcome(status: int, location: str) -> Outcome:
    """What an answer's status means. The message's own address is its id."""
    if status in TAKEN:
        return Outcome(State.SENT, provider_id=location)
    reason = f"push-service-{status}"
    if status in NOT_TAKEN:
        return Outcome(State.RETRY, reason=reason)
    if status >= 500:
        return Outcome(State.UNKNOWN, reason=reason)
    return Outcome(State.FAILED, reason=reason, gone=status in GONE)


def retry_after_s(text: str) -> float:
    """Seconds for which a push service wants to be left alone; our own where it says no seconds."""
    try:
        seconds = float(text)
    except ValueError:
        return REST_S
    return seconds if math.isfinite(seconds) and seconds > 0 else REST_S


def subject(settings: Settings) -> str:
    """Where the operators of push services reach the agency (RFC 8292, section 2.1)."""
    contact = settings.contact
    if contact.startswith("https://"):
        return contact
    return f"mailto:{contact if '@' in contact else settings.sender}"
