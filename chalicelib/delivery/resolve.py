"""From what a link carries to the delivery and the plan that it names."""

from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import key_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.delivery_tokens import DeliveryRef, ShortRef
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans


def plan_of(plan_id: str, *, wiring: Wiring) -> PlanHead:
    """What a plan never changes (kind, reference, scope, topics, links, mode); kept per process.

    Raises NotFound.
    """
    return plans(wiring).head(plan_id)


def topics_of_message(ref: DeliveryRef, *, wiring: Wiring) -> tuple[str, ...]:
    """The topics that a message of a digest is about: those of its sections; none where it is forgotten."""
    found = deliveries(wiring).of(ref.plan_id, ref.channel, [ref.subscriber_id])
    if ref.subscriber_id not in found:
        return ()
    chunk = chunks(wiring).read(ref.plan_id, found[ref.subscriber_id]["chunk"])
    return plans(wiring).rendition(ref.plan_id, chunk.rendition).topics if chunk else ()


def plan_numbered(number: int, *, wiring: Wiring) -> PlanHead:
    """The plan that an SMS link's short number names. Raises NotFound."""
    return plans(wiring).head(plans(wiring).named(number))


def resolve(short: ShortRef, *, wiring: Wiring) -> DeliveryRef:
    """The delivery that an SMS link names: plan number, root chunk, place in it. Raises NotFound."""
    head = plan_numbered(short.plan_number, wiring=wiring)
    chunk = chunks(wiring).read(head.plan_id, key_of(short.chunk))
    if chunk is None or short.place >= len(chunk.recipients):
        raise NotFound("There is no such message.")
    return DeliveryRef(head.plan_id, chunk.recipients[short.place].subscriber_id, chunk.channel)
