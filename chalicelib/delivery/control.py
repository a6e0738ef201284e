"""Stopping a plan, letting it go on, and sending it to those who came late.

Only the state changes here, and waves are added. Each chunk that is not yet claimed settles itself as
cancelled when its message comes; one of a paused or halted plan looks again every minute.
"""

from datetime import datetime, timedelta
from itertools import chain

from chalicelib.core.dynamo import transact
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.caps import entering
from chalicelib.delivery.launch import wake
from chalicelib.delivery.passes import hold_until
from chalicelib.delivery.plan import CANCELLED, CHANNEL_CHUNKS, HALTED, PAUSED, SENDING, SENT, PlanHead, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.tallies import tallies

MAX_WAVES = 40
KEPT_LONGER = timedelta(days=7)
"""How much longer the plan's deliveries must be kept, so that an extension still finds all of them."""


def cancel(plan_id: str, *, wiring: Wiring) -> bool:
    """Cancels a plan that is under way; False if it was over already, or is not made yet.

    What is claimed at this moment may still go out. Its waves are woken, for one that holds people may sleep
    for days: also where it was cancelled already, for whoever tries again after a crash.
    """
    head = plans(wiring).known(plan_id)
    if head is None:
        return False
    moved = plans(wiring).move(plan_id, to=CANCELLED, allowed=(SENDING, PAUSED, HALTED), reason="cancelled")
    if moved or plans(wiring).state(plan_id).status == CANCELLED:
        wake(head, delay_s=0, wiring=wiring)
    return moved


def pause(plan_id: str, *, wiring: Wiring) -> bool:
    """Pauses a plan; False unless it is being sent. Workers see it within two seconds."""
    return plans(wiring).move(plan_id, to=PAUSED, allowed=(SENDING,), reason="paused")


def resume(plan_id: str, *, reason: str = "", wiring: Wiring) -> bool:
    """Lets a paused or halted plan go on; False if it is neither. Those left get it, and nobody else.

    What had come back of a halted plan is not held against it any more; `reason` stands in its state.
    """
    if plans(wiring).state(plan_id, fresh=True).status == HALTED:
        tallies(wiring).begin_anew(plan_id)
    head = plans(wiring).head(plan_id)
    if entry := entering(head, now=wiring.clock(), wiring=wiring):
        transact(wiring.dynamodb, entry)
    if not plans(wiring).move(plan_id, to=SENDING, allowed=(PAUSED, HALTED), reason=reason):
        return False
    wake(head, delay_s=0, wiring=wiring)
    return True


def extend(plan_id: str, *, each_channel: bool = False, now: datetime, wiring: Wiring) -> bool:
    """Sends a plan that was sent once more over its audience, to whoever has no delivery of it yet.

    On no channel; or, for `each_channel` by itself, not on that one. False if it is not sent, its deliveries
    expire soon, or it was extended too often.
    """
    head, state = plans(wiring).head(plan_id), plans(wiring).state(plan_id, fresh=True)
    last = (now + KEPT_LONGER).timestamp() > head.expires_at or state.waves >= MAX_WAVES
    if state.status != SENT or last or head.too_old(now.timestamp()):
        return False
    waves = _further_waves(head, each_channel=each_channel, now=now, wiring=wiring)
    starting = chain.from_iterable(
        pulses(wiring).starting(head, wave.number, walking=True, now=now) for wave in waves
    )
    more = [*starting, *entering(head, now=now, wiring=wiring)]
    if not plans(wiring).reopen(head, was=state.waves, waves=waves, more=more):
        return False
    wake(head, delay_s=0, wiring=wiring)
    return True


def _further_waves(head: PlanHead, *, each_channel: bool, now: datetime, wiring: Wiring) -> list[Wave]:
    earlier, _ = plans(wiring).waves_and_counts(head.plan_id)
    used = [max(w.next_chunk for w in earlier if w.channel == channel) for channel in head.channels]
    none = [number * CHANNEL_CHUNKS for number in range(len(used))]
    firsts = [first + chunks for first, chunks in zip(none, used, strict=True)]
    until = hold_until(head, now=now.timestamp())
    return [
        Wave(
            number=len(earlier) + n,
            channel=channel,
            next_chunk=used[n],
            firsts=[*none[:n], firsts[n], *none[n + 1 :]] if each_channel else firsts,
            hold_until=until,
            begins_at=now.timestamp(),
            bands=head.parts(channel),
        )
        for n, channel in enumerate(head.channels)
    ]
