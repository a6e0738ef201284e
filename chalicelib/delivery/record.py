"""Record: what became of a chunk, in one transaction with its children and the counts of plan and account."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from chalicelib.channels.base import Outcome, State
from chalicelib.core.dynamo import Cancelled, Item, transact
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import Chunk, Recipient, look_at, message_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.plan import chunk_counts
from chalicelib.delivery.plans import plans
from chalicelib.delivery.tallies import SENT, tallies


def record(
    chunk: Chunk,
    outcomes: Mapping[str, Outcome],
    *,
    attempt: str,
    wiring: Wiring,
    children: Mapping[str, Sequence[Recipient]] = MappingProxyType({}),
    retry_s: int = 0,
    waits_s: Mapping[str, int] = MappingProxyType({}),
    handed: Mapping[str, int] = MappingProxyType({}),
    more: Sequence[Item] = (),
    sent_at: float | None = None,
) -> bool:
    """Settles a chunk on condition that `attempt` holds it (empty: that it is ready).

    False if it does not, and nothing is written.

    Those in `children`, by key, move to child chunks that are due after `retry_s` seconds, or after what
    `waits_s` has for the child; everybody else needs an outcome. `handed` is what was handed over (`costs`),
    for the plan's counts; `more` operations join the transaction. `sent_at` (epoch seconds) is when those who
    were sent to were, if not just now. A record whose answer was lost finds the chunk settled, and that is as
    good.
    """
    moved = {recipient.subscriber_id for child in children.values() for recipient in child}
    settled = [
        Outcome(State.RETRY) if r.subscriber_id in moved else outcomes[r.subscriber_id]
        for r in chunk.recipients
    ]
    now = wiring.clock().timestamp()
    at = now if sent_at is None else sent_at
    operations = chunks(wiring).settling(chunk, settled, attempt=attempt, at=at)
    counts = Counter(
        f"{chunk.channel}|{outcome.state}" for outcome in settled if outcome.state is not State.RETRY
    )
    if counts:
        part = chunk_counts(chunk.root)
        added = {**counts, **handed}
        operations.append(plans(wiring).add(chunk.plan_id, part, added, expires_at=chunk.expires_at))
    if counts[SENT] and plans(wiring).head(chunk.plan_id).mode != "test":
        operations.append(tallies(wiring).sending(chunk, counts[SENT], now=wiring.clock()))
    messages = []
    for key, people in children.items():
        wait_s = waits_s.get(key, retry_s)
        due_at = now + wait_s
        messages.append((message_of(chunk.plan_id, key, look=look_at(due_at)), wait_s))
        operations += chunks(wiring).making(
            plan_id=chunk.plan_id,
            key=key,
            rendition=chunk.rendition,
            lane=chunk.lane,
            recipients=people,
            read_at=chunk.read_at,
            due_at=due_at,
            expires_at=chunk.expires_at,
            parent=chunk.key,
        )
    try:
        transact(wiring.dynamodb, [*operations, *more])
    except Cancelled:
        return False
    wiring.queues.send_all(LANES[chunk.lane].deliver_queue, messages)
    return True
