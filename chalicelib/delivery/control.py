"""Stopping a plan, and letting it go on.

Only the state changes here. Each chunk that is not yet claimed settles itself as cancelled when its message
comes; one of a halted plan looks again every minute.
"""

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.launch import wake
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, SENDING
from chalicelib.delivery.plans import plans


def cancel(plan_id: str, *, wiring: Wiring) -> bool:
    """Cancels a plan that is under way; False if it was over already.

    What is claimed at this moment may still go out.
    """
    return plans(wiring).move(plan_id, to=CANCELLED, allowed=(SENDING, PAUSED, HALTED), reason="cancelled")


def resume(plan_id: str, *, wiring: Wiring) -> bool:
    """Lets a paused or halted plan go on; False if it is neither. Those left get it, and nobody else."""
    if not plans(wiring).move(plan_id, to=SENDING, allowed=(PAUSED, HALTED)):
        return False
    wake(plans(wiring).head(plan_id), delay_s=0, wiring=wiring)
    return True
