"""Expand: walks a plan's audience, at the pace of the provider, and makes its chunks.

Each step commits in one transaction — its chunks, the new cursor with the open partial chunks, the counts —
on condition that the cursor is where it was, the plan is `sending` and its lane not halted. Messages follow
the commit; a message lost is sent again by the sweep. A doubled expander loses the condition and stops. When
the audience is done, the expander stays with the plan until it closes, or until its next pass: a wave that
waits for that sleeps, and the sweep wakes it.
"""

import copy
import math
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.dynamo import Item
from chalicelib.core.logs import logger
from chalicelib.core.queues import MAX_DELAY_S
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import most
from chalicelib.delivery.caps import entering, others, waits
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.halts import halts, look_in_s
from chalicelib.delivery.holding import Holding
from chalicelib.delivery.ladder import awaits_answers, gap_s
from chalicelib.delivery.lanes import LANES, URGENT
from chalicelib.delivery.overtake import overtake
from chalicelib.delivery.pacing import Budget, budget, wait_s
from chalicelib.delivery.passes import ended_at, following
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, SENDING, TOO_OLD, PlanHead, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import Progress, progress
from chalicelib.delivery.pulses import STALE_S, Pulse, pulses, wave_at
from chalicelib.delivery.recount import recount
from chalicelib.delivery.shares import shares
from chalicelib.delivery.step import Step
from chalicelib.delivery.ways_out import channel_of

AT_ONCE = 1_000_000_000
EXPIRED_CHUNK = 50
CLOSING_S = (2, 5, 10, 30, 60)
QUOTA_LOOK_S = 300
TURN_LOOK_S = 15


def expand(message: dict[str, Any], *, wiring: Wiring) -> None:
    """One step of a wave, or a look at whether its plan can close.

    Harmless however often the message comes. A plan that is paused or halted rests until the sweep wakes it.
    """
    now = wiring.clock()
    pulse = Pulse(message["plan"], message["wave"], message["beat"])
    wave = wave_at(pulse, wiring=wiring)
    if wave is None:
        return
    head = plans(wiring).head(pulse.plan_id)
    if wave.done:
        _close(head, pulse, wave, tries=message.get("tries", 0), now=now, wiring=wiring)
    elif wave.resting and wave.begins_at > now.timestamp():
        _sleep_on(head, pulse, wave, now=now, wiring=wiring)
    else:
        _walk(head, pulse, wave, now=now, wiring=wiring)


def _walk(head: PlanHead, pulse: Pulse, wave: Wave, *, now: datetime, wiring: Wiring) -> None:
    """Takes a step, if it is time for one. How plan and lane stand, its commit finds out."""
    fellows = others(wiring).of(head, wave.channel, now=now) if head.weekly_cap else ()
    holding = Holding(head, wave.channel, fellows, now=now, wiring=wiring)
    if head.too_old(now.timestamp()):
        # Nobody is written to any more: the rest is planned without pace, so that it is counted and listed.
        everyone = Budget(weight=AT_ONCE, start=now.timestamp(), per_second=AT_ONCE)
        _step(head, pulse, wave, everyone, holding, chunk=EXPIRED_CHUNK, paced=False, now=now, wiring=wiring)
        return
    if waits(head.plan_id, fellows):
        _beat(head, pulse, delay_s=TURN_LOOK_S, now=now, wiring=wiring, walking=False)
        return
    lane, moment = LANES[head.lane], now.timestamp()
    limits = channel_of(wave.channel, mode=head.mode, wiring=wiring).limits()
    if limits.quota_used >= lane.share:
        _rest(head, pulse, wave, delay_s=min(QUOTA_LOOK_S, lane.halt_s), now=now, wiring=wiring)
        return
    part = lane.share * shares(wiring).of(lane.name, wave.channel, head.department)
    room = budget(
        now=moment,
        paced_until=wave.paced_until,
        per_second=limits.per_second * part,
        horizon_s=lane.horizon_s(wiring.settings),
    )
    if room is None:
        delay = wait_s(now=moment, paced_until=wave.paced_until)
        _beat(head, pulse, delay_s=delay, now=now, wiring=wiring)
        return
    _step(head, pulse, wave, room, holding, chunk=limits.chunk, paced=True, now=now, wiring=wiring)


def _step(
    head: PlanHead,
    pulse: Pulse,
    wave: Wave,
    room: Budget,
    holding: Holding,
    *,
    chunk: int,
    paced: bool,
    now: datetime,
    wiring: Wiring,
) -> None:
    lane = LANES[head.lane]
    step = Step(head, pulse, copy.deepcopy(wave), room, chunk=chunk, holding=holding, now=now, wiring=wiring)
    step.walk()
    paced_until, moment = step.wave.paced_until, now.timestamp()
    overtake(head, wave.channel, paced_until=paced_until, now=moment, wiring=wiring)
    if against := step.commit(paced=paced):
        _refused(head, pulse, wave, against, now=now, wiring=wiring)
        return
    wiring.queues.send_all(lane.deliver_queue, step.messages())
    delay = wait_s(now=moment, paced_until=paced_until)
    next_pulse = pulse._replace(beat=pulse.beat + 1)
    plans(wiring).keep_wave(head.plan_id, step.wave, beat=next_pulse.beat)
    wiring.queues.send(lane.expand_queue, next_pulse.message(), delay_s=2 if step.wave.done else delay)


def _refused(
    head: PlanHead, pulse: Pulse, wave: Wave, against: Collection[str], *, now: datetime, wiring: Wiring
) -> None:
    """What follows where a step was not written, by what stood against it."""
    if "beat" in against:
        return
    if "plan" in against or ("most" in against and most.halt(head, wiring=wiring)):
        _rest(head, pulse, wave, delay_s=0, now=now, wiring=wiring)
    elif "lane" in against:
        halted = halts(wiring).read(head.lane, wave.channel).end
        delay = look_in_s(halted, now=now.timestamp()) if halted else 0
        _beat(head, pulse, delay_s=max(0, delay), now=now, wiring=wiring)
    else:
        shares(wiring).forget(head.lane, wave.channel)
        _walk(head, pulse, wave, now=now, wiring=wiring)


def _rest(head: PlanHead, pulse: Pulse, wave: Wave, *, delay_s: int, now: datetime, wiring: Wiring) -> None:
    """Looks again after a delay, if the plan is sending; else closes it, or rests until somebody wakes it."""
    status = plans(wiring).state(head.plan_id, fresh=True).status
    if status == CANCELLED:
        _close(head, pulse, wave, tries=0, now=now, wiring=wiring)
    elif status == SENDING or _expires(head, now=now, wiring=wiring):
        _beat(head, pulse, delay_s=delay_s, now=now, wiring=wiring)
    else:
        pulses(wiring).take(pulse, walking=False, until=now.timestamp())


def _expires(head: PlanHead, *, now: datetime, wiring: Wiring) -> bool:
    """Whether a plan that is paused or halted goes on, because what is left of it expires."""
    return head.too_old(now.timestamp()) and plans(wiring).move(
        head.plan_id, to=SENDING, allowed=(PAUSED, HALTED), reason=TOO_OLD
    )


def _beat(
    head: PlanHead,
    pulse: Pulse,
    *,
    delay_s: int,
    now: datetime,
    wiring: Wiring,
    tries: int = 0,
    walking: bool = True,
    more: Sequence[Item] = (),
) -> None:
    """Takes the beat, with `more` in its transaction, and sends the next message after a delay."""
    until = now.timestamp() + delay_s
    next_pulse = pulses(wiring).take(pulse, walking=walking and not tries, until=until, more=more)
    if next_pulse is not None:
        tried = {"tries": tries} if tries else {}
        wiring.queues.send(LANES[head.lane].expand_queue, next_pulse.message(**tried), delay_s=delay_s)


def _sleep_on(head: PlanHead, pulse: Pulse, wave: Wave, *, now: datetime, wiring: Wiring) -> None:
    """A wave that was woken before its next pass: the plan was let go on, or cancelled."""
    if plans(wiring).state(head.plan_id, fresh=True).status == CANCELLED:
        _close(head, pulse, wave, tries=0, now=now, wiring=wiring)
    else:
        _sleep(head, pulse, until=wave.begins_at, now=now, wiring=wiring)


def _sleep(
    head: PlanHead, pulse: Pulse, *, until: float, now: datetime, wiring: Wiring, more: Sequence[Item] = ()
) -> None:
    """Takes the beat, with `more` in its transaction, and leaves it to the sweep to wake the wave.

    What is urgent wakes by itself, on the second, where a message can wait so long.
    """
    delay_s = max(0, math.ceil(until - now.timestamp()))
    if head.lane == URGENT and delay_s <= MAX_DELAY_S:
        _beat(head, pulse, delay_s=delay_s, now=now, wiring=wiring, walking=False, more=more)
    else:
        pulses(wiring).take(pulse, walking=False, until=until - STALE_S, more=more)


def _close(head: PlanHead, pulse: Pulse, wave: Wave, *, tries: int, now: datetime, wiring: Wiring) -> None:
    """Recounts and closes a plan that waits for nothing; else the wave looks again, ever less often.

    A wave whose people are settled sleeps where that takes long: until its next pass, or another wave's.
    """
    present = progress(head.plan_id, wiring=wiring)
    cancelled = present.status == CANCELLED
    put_off = 0.0 if cancelled else _put_off(head, wiring=wiring)
    settled = present.by_channel[wave.channel].waiting == 0
    again = wave.opens_at or put_off > ended_at(wave)
    if again and not cancelled and (settled or _all_claimed(head, wave.channel, wiring=wiring)):
        further = following(wave, now=now.timestamp(), gap_s=gap_s(head))
        put = plans(wiring).replace(head.plan_id, further, expires_at=head.expires_at)
        more = (put, *entering(head, now=now, wiring=wiring))
        _sleep(head, pulse, until=further.begins_at, now=now, wiring=wiring, more=more)
        return
    if present.waiting == 0 and (cancelled or (present.expanded and put_off <= present.passed_at)):
        _finish(head, pulse, present, now=now, wiring=wiring)
        return
    if settled and present.next_pass_at > rfc3339(now):
        at = parse_rfc3339(present.next_pass_at).timestamp()
        _sleep(head, pulse, until=at, now=now, wiring=wiring)
        return
    delay = CLOSING_S[min(tries, len(CLOSING_S) - 1)]
    _beat(head, pulse, delay_s=delay, now=now, wiring=wiring, tries=tries + 1)


def _all_claimed(head: PlanHead, channel: str, *, wiring: Wiring) -> bool:
    """Whether a further pass need not wait for messages in doubt: who was claimed has a delivery by now."""
    return awaits_answers(head) and not chunks(wiring).unclaimed(head.plan_id, head.lane, channel)


def _put_off(head: PlanHead, *, wiring: Wiring) -> float:
    """When a worker last left somebody to a later pass (epoch seconds).

    Read after the counts: who was settled so is among them.
    """
    may_be = head.daylight or head.digest
    return plans(wiring).state(head.plan_id, fresh=True).put_off if may_be else 0.0


def _finish(head: PlanHead, pulse: Pulse, present: Progress, *, now: datetime, wiring: Wiring) -> None:
    owed = head.rereads and not present.closed_at
    rest = recount(head, pulse.wave, waves=present.waves, now=now, wiring=wiring) if owed else None
    if rest:
        _beat(head, pulse, delay_s=rest.delay_s, now=now, wiring=wiring, tries=1, more=rest.writes)
        return
    plans(wiring).close(head.plan_id, waves=present.waves, now=now)
    pulses(wiring).stop(head.plan_id, waves=present.waves)
    logger.info("plan-closed", plan=head.plan_id, kind=head.kind, planned=present.planned, sent=present.sent)
