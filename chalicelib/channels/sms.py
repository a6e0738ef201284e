"""SMS by SNS: one `Publish` per number, with the rendition filled in here."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.channels.base import (
    Envelope,
    HaltLane,
    Letter,
    Limits,
    Outcome,
    ProviderError,
    Throttled,
    Unfit,
)
from chalicelib.channels.holes import fill
from chalicelib.channels.one_by_one import one_by_one
from chalicelib.channels.provider import provider_call
from chalicelib.core.settings import Settings

CHUNK = 20

CALL_ERRORS: Mapping[str, type[ProviderError]] = {
    "Throttled": Throttled,
    "Throttling": Throttled,
    "ThrottlingException": Throttled,
    "ThrottledException": Throttled,
    "AuthorizationError": HaltLane,
    "AccessDeniedException": HaltLane,
    "OptedOut": Unfit,
    "InvalidParameter": Unfit,
}


class Sms:
    """The SMS channel of one process, through SNS."""

    def __init__(self, *, client: Any, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def limits(self) -> Limits:
        """The rate of the origination number, from the settings: SNS does not tell it."""
        return Limits(chunk=CHUNK, per_second=self._settings.sms_rate)

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """One `Publish` each, until the time is short."""
        return one_by_one(lambda one: self._publish(letter, one), envelopes, seconds_left=seconds_left)

    def _publish(self, letter: Letter, envelope: Envelope) -> str:
        attributes = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        named = {
            "AWS.SNS.SMS.SenderID": self._settings.sms_sender_id,
            "AWS.MM.SMS.OriginationNumber": letter.origination,
        }
        for name, value in named.items():
            if value:
                attributes[name] = {"DataType": "String", "StringValue": value}
        answer = provider_call(
            self._client.publish,
            CALL_ERRORS,
            PhoneNumber=envelope.address,
            Message=fill(letter.text, {**letter.defaults, **envelope.values}),
            MessageAttributes=attributes,
        )
        return str(answer["MessageId"])
