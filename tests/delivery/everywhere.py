"""Runs of the harness's plan with a mishap at each place, counted."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from infra.aws.faults import Fault
from infra.aws.sqs_queue import Message, Mishaps, Queue
from infra.platform.platform import Platform
from tests.delivery import harness
from tests.delivery.harness import Found, Made, do, holds, places, recover, scene, small_plan, watched
from tests.delivery.mishaps import PLAN, Change, Mishap, Scene

TOKEN = re.compile('"ClientRequestToken":"[^"]*"')
"""A transaction that is tried again has another."""


NAMES = ("runs", "messages", "lost", "doubled", "unknown", "failed", "resent")


@dataclass
class Tally:
    """What came of the runs of one mishap."""

    runs: int = 0
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    failed: int = 0
    resent: int = 0
    where: Counter[str] = field(default_factory=Counter)

    def add(self, found: Found, *, resent: int, where: str) -> None:
        """Counts a run with one mishap."""
        self.meet(where)
        self.came(found, resent=resent)

    def meet(self, where: str) -> None:
        """Counts a mishap."""
        self.where[where] += 1

    def came(self, found: Found, *, resent: int) -> None:
        """Counts what came of a run."""
        self.runs += 1
        self.messages += harness.MESSAGES
        self.lost += found.lost
        self.doubled += found.doubled
        self.unknown += found.unknown
        self.failed += found.failed
        self.resent += resent

    @property
    def positions(self) -> int:
        """How many mishaps there were."""
        return self.where.total()

    def __iadd__(self, other: "Tally") -> "Tally":
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.where += other.where
        return self

    def cells(self) -> str:
        """The counts as cells of a table."""
        return " | ".join(f"{number:,}" for number in (self.positions, *(getattr(self, n) for n in NAMES)))


class Watch:
    """Follows the calls of one run: brings the scene's faults, and the mishap at its place."""

    def __init__(self, platform: Platform, of: Scene, mishap: Mishap | None = None, place: int = -1) -> None:
        self.calls: list[Made] = []
        self.struck: Made | None = None
        self.resent = 0
        self._platform = platform
        self._of = of
        self._meets = of.meets()
        self._mishap = mishap
        self._place = place

    def __call__(self, call: Made) -> Fault | None:
        """What meets the call; those of the test itself are let alone."""
        if not call.invocation:
            return None
        if call.function == "Sweep" and call.operation == "SendMessage" and "-deliver-" in call.body:
            self.resent += 1
        fault = self._meets(call)
        if fault is not None or not self._of.where(call):
            return fault
        self.calls.append(call)
        if self._mishap is None or not (self._comes(call) or self._goes_on(call)):
            return None
        if self._mishap.act is not None:
            self._mishap.act(self._platform)
        return self._mishap.fault(call)

    def _comes(self, call: Made) -> bool:
        if len(self.calls) - 1 != self._place:
            return False
        self.struck = call
        return True

    def _goes_on(self, call: Made) -> bool:
        """Whether it lasts: for the same operation in the same invocation, but one call of a provider's."""
        first, mishap = self.struck, self._mishap
        if first is None or mishap is None or not mishap.lasts:
            return False
        if mishap.doubt and call.operation in harness.SENDS:
            return False
        return (first.invocation, first.operation) == (call.invocation, call.operation)


def run(platform: Platform, of: Scene, mishap: Mishap, place: int, tally: Tally) -> None:
    """One run with the mishap at one call, and what must hold after it."""
    watch = Watch(platform, of, mishap, place)
    plan_id = _play(platform, of, watch)
    assert watch.struck is not None, "a mishap that never came proves nothing"
    found = holds(platform, plan_id, crashes=of.doubts + mishap.doubt)
    tally.add(found, resent=watch.resent, where=watch.struck.place)


def _play(platform: Platform, of: Scene, on_call: Callable[[Made], Fault | None]) -> str:
    scene(platform)
    with watched(platform, on_call), late(platform, of.late_s):
        plan_id = do(platform, small_plan(of.lane, banded=of.banded))
        recover(platform, plan_id)
    return plan_id


def calls_of(platform: Platform, of: Scene) -> list[Made]:
    """The calls of a scene without a mishap."""
    watch = Watch(platform, of)
    holds(platform, _play(platform, of, watch), crashes=of.doubts)
    return watch.calls


def everywhere_in_turn(platform: Platform, of: Scene, mishap: Mishap, *, whole: bool) -> Tally:
    """Runs the scene once for each call that the mishap fits, with the mishap there; see `places`."""
    tally, calls = Tally(), calls_of(platform, of)
    for place in places(calls, whole=whole):
        if mishap.fits(calls[place]):
            try:
                run(platform, of, mishap, place, tally)
            except AssertionError as error:
                raise AssertionError(f"{mishap.name}, at call {place}: {calls[place]}") from error
    return tally


def everywhere_at_once(platform: Platform, of: Scene, mishap: Mishap) -> Tally:
    """One run in which the mishap meets every call that it fits, the first time that it is made."""
    tally, seen = Tally(), set[tuple[str, str]]()
    watch = Watch(platform, of)

    def meets(call: Made) -> Fault | None:
        fault, what = watch(call), (call.operation, TOKEN.sub("", call.body))
        if fault is not None or what in seen or not call.invocation or not mishap.fits(call):
            return fault
        seen.add(what)
        tally.meet(call.place)
        return mishap.fault(call)

    plan_id = _play(platform, of, meets)
    tally.came(holds(platform, plan_id, crashes=of.doubts), resent=watch.resent)
    return tally


def each_message_in_turn(platform: Platform, change: Change) -> Tally:
    """Runs the plan once for each of its messages, with a change to that one."""
    tally, place = Tally(), 0
    while True:
        puts = count()
        changed: list[str] = []

        def here(message: Message, queue: Queue) -> None:
            if next(puts) == place:  # noqa: B023 - used within this round
                changed.append(queue.name.removeprefix("crier-"))  # noqa: B023
                change(message, queue)

        watch = Watch(platform, PLAN)
        with each_put(platform, here):
            plan_id = _play(platform, PLAN, watch)
        if not changed:
            return tally
        found = holds(platform, plan_id, crashes=0)
        tally.add(found, resent=watch.resent, where=changed[0])
        place += 1


def doubled_and_shuffled(platform: Platform, seed: int) -> Tally:
    """Every message twice, in an order drawn from a seed."""
    tally, sqs = Tally(), platform.world.sqs
    kept, sqs.mishaps = sqs.mishaps, Mishaps(double=True, shuffle=Random(seed))
    try:
        plan_id = _play(platform, PLAN, lambda _: None)
    finally:
        sqs.mishaps = kept
    tally.add(holds(platform, plan_id, crashes=0), resent=0, where="every message")
    return tally


@contextmanager
def late(platform: Platform, seconds: float) -> Iterator[None]:
    """The messages of chunks come so much later."""

    def delay(message: Message, queue: Queue) -> None:
        message.visible_at += seconds if "-deliver-" in queue.name else 0

    with each_put(platform, delay):
        yield


@contextmanager
def each_put(platform: Platform, do_to: Change) -> Iterator[None]:
    """What is done to every message that is sent."""
    put = platform.world.sqs.put

    def done(queue: Queue, body: str, **more: Any) -> Message:
        message = put(queue, body, **more)
        do_to(message, queue)
        return message

    platform.world.sqs.put = done  # type: ignore[method-assign]
    try:
        yield
    finally:
        platform.world.sqs.put = put  # type: ignore[method-assign]
