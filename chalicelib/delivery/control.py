"""Stopping a plan.

Its state is changed first; each chunk that is not yet claimed settles itself as cancelled when its message
comes.
"""

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, SENDING
from chalicelib.delivery.plans import plans


def cancel(plan_id: str, *, wiring: Wiring) -> bool:
    """Cancels a plan that is under way; False if it was over already.

    What is claimed at this moment may still go out.
    """
    return plans(wiring).move(plan_id, to=CANCELLED, allowed=(SENDING, PAUSED, HALTED), reason="cancelled")
