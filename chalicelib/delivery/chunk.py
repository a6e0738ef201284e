"""What a chunk is: its state, its recipients, its key, its message. Pure.

A child's key derives from its parent's (`child_keys.py`). States: ready → claimed → settled, or ready →
settled where its plan was cancelled.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from chalicelib.core.ids import sharded

SLOTS = 64
OPEN_BUCKETS = 4
READY, CLAIMED, SETTLED = "ready", "claimed", "settled"
RESEND_AFTER_S = 180


class Recipient(NamedTuple):
    """One recipient as a chunk keeps it; `place` is the index in the root chunk, which an SMS token names."""

    subscriber_id: str
    address: str
    name: str
    place: int


@dataclass(frozen=True)
class Chunk:
    """A chunk's state and its recipients; `let_go` says why they expire unsent, where they do."""

    plan_id: str
    key: str
    rendition: str
    lane: str
    state: str
    size: int
    read_at: float
    attempt: str
    lease_until: float
    parent: str
    due_at: int
    expires_at: int
    recipients: tuple[Recipient, ...]
    let_go: str = ""

    @property
    def channel(self) -> str:
        """The channel of its rendition."""
        return self.rendition.split("#")[1]

    @property
    def root(self) -> int:
        """The number of the chunk that it descends from."""
        return root_of(self.key)


def root_of(key: str) -> int:
    """The number of a chunk's root."""
    return int(key.split(".", maxsplit=1)[0])


def key_of(number: int) -> str:
    """The key of a root chunk."""
    return f"{number:08d}"


def partition(plan_id: str, key: str) -> str:
    """The partition of a chunk, and of all that descend from its root."""
    return sharded(plan_id, root_of(key) % SLOTS)


def message_of(plan_id: str, key: str, *, look: int) -> dict[str, Any]:
    """A chunk's message; `look` is when the sweep would look after the chunk, as of this message."""
    return {"plan": plan_id, "chunk": key, "look": look}


def look_at(due_at: float) -> int:
    """When the sweep looks after a chunk that is due at `due_at` (epoch seconds)."""
    return int(due_at) + RESEND_AFTER_S
