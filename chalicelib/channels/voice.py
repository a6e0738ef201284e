"""Voice by AWS End User Messaging: one `SendVoiceMessage` per number, spoken by the voice of its language."""

from collections.abc import Sequence
from typing import Any

from chalicelib.channels import eum
from chalicelib.channels.base import Envelope, HaltPlan, Letter, Limits, Outcome
from chalicelib.channels.holes import fill
from chalicelib.channels.one_by_one import one_by_one
from chalicelib.channels.speech import ssml, voice_of
from chalicelib.core.settings import Settings

CHUNK = 10
NO_VOICE = "no-voice"


class Voice:
    """The channel of calls of one process."""

    def __init__(self, *, client: Any, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def limits(self) -> Limits:
        """How many calls a second the account may begin, from the settings: AWS does not tell it."""
        return Limits(chunk=CHUNK, per_second=self._settings.voice_rate)

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """One `SendVoiceMessage` each, until the time is short. HaltPlan where nobody speaks the language."""
        voice = voice_of(letter.language)
        if voice is None:
            raise HaltPlan(NO_VOICE)
        return one_by_one(lambda one: self._call(letter, one, voice), envelopes, seconds_left=seconds_left)

    def _call(self, letter: Letter, envelope: Envelope, voice: str) -> str:
        text = fill(letter.text, {**letter.defaults, **envelope.values})
        return eum.send(
            self._client.send_voice_message,
            letter,
            envelope,
            settings=self._settings,
            MessageBody=ssml(text, twice=self._settings.voice_twice),
            MessageBodyTextType="SSML",
            VoiceId=voice,
        )
