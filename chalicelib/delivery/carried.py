"""A root chunk's first message carries the chunk whole, so that it need not be read.

The message is sent once the chunk is committed, and what it carries never changes: the recipients. That the
chunk is still ready, the claim's condition finds out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.delivery.chunk import READY, Chunk, Recipient, look_at, message_of
from chalicelib.delivery.plan import PlanHead


def carrying(
    plan_id: str,
    key: str,
    part: str,
    people: Sequence[Recipient],
    read_at: float,
    due_at: float,
    let_go: str = "",
) -> dict[str, Any]:
    """The first message of a chunk, with what the chunk was made of; `part` is its rendition's."""
    made = {"rendition": part, "read_at": read_at, "people": people}
    if let_go:
        made["let_go"] = let_go
    return {**message_of(plan_id, key, look=look_at(due_at)), "made": made}


def carried(message: Mapping[str, Any], head: PlanHead) -> Chunk | None:
    """The chunk that a message carries, as it was made; None if it carries none."""
    made = message.get("made")
    if made is None:
        return None
    people = tuple(Recipient(*person) for person in made["people"])
    return Chunk(
        plan_id=head.plan_id,
        key=message["chunk"],
        rendition=made["rendition"],
        lane=head.lane,
        state=READY,
        size=len(people),
        read_at=made["read_at"],
        attempt="",
        lease_until=0,
        parent="",
        due_at=message["look"],
        expires_at=head.expires_at,
        recipients=people,
        let_go=made.get("let_go", ""),
    )
