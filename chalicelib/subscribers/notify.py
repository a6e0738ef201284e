"""How this room has messages sent: as data, handed up.

`delivery/functions.py` gives it the engine's, which this room may not import.
"""

from typing import Protocol

QUEUE = "requests"
"""What residents asked for, worked off apart from the pages."""

CONFIRMATION = "confirmation"
PREFERENCES_LINK = "preferences-link"
KEYWORD_ANSWER = "keyword-answer"
NOTICE = "notice"


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
        origination: str = "",
    ) -> None:
        """`recipient_id` is a subscriber's or a sign-up's id.

        Email has subject and body, SMS only `sms`, and so has a call, to say it.
        `origination` is the agency's number that a text leaves from, where it matters which.
        """
        ...
