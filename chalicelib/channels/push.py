"""Notifications: to browsers by their push services, to the agency's app by SNS; one by one."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.channels.app_push import AppPush
from chalicelib.channels.base import Envelope, HaltLane, Letter, Limits, Outcome, Retryable, State
from chalicelib.channels.notification import notification, ttl_s
from chalicelib.channels.push_address import Browser, Device, parse
from chalicelib.channels.web_push import WebPush
from chalicelib.core.clock import Clock
from chalicelib.core.settings import Settings
from chalicelib.core.web import Web

CHUNK = 20
SECONDS_PER_CALL = 13.0
"""The longest that one call takes: 3 seconds to connect, 10 to read."""


class Push:
    """The push channel of one process."""

    def __init__(
        self, *, client: Any, web: Web, secret: Callable[[], bytes], settings: Settings, clock: Clock
    ) -> None:
        self._apps = AppPush(client=client, clock=clock)
        self._browsers = WebPush(web=web, secret=secret, settings=settings, clock=clock)
        self._settings = settings
        self._clock = clock

    def limits(self) -> Limits:
        """The rate of the settings: neither SNS nor push services tell one."""
        return Limits(chunk=CHUNK, per_second=self._settings.push_rate)

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """One call each, until the time is short.

        A throttle, a halt or the clock leaves the rest for a child chunk.
        """
        deadline = time.monotonic() + seconds_left
        outcomes: list[Outcome] = []
        for envelope in envelopes:
            if time.monotonic() + SECONDS_PER_CALL > deadline:
                break
            try:
                outcomes.append(self._one(letter, envelope))
            except Retryable as error:
                outcomes.append(Outcome(State.RETRY, reason=error.code))
                break
            except HaltLane:
                if not outcomes:
                    raise
                break
        return outcomes + [Outcome(State.RETRY, reason="no-time")] * (len(envelopes) - len(outcomes))

    def _one(self, letter: Letter, envelope: Envelope) -> Outcome:
        one = notification(letter, envelope, settings=self._settings)
        seconds = ttl_s(letter, now=self._clock().timestamp())
        match parse(envelope.address):
            case Browser() as browser:
                return self._browsers.send(browser, one, ttl_s=seconds)
            case Device() as device:
                return self._apps.send(device, one, ttl_s=seconds)
        return Outcome(State.FAILED, reason="no-address", gone=True)
