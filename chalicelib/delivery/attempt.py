"""One attempt of a worker at a chunk."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.channels.base import Envelope, Letter, Outcome, State
from chalicelib.delivery.chunk import Chunk, Recipient
from chalicelib.delivery.plan import PlanHead


@dataclass
class Attempt:
    """One attempt of a worker at a chunk: who is written to, and what became of those who are not."""

    head: PlanHead
    chunk: Chunk
    name: str
    left: Callable[[], float]
    people: list[Recipient]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    letter: Letter | None = None
    envelopes: dict[str, Envelope] = field(default_factory=dict)

    def drop(self, recipient: Recipient, reason: str) -> None:
        """Takes a recipient out, as cancelled."""
        self.people.remove(recipient)
        self.outcomes[recipient.subscriber_id] = Outcome(State.CANCELLED, reason=reason)
