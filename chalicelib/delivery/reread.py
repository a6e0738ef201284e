"""Reading people again: who of a chunk is no longer due, and why."""

from collections.abc import Sequence

from chalicelib.delivery.audience import holds, kept
from chalicelib.delivery.choose import choose
from chalicelib.delivery.chunks import Recipient
from chalicelib.delivery.plan import PlanHead
from chalicelib.subscribers import people as subscribers
from chalicelib.subscribers.people import Person
from chalicelib.subscribers.streams import row_of

GONE = "unsubscribed"
MOVED = "address-changed"


def still_due(head: PlanHead, channel: str, recipients: Sequence[Recipient]) -> dict[str, str]:
    """The recipients who dropped out since they were read, by subscriber id, with the reason.

    One consistent request for all.
    """
    present = subscribers.present([r.subscriber_id for r in recipients])
    reasons = {r.subscriber_id: reason(head, channel, r, present.get(r.subscriber_id)) for r in recipients}
    return {subscriber_id: why for subscriber_id, why in reasons.items() if why}


def reason(head: PlanHead, channel: str, recipient: Recipient, person: Person | None) -> str:
    """Why a person is no longer to be written to on a channel; empty if nothing changed. Pure."""
    if person is None or not holds(head.audience, person.topics.keys()):
        return GONE
    matched = [source for source in kept(head.audience) if source in person.topics]
    rows = [(source, row) for source in matched if (row := row_of(person, source)) is not None]
    if not rows:
        return GONE
    choice = choose(
        [row for _, row in rows], [source for source, _ in rows], channels=head.channels, scope=head.scope
    )
    address = choice.addresses.get(channel)
    if address is None:
        return choice.skip or GONE
    return "" if address == recipient.address else MOVED
