"""Reading people again: who of a chunk is no longer due, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import on_channel
from chalicelib.delivery.choose import Choice, choose
from chalicelib.delivery.chunk import Chunk, Recipient
from chalicelib.delivery.holding import QUIET_HOURS, Holding
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.reading import NOTHING, Past, match_of, pasts
from chalicelib.subscribers import people as subscribers
from chalicelib.subscribers.model import DIGEST
from chalicelib.subscribers.people import Person
from chalicelib.subscribers.streams import row_of

GONE = "unsubscribed"
MOVED = "address-changed"
CHANGED = "digest-changed"
LATER = frozenset({QUIET_HOURS, CHANGED})
"""Why somebody is left to a later pass."""

FAR_LATE_S = 900
"""Seconds after which whoever was awake when they were read is looked at again: it was their evening."""


def still_due(
    head: PlanHead, chunk: Chunk, recipients: Sequence[Recipient], *, now: datetime, wiring: Wiring
) -> dict[str, str]:
    """The recipients who dropped out since they were read, by subscriber id, with the reason.

    One consistent request for all, and one for each use of earlier deliveries, snapshots or habits in the
    audience. Who must wait
    for their hours by now, as a chunk is far too late, is left to the wave's next pass.
    """
    ids = [r.subscriber_id for r in recipients]
    present = subscribers.present(ids)
    if head.digest:
        return _still_due_digest(head, chunk, recipients, present, now=now, wiring=wiring)
    past = pasts(on_channel(head.audience, chunk.channel), ids, wiring=wiring)
    late = now.timestamp() - chunk.read_at > FAR_LATE_S
    by_daylight = replace(head, best_hour={})  # whose hour it was when they were read had their turn
    holding = Holding(by_daylight, chunk.channel, (), now=now, wiring=wiring) if late else None
    reasons = {
        r.subscriber_id: reason(
            head,
            chunk.channel,
            r,
            present.get(r.subscriber_id),
            past[r.subscriber_id],
            at=now,
            holding=holding,
        )
        for r in recipients
    }
    return {subscriber_id: why for subscriber_id, why in reasons.items() if why}


def _still_due_digest(
    head: PlanHead,
    chunk: Chunk,
    recipients: Sequence[Recipient],
    present: Mapping[str, Person],
    *,
    now: datetime,
    wiring: Wiring,
) -> dict[str, str]:
    """The same of a digest: who is due something else by now gets that, from the wave's next pass."""
    from chalicelib.delivery.digests.digest import Digest

    rows = [row for person in present.values() if (row := row_of(person, DIGEST))]
    found = Digest(head, now=now, wiring=wiring).of(rows)
    reasons = {}
    for recipient in recipients:
        due = found.get(recipient.subscriber_id)
        if due is None or due.choice.skip:
            reasons[recipient.subscriber_id] = str(due.choice.skip if due else GONE)
        elif not _same(due.choice, chunk, recipient):
            reasons[recipient.subscriber_id] = CHANGED
    return reasons


def _same(choice: Choice, chunk: Chunk, recipient: Recipient) -> bool:
    variant = chunk.rendition.rpartition("#")[2]
    address = choice.addresses.get(chunk.channel)
    return choice.variants.get(chunk.channel) == variant and address == recipient.address


def reason(
    head: PlanHead,
    channel: str,
    recipient: Recipient,
    person: Person | None,
    past: Past = NOTHING,
    *,
    at: datetime,
    holding: Holding | None = None,
) -> str:
    """Why a person is no longer to be written to on a channel; empty if nothing changed. Pure.

    `past` is what the audience asks of the person beside their rows; `holding` says who must wait.
    """
    match = match_of(on_channel(head.audience, channel), person, past) if person else None
    if match is None:
        return GONE
    choice = choose(
        match.rows,
        match.topics,
        channels=head.channels,
        scope=head.scope,
        at=at,
        instant=head.created_at,
        written=match.written,
    )
    address = choice.addresses.get(channel)
    if address is None:
        return choice.skip or GONE
    if address != recipient.address:
        return MOVED
    hold = holding.of(match.rows[0], ()) if holding else None
    return hold.reason if hold else ""
