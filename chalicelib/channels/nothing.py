"""The channel of mode `test`: everything is done but the sending. Nothing leaves."""

import secrets
from collections.abc import Sequence

from chalicelib.channels.base import Envelope, Letter, Limits, Outcome, State


class Nothing:
    """Takes every message and sends none."""

    def limits(self) -> Limits:
        """As many as a provider with bulk takes."""
        return Limits(chunk=50, per_second=500.0)

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """SENT for each, under an id that says that it was a test."""
        del letter, seconds_left
        return [Outcome(State.SENT, provider_id=f"test-{secrets.token_hex(8)}") for _ in envelopes]
