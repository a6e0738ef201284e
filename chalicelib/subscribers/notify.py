"""How this room has messages sent: as data, handed up.

`app.py` wires it to the engine, which this room may not import.
"""

from typing import Protocol

CONFIRMATION = "confirmation"
PREFERENCES_LINK = "preferences-link"


class Notify(Protocol):
    """Sends one message to one address in the service lane, untracked, at most once per `idempotency`."""

    def __call__(
        self,
        *,
        recipient_id: str,
        channel: str,
        address: str,
        language: str,
        subject: str,
        body_markdown: str,
        sms: str,
        kind: str,
        idempotency: str,
    ) -> None:
        """`recipient_id` is a subscriber's or a sign-up's id; email has subject and body, SMS only `sms`."""
        ...
