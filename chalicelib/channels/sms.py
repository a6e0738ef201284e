"""SMS by SNS: one `Publish` per number, with the rendition filled in here."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.channels.base import (
    Ambiguous,
    Envelope,
    HaltLane,
    Letter,
    Limits,
    Outcome,
    ProviderError,
    Retryable,
    State,
    Unfit,
)
from chalicelib.channels.holes import fill
from chalicelib.channels.provider import provider_call
from chalicelib.core.settings import Settings

CHUNK = 20
SECONDS_PER_CALL = 13.0
"""The longest that one call takes: 3 seconds to connect, 10 to read."""

CALL_ERRORS: Mapping[str, type[ProviderError]] = {
    "Throttled": Retryable,
    "Throttling": Retryable,
    "ThrottlingException": Retryable,
    "ThrottledException": Retryable,
    "AuthorizationError": HaltLane,
    "AccessDeniedException": HaltLane,
    "OptedOut": Unfit,
    "InvalidParameter": Unfit,
}


class Sms:
    """The SMS channel of one process."""

    def __init__(self, *, client: Any, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def limits(self) -> Limits:
        """The rate of the origination number, from the settings: SNS does not tell it."""
        return Limits(chunk=CHUNK, per_second=self._settings.sms_rate)

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """One `Publish` each, until the time is short.

        A throttle or the clock leaves the rest for a child chunk.
        """
        deadline = time.monotonic() + seconds_left
        outcomes: list[Outcome] = []
        for envelope in envelopes:
            if time.monotonic() + SECONDS_PER_CALL > deadline:
                break
            try:
                outcomes.append(self._publish(letter, envelope))
            except Retryable as error:
                outcomes.append(Outcome(State.RETRY, reason=error.code))
                break
            except HaltLane:
                if not outcomes:
                    raise
                break
        return outcomes + [Outcome(State.RETRY, reason="no-time")] * (len(envelopes) - len(outcomes))

    def _publish(self, letter: Letter, envelope: Envelope) -> Outcome:
        attributes = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        named = {
            "AWS.SNS.SMS.SenderID": self._settings.sms_sender_id,
            "AWS.MM.SMS.OriginationNumber": letter.origination,
        }
        for name, value in named.items():
            if value:
                attributes[name] = {"DataType": "String", "StringValue": value}
        text = fill(letter.text, {**letter.defaults, **envelope.values})
        try:
            answer = provider_call(
                self._client.publish,
                CALL_ERRORS,
                PhoneNumber=envelope.address,
                Message=text,
                MessageAttributes=attributes,
            )
        except Unfit as error:
            return Outcome(State.FAILED, reason=error.code)
        except Ambiguous as error:
            return Outcome(State.UNKNOWN, reason=error.code)
        return Outcome(State.SENT, provider_id=answer["MessageId"])
