"""Expand: walks a plan's audience, at the pace of the provider, and makes its chunks.

Each step commits in one transaction — its chunks, the new cursor with the open partial chunks, the counts —
on condition that the cursor is
where it was and the plan is `sending`. Messages follow the commit; a message lost is sent again by the sweep.
A doubled expander loses the
condition and stops. When the audience is done, the expander stays with the plan until it closes.
"""

import copy
from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

from chalicelib.core.dynamo import Cancelled, Item, transact
from chalicelib.core.ids import SHARDS
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.audience import compiled
from chalicelib.delivery.carried import carrying
from chalicelib.delivery.choose import choose, language_for
from chalicelib.delivery.chunks import Recipient, chunks, key_of
from chalicelib.delivery.halts import halted_until, look_in_s
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.late import Earlier
from chalicelib.delivery.overtake import overtake
from chalicelib.delivery.pacing import Budget, budget, wait_s
from chalicelib.delivery.plan import (
    CANCELLED,
    CHANNEL_CHUNKS,
    HALTED,
    PAUSED,
    SENDING,
    TOO_OLD,
    PlanHead,
    Wave,
    rendition_part,
)
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import progress
from chalicelib.delivery.pulses import Pulse, pulses, wave_at
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.recount import recount
from chalicelib.delivery.streams import Match, members
from chalicelib.delivery.ways_out import channel_of

STEP_CHUNKS = 45
"""Chunks of one step: two items each and the cursor stay below a transaction's hundred."""

STEP_PEOPLE = 5_000
"""Rows read in one step, so that a step over people who do not match or are skipped ends in time."""

AT_ONCE = 1_000_000_000
EXPIRED_CHUNK = 50
CLOSING_S = (2, 5, 10, 30, 60)
QUOTA_LOOK_S = 300


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
    status = plans(wiring).state(head.plan_id, fresh=True).status
    if status == CANCELLED or wave.done:
        _close(head, pulse, tries=message.get("tries", 0), now=now, wiring=wiring)
    elif status == SENDING or _expires(head, now=now, wiring=wiring):
        _walk(head, pulse, wave, now=now, wiring=wiring)
    else:
        pulses(wiring).take(pulse, walking=False, until=now.timestamp())


def _expires(head: PlanHead, *, now: datetime, wiring: Wiring) -> bool:
    """Whether a plan that is paused or halted goes on, because what is left of it expires."""
    return head.too_old(now.timestamp()) and plans(wiring).move(
        head.plan_id, to=SENDING, allowed=(PAUSED, HALTED), reason=TOO_OLD
    )


def _walk(head: PlanHead, pulse: Pulse, wave: Wave, *, now: datetime, wiring: Wiring) -> None:
    if head.too_old(now.timestamp()):
        # Nobody is written to any more: the rest is planned without pace, so that it is counted and listed.
        everyone = Budget(people=AT_ONCE, start=now.timestamp(), per_second=AT_ONCE)
        _step(head, pulse, wave, everyone, chunk=EXPIRED_CHUNK, now=now, wiring=wiring)
        return
    lane, moment = LANES[head.lane], now.timestamp()
    horizon = lane.horizon_s(wiring.settings)
    halted = halted_until(lane.name, wave.channel, wiring=wiring)
    if halted > moment:
        _beat(head, pulse, delay_s=look_in_s(halted, now=moment), now=now, wiring=wiring)
        return
    limits = channel_of(wave.channel, mode=head.mode, wiring=wiring).limits()
    if limits.quota_used >= lane.share:
        _beat(head, pulse, delay_s=min(QUOTA_LOOK_S, lane.halt_s), now=now, wiring=wiring)
        return
    shared = max(1, pulses(wiring).running(lane.name, wave.channel))
    room = budget(
        now=moment,
        paced_until=wave.paced_until,
        per_second=limits.per_second * lane.share / shared,
        horizon_s=horizon,
        chunk=limits.chunk,
    )
    if room is None:
        delay = wait_s(now=moment, paced_until=wave.paced_until, horizon_s=horizon)
        _beat(head, pulse, delay_s=max(1, delay), now=now, wiring=wiring)
        return
    _step(head, pulse, wave, room, chunk=limits.chunk, now=now, wiring=wiring)


def _step(
    head: PlanHead, pulse: Pulse, wave: Wave, room: Budget, *, chunk: int, now: datetime, wiring: Wiring
) -> None:
    lane = LANES[head.lane]
    step = Step(head, pulse, copy.deepcopy(wave), room, chunk=chunk, now=now, wiring=wiring)
    step.walk()
    paced_until, moment = step.wave.paced_until, now.timestamp()
    overtake(head, wave.channel, paced_until=paced_until, now=moment, wiring=wiring)
    if step.commit():
        wiring.queues.send_all(lane.deliver_queue, step.messages())
        horizon = lane.horizon_s(wiring.settings)
        delay = wait_s(now=moment, paced_until=paced_until, horizon_s=horizon)
        following = pulse._replace(beat=pulse.beat + 1)
        plans(wiring).keep_wave(head.plan_id, step.wave, beat=following.beat)
        wiring.queues.send(lane.expand_queue, following.message(), delay_s=2 if step.wave.done else delay)


def _beat(
    head: PlanHead,
    pulse: Pulse,
    *,
    delay_s: int,
    now: datetime,
    wiring: Wiring,
    tries: int = 0,
    more: Sequence[Item] = (),
) -> None:
    """Takes the beat, with `more` in its transaction, and sends the next message after a delay."""
    until = now.timestamp() + delay_s
    following = pulses(wiring).take(pulse, walking=not tries, until=until, more=more)
    if following is not None:
        tried = {"tries": tries} if tries else {}
        wiring.queues.send(LANES[head.lane].expand_queue, following.message(**tried), delay_s=delay_s)


def _close(head: PlanHead, pulse: Pulse, *, tries: int, now: datetime, wiring: Wiring) -> None:
    """Recounts and closes a plan that waits for nothing; else the wave looks again, ever less often."""
    present = progress(head.plan_id, wiring=wiring)
    if present.waiting == 0 and (present.expanded or present.status == CANCELLED):
        rest = (
            recount(head, pulse.wave, waves=present.waves, now=now, wiring=wiring) if head.rereads else None
        )
        if rest:
            _beat(head, pulse, delay_s=rest.delay_s, now=now, wiring=wiring, tries=1, more=rest.writes)
            return
        plans(wiring).close(head.plan_id, waves=present.waves, now=now)
        pulses(wiring).stop(head.plan_id, waves=present.waves)
        logger.info(
            "plan-closed", plan=head.plan_id, kind=head.kind, planned=present.planned, sent=present.sent
        )
        return
    delay = CLOSING_S[min(tries, len(CLOSING_S) - 1)]
    _beat(head, pulse, delay_s=delay, now=now, wiring=wiring, tries=tries + 1)


def _part_for(head: PlanHead, channel: str, wanted: str) -> str:
    language = language_for(wanted, head.languages[channel], head.default_language)
    return rendition_part(channel, language, "")


class Made(NamedTuple):
    """One chunk of a step.

    Its key, rendition and recipients, when the first of them was read, when it is due (epoch seconds).
    """

    key: str
    part: str
    people: list[Recipient]
    read_at: float
    due_at: float


class Step:
    """One step of a wave: what it read, what it makes, and its commit."""

    def __init__(
        self,
        head: PlanHead,
        pulse: Pulse,
        wave: Wave,
        room: Budget,
        *,
        chunk: int,
        now: datetime,
        wiring: Wiring,
    ) -> None:
        self.wave = wave
        self._head = head
        self._room = room
        self._chunk = chunk
        self._now = now
        self._wiring = wiring
        self._pulse = pulse
        self._made: list[Made] = []
        self._part = cache(partial(_part_for, head, wave.channel))
        self._emitted = 0
        self._reading = TableReading(wiring)
        self._earlier = Earlier(head.plan_id, wave, wiring=wiring)

    def walk(self) -> None:
        """Reads the audience from the cursor on, until the budget, the step or the audience is at its end."""
        wave, audience = self.wave, compiled(self._head.audience)
        while wave.shard < SHARDS and not self._full():
            here = members(audience, self._reading, shard=wave.shard, after=wave.after or None)
            for match in here:
                self._take(match)
                wave.after = match.subscriber_id
                if self._full():
                    break
            else:
                wave.shard, wave.after = wave.shard + 1, ""
        if wave.shard == SHARDS:
            wave.done = True
            self._emit_partials()
        wave.paced_until = self._room.due_at(self._emitted) if self._emitted else wave.paced_until

    def _full(self) -> bool:
        return (
            self._emitted >= self._room.people
            or len(self._made) >= STEP_CHUNKS
            or self._reading.count >= STEP_PEOPLE
        )

    def _take(self, match: Match) -> None:
        head, wave, person = self._head, self.wave, match.rows[0]
        if self._earlier.holds(match.subscriber_id):
            return
        choice = choose(match.rows, match.topics, channels=head.channels, scope=head.scope)
        if choice.skip:
            if wave.number == 0:
                wave.skipped[choice.skip] = wave.skipped.get(choice.skip, 0) + 1
            return
        address = choice.addresses.get(wave.channel)
        if address is None:
            return
        wave.reached |= 1 << wave.shard
        part = self._part(person.language)
        wave.partial.setdefault(part, []).append([match.subscriber_id, address, person.name])
        wave.since.setdefault(part, self._now.timestamp())
        while len(wave.partial.get(part, ())) >= self._chunk and len(self._made) < STEP_CHUNKS:
            self._emit(part)

    def _emit(self, part: str) -> None:
        """Makes one chunk, of the size that the provider takes now: it may have been larger a step ago."""
        wave = self.wave
        first = wave.partial[part][: self._chunk]
        people = [Recipient(one, address, name, place) for place, (one, address, name) in enumerate(first)]
        key = key_of(self._head.channels.index(wave.channel) * CHANNEL_CHUNKS + wave.next_chunk)
        self._made.append(Made(key, part, people, wave.since[part], self._room.due_at(self._emitted)))
        wave.partial[part] = wave.partial[part][self._chunk :]
        if not wave.partial[part]:
            del wave.partial[part], wave.since[part]
        self._emitted += len(people)
        wave.next_chunk += 1
        wave.planned += len(people)

    def _emit_partials(self) -> None:
        while self.wave.partial:
            if len(self._made) >= STEP_CHUNKS:
                self.wave.done = False
                return
            self._emit(min(self.wave.partial))

    def commit(self) -> bool:
        """Writes the step.

        False if its beat was taken by another expander or the plan is no longer sending.
        """
        head, wave = self._head, self.wave
        until = max(self._now.timestamp(), wave.paced_until)
        operations: list[Item] = [
            plans(self._wiring).sending(head.plan_id),
            pulses(self._wiring).taking(self._pulse, walking=not wave.done, until=until),
            plans(self._wiring).replace(head.plan_id, wave, expires_at=head.expires_at),
        ]
        for made in self._made:
            operations += chunks(self._wiring).making(
                plan_id=head.plan_id,
                key=made.key,
                rendition=made.part,
                lane=head.lane,
                recipients=made.people,
                read_at=made.read_at,
                due_at=made.due_at,
                expires_at=head.expires_at,
            )
        try:
            transact(self._wiring.dynamodb, operations)
        except Cancelled:
            return False
        return True

    def messages(self) -> list[tuple[dict[str, Any], int]]:
        """The messages of the chunks made, each with the seconds until it is due."""
        now, plan_id = self._now.timestamp(), self._head.plan_id
        return [(carrying(plan_id, *made), max(0, int(made.due_at - now))) for made in self._made]
