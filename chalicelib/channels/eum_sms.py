"""SMS by AWS End User Messaging: one `SendTextMessage` per number, whose events say what became of it."""

from collections.abc import Sequence
from typing import Any

from chalicelib.channels import eum
from chalicelib.channels.base import Envelope, Letter, Limits, Outcome
from chalicelib.channels.holes import fill
from chalicelib.channels.one_by_one import one_by_one
from chalicelib.channels.sms import CHUNK
from chalicelib.core.settings import Settings


class EumSms:
    """The SMS channel of one process, through End User Messaging."""

    def __init__(self, *, client: Any, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def limits(self) -> Limits:
        """The rate of the origination number, from the settings."""
        return Limits(chunk=CHUNK, per_second=self._settings.sms_rate)

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """One `SendTextMessage` each, until the time is short."""
        return one_by_one(lambda one: self._text(letter, one), envelopes, seconds_left=seconds_left)

    def _text(self, letter: Letter, envelope: Envelope) -> str:
        return eum.send(
            self._client.send_text_message,
            letter,
            envelope,
            settings=self._settings,
            MessageBody=fill(letter.text, {**letter.defaults, **envelope.values}),
            MessageType=self._settings.sms_type_of(letter.origination),
        )
