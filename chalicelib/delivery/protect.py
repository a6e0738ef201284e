"""Self-protection: halts a plan, or all campaigns, of which too much comes back.

A list that was bought or has grown old is stopped after some hundred mails, well before SES reviews or pauses
the account (`protection.py` says when). Whoever knows better lets it go on, and says why.
"""

from datetime import datetime

from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.halts import halts
from chalicelib.delivery.plan import HALTED, SENDING
from chalicelib.delivery.plans import plans
from chalicelib.delivery.protection import bounds, stop_for
from chalicelib.delivery.tallies import CHANNEL, account_on, day_of, tallies

HELD_LANE = "bulk"
"""Confirmations and alerts go on, for people have just asked, or must know; they count all the same."""


def protect(plan_id: str, *, handed_at: datetime, wiring: Wiring) -> None:
    """Looks at a plan and at the account of a day, and halts what must stop.

    Called after each bounce and complaint, the doubled ones too: whoever counted it may have died before the
    look. `handed_at` is when the provider took the mail.
    """
    limits = bounds(wiring.settings)
    if reason := stop_for(*tallies(wiring).read(plan_id), limits):
        _halt(plan_id, reason, wiring=wiring)
    if reason := stop_for(*tallies(wiring).read(account_on(handed_at)), limits):
        _hold(reason, handed_at=handed_at, wiring=wiring)


def _halt(plan_id: str, reason: str, *, wiring: Wiring) -> None:
    head = plans(wiring).known(plan_id)
    if head is None or head.lane != HELD_LANE:
        return
    if plans(wiring).move(plan_id, to=HALTED, allowed=(SENDING,), reason=reason):
        logger.warning("plan-halted", plan=plan_id, reason=reason)


def _hold(reason: str, *, handed_at: datetime, wiring: Wiring) -> None:
    if halts(wiring).hold(HELD_LANE, CHANNEL, reason=reason, day=day_of(handed_at)):
        logger.warning("account-held", lane=HELD_LANE, channel=CHANNEL, reason=reason)
