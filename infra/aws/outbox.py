"""What would have left: every mail and text message that a provider accepted, in memory, in order."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail: its name, its media type with parameters, and its bytes."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One message as it left.

    `channel` is `email`, `sms`, `voice` or `push`, or `sns_topic` for an event to machines. SMS has no
    subject or html, and of headers only the number it left `From`, where one was named. A notification has
    its title as subject, and what came with it as headers. `at` is aware, in UTC.
    """

    channel: str
    to: str
    subject: str
    html: str
    text: str
    provider_id: str
    at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()

    def document(self) -> dict[str, Any]:
        """The letter as `/outbox.json` shows it."""
        return {
            "channel": self.channel,
            "to": self.to,
            "subject": self.subject,
            "html": self.html,
            "text": self.text,
            "headers": dict(self.headers),
            "attachments": [
                {"name": one.name, "type": one.kind, "content": b64encode(one.content).decode()}
                for one in self.attachments
            ],
            "provider_id": self.provider_id,
            "at": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }


class Outbox:
    """All letters, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._letters: list[Letter] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._letters)

    def add(self, letter: Letter) -> None:
        """Takes one letter."""
        with self._lock:
            self._letters.append(letter)

    def letters(self, *, to: str | None = None, channel: str | None = None) -> list[Letter]:
        """The letters, oldest first; only those to an address or on a channel, if given."""
        with self._lock:
            found = list(self._letters)
        return [
            one
            for one in found
            if (to is None or one.to.casefold() == to.casefold())
            and (channel is None or one.channel == channel)
        ]

    def last(self, *, to: str | None = None, channel: str | None = None) -> Letter:
        """The newest such letter. Raises LookupError if there is none."""
        found = self.letters(to=to, channel=channel)
        if not found:
            raise LookupError("no such letter in the outbox")
        return found[-1]

    def find(self, provider_id: str) -> Letter | None:
        """The letter with a provider's id, or None."""
        return next((one for one in self.letters() if one.provider_id == provider_id), None)

    def clear(self) -> None:
        """Forgets all letters."""
        with self._lock:
            self._letters.clear()
