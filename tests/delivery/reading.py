"""What readers did with messages, as the engine's own tests need it: on the delivery, already judged."""

from collections.abc import Mapping

from chalicelib.core.wiring import Wiring
from chalicelib.delivery import engaged
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.engaged import Change


def judged(
    ref: DeliveryRef, flags: Mapping[str, str], *, counted: Mapping[str, int] | None = None, wiring: Wiring
) -> None:
    """A person's doing: `flags` of a delivery, and what it counts for."""
    assert not engaged.note({ref: {"one": {"kind": "open", "at": 0.0}}}, wiring=wiring)
    (item,) = engaged.read([ref], wiring=wiring)
    assert not engaged.replace([Change(item, counted or {}, flags, 1)], wiring=wiring)
