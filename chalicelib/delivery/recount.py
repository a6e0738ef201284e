"""Recounts: before a plan over an audience closes, its counters are held against what they count.

    slots 0 to 7    people who were reported on, and what reports moved: against the flags of the slot's
                    deliveries, read from the table
    slot 8          what became of the planned ones: against the outcomes of the chunks

A flag and its counters change in one transaction. So where a slot's counters stood still while its deliveries
were read, the two must agree; a counter that does not is set right, on condition that it still stands as it
was, and the log's `recount-mended` raises an alarm. Where they moved meanwhile, the slot is counted again, a
few times; then it is left, for a moving slot is not wrong. What became of the planned ones is set right at
the end, in one transaction: until then their sum says that the plan waits for nothing, and so brings it here.

One beat of the wave's pulse does a bounded part of it, and where it is is kept with the next beat (`Place`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from chalicelib.core.dynamo import Item
from chalicelib.core.ids import SHARDS
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters, evidence
from chalicelib.delivery.chunk import key_of, root_of
from chalicelib.delivery.counters import SLOTS
from chalicelib.delivery.plan import (
    CHANNEL_CHUNKS,
    COUNT_SLOTS,
    PlanHead,
    Wave,
    chunk_counts,
    moved_counts,
)
from chalicelib.delivery.plans import plans

AT_ONCE = 120
"""Pages of deliveries and of chunks read in one beat."""

TRIES = 3
UNSURE = "?"
OTHERS_LOOK_S = 10
KEPT_LONGER = timedelta(days=2)
"""Deliveries that expire sooner may be gone already, and are no measure."""


@dataclass
class Place:
    """How far a recount is.

    The slot; how many of its shards (or root chunks) are read, and the last delivery of the present one; what
    was found; what stood when it began (`fingerprint`), and how often it moved. `wrong` are the plan's counts
    to set right, by part and name: as they are, as they should be.
    """

    slot: int = 0
    step: int = 0
    after: str = ""
    found: dict[str, int] = field(default_factory=dict)
    before: str = ""
    tries: int = 0
    wrong: dict[str, dict[str, list[int]]] = field(default_factory=dict)


class Rest(NamedTuple):
    """What is left for a later beat: writes that go with taking it, and seconds until then."""

    writes: Sequence[Item]
    delay_s: int


def recount(head: PlanHead, wave: int, *, waves: int, now: datetime, wiring: Wiring) -> Rest | None:
    """Does a part of a plan's recount for the pulse of `wave`; None when it is done.

    `waves`: how many the plan has. An extended plan is recounted again.
    """
    if (now + KEPT_LONGER).timestamp() > head.expires_at:
        return None
    kept = plans(wiring).recount(head.plan_id, waves)
    if kept is not None and kept[0] != wave:
        return Rest((), OTHERS_LOOK_S)
    place = Place(**json.loads(kept[1])) if kept else Place()
    work = Recount(head, place, wiring=wiring)
    if work.go_on():
        return None
    text = json.dumps(asdict(work.place), separators=(",", ":"))
    keep = plans(wiring).keep_recount(head.plan_id, waves, wave=wave, place=text, expires_at=head.expires_at)
    return Rest((keep,), 1)


class Recount:
    """One beat's part of a recount, from a place on."""

    def __init__(self, head: PlanHead, place: Place, *, wiring: Wiring) -> None:
        self.place = place
        self._head = head
        self._wiring = wiring
        self._left = AT_ONCE
        self._read_plan()

    def _read_plan(self) -> None:
        self._waves, counts = plans(self._wiring).waves_and_counts(self._head.plan_id)
        self._counts = {one["part"]: counts_in(one) for one in counts}

    def go_on(self) -> bool:
        """Counts until the beat's part is done; whether that was the end."""
        while self.place.slot <= SLOTS:
            if self._left <= 0:
                return False
            if self.place.slot < SLOTS:
                self._deliveries()
            else:
                self._chunks()
        self._mend_outcomes()
        return True

    def _deliveries(self) -> None:
        """One page of the slot's deliveries; at the end of the slot, what they say."""
        place, shards = self.place, shards_of(self.place.slot, self._waves)
        if place.step == len(shards):
            self._judge_slot() if shards else self._next()
            return
        if place.step == 0 and not place.after:
            place.before = fingerprint(self._standing())
        self._left -= 1
        page = evidence.flags(self._head.plan_id, shards[place.step], place.after, wiring=self._wiring)
        place.found = added(place.found, page.counts)
        place.after = page.after
        place.step += not page.after

    def _judge_slot(self) -> None:
        place = self.place
        if fingerprint(place.found) != place.before:
            self._read_plan()
            standing = self._standing()
            if fingerprint(standing) == place.before:
                self._mend_people(standing, place.found)
                self._note(moved_counts(place.slot), standing, place.found)
            elif place.tries < TRIES:
                self.place = Place(slot=place.slot, tries=place.tries + 1, wrong=place.wrong)
                return
        self._next()

    def _next(self) -> None:
        self.place = Place(slot=self.place.slot + 1, wrong=self.place.wrong)

    def _standing(self) -> dict[str, int]:
        """The people counters of the slot, and what reports moved in its counts, as they stand."""
        people = counters.people(self._head.plan_id, self.place.slot, wiring=self._wiring)
        return people | self._counts.get(moved_counts(self.place.slot), {})

    def _chunks(self) -> None:
        """A page of chunks; at their end, what they say."""
        place = self.place
        roots = roots_of(self._head.channels, self._waves)[place.step : place.step + evidence.KEYS]
        if not roots:
            self._judge_chunks()
            self._next()
            return
        self._left -= 1
        for root, family in evidence.outcomes(self._head.plan_id, roots, wiring=self._wiring).items():
            part, channel = chunk_counts(root_of(root)), self._head.channels[root_of(root) // CHANNEL_CHUNKS]
            found = {f"{part}/{channel}|{state}": number for state, number in family.outcomes.items()}
            place.found = added(place.found, found if family.whole else {f"{part}/{UNSURE}": 1})
        place.step += len(roots)

    def _judge_chunks(self) -> None:
        for slot in range(COUNT_SLOTS):
            part = chunk_counts(slot)
            here = [name.partition("/") for name in self.place.found]
            right = {name: self.place.found[f"{part}/{name}"] for of, _, name in here if of == part}
            if UNSURE not in right:
                self._note(part, self._counts.get(part, {}), right)

    def _mend_people(self, standing: Mapping[str, int], right: Mapping[str, int]) -> None:
        """Sets people counters of the slot right, but for one that moved in the last moment."""
        slot = f"{self._head.plan_id}#{self.place.slot}"
        for name, (was, now) in differences(standing, right).items():
            if "#" in name and counters.mend(slot, name, was=was, now=now, wiring=self._wiring):
                self._tell(name, was, now)

    def _note(self, part: str, standing: Mapping[str, int], right: Mapping[str, int]) -> None:
        """Notes which of the plan's counts are wrong, for the end."""
        wrong = {name: both for name, both in differences(standing, right).items() if "|" in name}
        if wrong:
            self.place.wrong[part] = wrong

    def _mend_outcomes(self) -> None:
        """Sets the plan's counts right, all or none."""
        wrong = self.place.wrong
        if wrong and plans(self._wiring).mend(self._head.plan_id, wrong):
            for counts in wrong.values():
                for name, (was, now) in counts.items():
                    self._tell(name, was, now)

    def _tell(self, name: str, was: int, now: int) -> None:
        logger.warning("recount-mended", plan=self._head.plan_id, counter=name, was=was, now=now)


def differences(standing: Mapping[str, int], right: Mapping[str, int]) -> dict[str, list[int]]:
    """What does not stand as it should: as it is, as it should be. Pure."""
    both = {name: [standing.get(name, 0), right.get(name, 0)] for name in sorted({*standing, *right})}
    return {name: [was, now] for name, (was, now) in both.items() if was != now}


def shards_of(slot: int, waves: Sequence[Wave]) -> list[int]:
    """The shards of a slot in which the waves found somebody to write to. Pure."""
    return [shard for shard in range(slot, SHARDS, SLOTS) if any(wave.reached >> shard & 1 for wave in waves)]


def roots_of(channels: Sequence[str], waves: Sequence[Wave]) -> list[str]:
    """The keys of all root chunks that a plan's waves made. Pure."""
    made = {wave.channel: wave.next_chunk for wave in waves}  # a later wave counts on
    return [
        key_of(number * CHANNEL_CHUNKS + n)
        for number, channel in enumerate(channels)
        for n in range(made.get(channel, 0))
    ]


def added(one: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Both together. Pure."""
    return {name: one.get(name, 0) + more.get(name, 0) for name in one.keys() | more.keys()}


def counts_in(item: Mapping[str, object]) -> dict[str, int]:
    """What an item of counts holds, by the names of `plans.add`. Pure."""
    return {name: int(str(value)) for name, value in item.items() if "|" in name}


def fingerprint(counts: Mapping[str, int]) -> str:
    """The same for counts that are the same; what is zero may be absent. Pure."""
    text = json.dumps(sorted((name, number) for name, number in counts.items() if number))
    return sha256(text.encode()).hexdigest()
