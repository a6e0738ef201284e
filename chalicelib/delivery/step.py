"""One step of a wave: what it reads of the audience, the chunks that it makes of it, and its commit.

Chunks are filled whole, so a step leaves people over for whom the next one fills a chunk. The next step reads
them again with its own: it begins where the first of them stands. So nobody of a chunk was read longer ago
than the horizon, but where a language is so rare that its chunk takes several steps.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.core.dynamo import Cancelled, transact
from chalicelib.core.ids import SHARDS, shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import most
from chalicelib.delivery.audience import compiled, on_channel
from chalicelib.delivery.carried import carrying
from chalicelib.delivery.choose import Choice, Skip, choose, language_for
from chalicelib.delivery.chunk import Recipient, key_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.costs import weight
from chalicelib.delivery.halts import halts
from chalicelib.delivery.holding import Hold, Holding, never
from chalicelib.delivery.lanes import URGENT
from chalicelib.delivery.late import Earlier
from chalicelib.delivery.most import counts_on
from chalicelib.delivery.pacing import Budget
from chalicelib.delivery.plan import CHANNEL_CHUNKS, PlanHead, Wave, rendition_part
from chalicelib.delivery.plans import plans
from chalicelib.delivery.pulses import Pulse, pulses
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.shares import shares
from chalicelib.delivery.streams import Match, members
from chalicelib.delivery.variants import Variants
from chalicelib.subscribers.streams import Row

if TYPE_CHECKING:
    from chalicelib.delivery.digests.digest import Digest

STEP_CHUNKS = 47
"""Chunks of one step: two items each and six more stay within a transaction's hundred."""

STEP_PEOPLE = 5_000
"""New rows read in one step, so that a step over people who do not match or are skipped ends in time."""

OPEN_MOST = 500
"""People who may wait for a full chunk: what the wave's item has room for. The largest chunk goes first."""

LET_GO = "|"
"""Between a rendition and why the people of its open chunk are not written to any more."""


class Made(NamedTuple):
    """One chunk of a step.

    Its key, rendition and recipients, when the first of them was read, when it is due (epoch seconds); and
    why nobody of it is written to any more, where they were held too long.
    """

    key: str
    part: str
    people: list[Recipient]
    read_at: float
    due_at: float
    let_go: str = ""


class Step:
    """One step of a wave, whose own copy of the wave it changes."""

    def __init__(
        self,
        head: PlanHead,
        pulse: Pulse,
        wave: Wave,
        room: Budget,
        *,
        chunk: int,
        holding: Holding,
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
        self._people = 0
        self._reading = TableReading(wiring, consistent=head.lane == URGENT)
        self._behind = 0
        self._earlier = Earlier(head.plan_id, wave, wiring=wiring)
        self._holding = holding
        self._digest = _digest(head, now=now, wiring=wiring)
        self._variants = Variants(head, wave.channel, now=now, wiring=wiring) if head.variants else None

    def walk(self) -> None:
        """Reads the audience from the cursor on, until the budget, the step or the band is at its end.

        From a little before the cursor, if somebody there waits for a chunk to fill.
        """
        wave, audience = self.wave, compiled(on_channel(self._head.walking(self.wave), self.wave.channel))
        began = wave.shard, wave.after
        again = self._open_again()
        shard, after = _before(wave.again) if again else began
        while shard < SHARDS and (shard < wave.shard or not self._full()):
            matches = members(audience, self._reading, shard=shard, after=after or None)
            for match in self._digest.among(matches) if self._digest else matches:
                if (shard, match.subscriber_id) <= began:
                    self._behind = self._reading.count
                    if match.subscriber_id in again:
                        self._take(match)
                    continue
                self._take(match)
                wave.after = match.subscriber_id
                if self._full():
                    break
            else:
                if shard == wave.shard:
                    wave.shard, wave.after = shard + 1, ""
                shard, after = shard + 1, ""
        if wave.shard == SHARDS and self._emit_partials():
            wave.end_band()
        wave.again = min((one for one in self._open() if (shard_of(one), one) > began), default="")
        wave.paced_until = self._room.due_at(self._emitted) if self._emitted else wave.paced_until

    def _open(self) -> Iterator[str]:
        """The ids of those whose chunk is not full yet."""
        return (person[0] for people in self.wave.partial.values() for person in people)

    def _open_again(self) -> Collection[str]:
        """Takes those out of their chunks who were first read by the last step; answers their ids."""
        wave = self.wave
        again = {one for one in self._open() if wave.again and one >= wave.again}
        for part in list(wave.partial):
            wave.partial[part] = [person for person in wave.partial[part] if person[0] not in again]
            self._drop_if_empty(part)
        return again

    def _drop_if_empty(self, part: str) -> None:
        if not self.wave.partial[part]:
            del self.wave.partial[part], self.wave.since[part]

    def _full(self) -> bool:
        return (
            self._emitted >= self._room.weight
            or len(self._made) >= STEP_CHUNKS
            or self._reading.count - self._behind >= STEP_PEOPLE
            or (self._digest is not None and self._digest.full)
        )

    def _take(self, match: Match) -> None:
        wave, person = self.wave, match.rows[0]
        if self._earlier.holds(match.subscriber_id):
            return
        choice = self._choose(match)
        if choice.skip:
            self._skip(choice.skip)
            return
        address = choice.addresses.get(wave.channel)
        if address is None:
            return
        hold = self._holding.of(person, choice.addresses)
        if never(hold):
            return
        if hold and self._now.timestamp() < wave.hold_until:
            self._hold(hold)
            return
        wave.reached |= 1 << shard_of(match.subscriber_id)
        part = self._part_of(person, choice)
        if hold:
            part = f"{part}{LET_GO}{hold.reason}"
        counts = int(counts_on(self._head, choice.addresses) == wave.channel)
        wave.partial.setdefault(part, []).append([match.subscriber_id, address, person.name, counts])
        wave.since.setdefault(part, self._now.timestamp())
        while len(wave.partial.get(part, ())) >= self._chunk and len(self._made) < STEP_CHUNKS:
            self._emit(part)

    def _skip(self, why: Skip) -> None:
        wave = self.wave
        if wave.number == 0 and not wave.passes:
            wave.skipped[why] = wave.skipped.get(why, 0) + 1

    def _hold(self, hold: Hold) -> None:
        wave = self.wave
        wave.held[hold.reason] = wave.held.get(hold.reason, 0) + 1
        wave.opens_at = min(hold.until, wave.opens_at or hold.until)

    def _part_of(self, person: Row, choice: Choice) -> str:
        if self._variants:
            self._make_room()
            return self._part(person.language, self._variants.of(person))
        part = self._part(person.language, choice.variants.get(self.wave.channel, ""))
        if self._digest:
            self._make_room()
            self._digest.compose(part)
        return part

    def _make_room(self) -> None:
        """The wave's item holds so many open chunks; digests and variants may fill them."""
        partial = self.wave.partial
        while sum(map(len, partial.values())) > OPEN_MOST and len(self._made) < STEP_CHUNKS:
            self._emit(max(partial, key=lambda part: len(partial[part])))

    def _choose(self, match: Match) -> Choice:
        if self._digest:
            return self._digest.choice(match.subscriber_id)
        head = self._head
        return choose(
            match.rows,
            match.topics,
            channels=head.channels,
            scope=head.scope,
            at=self._now,
            instant=head.created_at,
            written=match.written,
        )

    def _emit(self, part: str) -> None:
        """Makes one chunk, of the size that the provider takes now: it may have been larger a step ago."""
        wave = self.wave
        first = wave.partial[part][: self._chunk]
        rendition, _, let_go = part.partition(LET_GO)
        people = [
            Recipient(one, address, name, place) for place, (one, address, name, *_) in enumerate(first)
        ]
        self._people += sum(sum(one[3:]) for one in first)
        key = key_of(self._head.channels.index(wave.channel) * CHANNEL_CHUNKS + wave.next_chunk)
        due_at = self._room.due_at(self._emitted)
        self._made.append(Made(key, rendition, people, wave.since[part], due_at, let_go))
        wave.partial[part] = wave.partial[part][self._chunk :]
        self._drop_if_empty(part)
        if let_go:
            wave.let_go[let_go] = wave.let_go.get(let_go, 0) + len(people)
        else:
            self._emitted += sum(self._weight(rendition, person.name) for person in people)
        wave.next_chunk += 1
        wave.planned += len(people)

    def _weight(self, part: str, name: str) -> int:
        """What a message takes of the channel's rate: a text its parts, with the person's own name in it."""
        if self.wave.channel != "sms":
            return 1
        return weight(plans(self._wiring).rendition(self._head.plan_id, part), name)

    def _emit_partials(self) -> bool:
        """Closes the open chunks; whether there was room for all of them."""
        while self.wave.partial and len(self._made) < STEP_CHUNKS:
            self._emit(min(self.wave.partial))
        return not self.wave.partial

    def commit(self, *, paced: bool) -> Collection[str]:
        """Writes the step; answers what stood against it, and then nothing is written.

        `beat`: another expander took it. `plan`: it is not sending. If the step is `paced`: `lane`, it is
        halted; `shares`, others began or ended since it was asked who walks; `most`, it would reach more
        people than it may.
        """
        head, wave, wiring = self._head, self.wave, self._wiring
        now, lane, channel = self._now.timestamp(), head.lane, wave.channel
        until = max(now, wave.paced_until)
        conditions = {
            "beat": pulses(wiring).taking(self._pulse, walking=not wave.done, until=until),
            "plan": plans(wiring).sending(head.plan_id),
        }
        if paced:
            conditions["lane"] = halts(wiring).quiet(lane, channel, now=now)
            conditions["shares"] = shares(wiring).unturned(lane, channel, turning=wave.done)
        if paced and head.most and self._people:
            conditions["most"] = most.counting(head, channel, self._people, wiring=wiring)
        operations = list(conditions.values())
        operations.append(plans(wiring).replace(head.plan_id, wave, expires_at=head.expires_at))
        for made in self._made:
            operations += chunks(wiring).making(
                plan_id=head.plan_id,
                key=made.key,
                rendition=made.part,
                lane=lane,
                recipients=made.people,
                read_at=made.read_at,
                due_at=made.due_at,
                expires_at=head.expires_at,
                let_go=made.let_go,
            )
        try:
            transact(wiring.dynamodb, operations)
        except Cancelled as refused:
            names = [*conditions, *["beat"] * len(operations)]  # its chunks are there already: a doubled one
            return {names[place] for place in refused.failed()}
        return ()

    def messages(self) -> list[tuple[dict[str, Any], int]]:
        """The messages of the chunks made, each with the seconds until it is due."""
        now, plan_id = self._now.timestamp(), self._head.plan_id
        return [(carrying(plan_id, *made), max(0, int(made.due_at - now))) for made in self._made]


def _before(subscriber_id: str) -> tuple[int, str]:
    """The shard of an id, and the id before it, for a stream to begin with it."""
    number = int(subscriber_id, 16)
    return shard_of(subscriber_id), f"{number - 1:032x}" if number else ""


def _digest(head: PlanHead, *, now: datetime, wiring: Wiring) -> "Digest | None":
    if not head.digest:
        return None
    from chalicelib.delivery.digests.digest import Digest

    return Digest(head, now=now, wiring=wiring)


def _part_for(head: PlanHead, channel: str, wanted: str, variant: str) -> str:
    language = language_for(wanted, head.languages[channel], head.default_language)
    return rendition_part(channel, language, variant)
