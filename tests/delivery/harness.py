"""The harness of the fault tests: a small plan whose every AWS call is known, and what must hold of it.

Six people in three shards, two to a chunk, and chunks that straddle shards: three of mail and one of texts.
Time is the local clock's alone: it stands still while something runs, nothing waits, and a run makes the same
calls each time.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.channels.base import State
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.queues import QueueRefused
from chalicelib.delivery import plan, step
from chalicelib.delivery.fates import Fate, family
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.launch import PlanSpec, launch
from chalicelib.delivery.plan import SENT
from chalicelib.delivery.plans import plans
from chalicelib.subscribers.model import Place
from infra.aws.calls import current_function
from infra.aws.clock import LocalClock
from infra.aws.faults import Fault, FunctionCrashed
from infra.platform.memory import forget_what_was_kept
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, spec, world

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MAIL, BOTH = ("email",), ("email", "sms")
PEOPLE = (("00", MAIL), ("04", BOTH), ("05", MAIL), ("08", MAIL), ("09", BOTH), ("0b", MAIL))
MESSAGES = 8
BANDS = ({"placed": True}, {"placed": False})
CHUNK = 2
SHARDS = 3
HORIZON_S = 2
"""So short that the expander takes two steps for the mails."""

LATER_S = 20 * 60
"""Past visibility, lease and grace."""

REST_S = 15
FEW = 4
SENDS = frozenset({"SendBulkEmail", "Publish", "SendTextMessage"})
READS = frozenset({"GetItem", "BatchGetItem", "Query", "GetAccount", "GetSecretValue"})
FAILED = (FunctionCrashed, ClientError, BotoCoreError, QueueRefused)
"""How a call that went wrong looks to a caller."""


class Made(NamedTuple):
    """One call: the function that made it, service, operation, the request's body, and the invocation."""

    function: str
    service: str
    operation: str
    body: str
    invocation: int = 0

    @property
    def writes(self) -> bool:
        """Whether it changes or sends anything."""
        return self.operation not in READS

    @property
    def place(self) -> str:
        """Where it was made, for people."""
        return f"{self.function} {self.operation}"


class Time:
    """The module `time`, as far as Crier and botocore use it, by the local clock."""

    def __init__(self, clock: LocalClock) -> None:
        self.monotonic = self.time = clock.time
        self.sleep = clock.advance


@contextmanager
def stage(**parameters: str) -> Iterator[Platform]:
    """A platform for many runs, with simulated time, an audience of three shards and these `parameters`."""
    with pytest.MonkeyPatch.context() as patch:
        for lane in LANES:
            patch.setenv(f"CRIER_{lane.upper()}_HORIZON", str(HORIZON_S))
        with Platform(frozen=NOON, parameters=parameters) as platform:
            world()
            for module in (plan, step):
                patch.setattr(module, "SHARDS", SHARDS)
            with simulated(platform):
                yield platform


@contextmanager
def simulated(platform: Platform) -> Iterator[None]:
    """Whoever waits, moves the clock ahead; what is kept for seconds ages by it.

    A function that crashes takes what its process kept with it.
    """
    time = Time(platform.clock)
    with pytest.MonkeyPatch.context() as patch:
        for name, module in sys.modules.copy().items():
            if name.startswith("chalicelib.") and hasattr(getattr(module, "time", None), "monotonic"):
                patch.setattr(module, "time", time)
        patch.setattr("botocore.endpoint.time", time)
        invoke = platform.pumps._invoke

        def invoked(*of: Any) -> Any:
            with invocation():
                return invoke(*of)

        patch.setattr(platform.pumps, "_invoke", invoked)
        yield


_number = count(1)
_running = [0]


@contextmanager
def invocation() -> Iterator[None]:
    """One run of a function; if it crashes, what its process kept is gone."""
    _running.append(next(_number))
    try:
        yield
    except FunctionCrashed:
        forget_what_was_kept(constants=False)
        raise
    finally:
        _running.pop()


@contextmanager
def watched(platform: Platform, on_call: Callable[[Made], Fault | None]) -> Iterator[None]:
    """Every call is told, and meets the fault that is answered."""
    faults = platform.world.faults

    def take(service: str, operation: str, body: str) -> Fault | None:
        return on_call(Made(current_function(), service, operation, body, _running[-1]))

    faults.take = take  # type: ignore[method-assign]
    try:
        yield
    finally:
        del faults.take


def scene(platform: Platform) -> None:
    """The people, on a platform that is as new."""
    platform.reset()
    vars(world()).pop("ring", None)
    platform.account.max_send_rate = CHUNK
    platform.world.dynamodb.put_back(_people(platform))


@cache
def _people(platform: Platform) -> bytes:
    for number, (start, channels) in enumerate(PEOPLE):
        place = Place(42.0, -71.0) if number % 2 else None
        person(number, channels=channels, subscriber_id=f"{start}{number:030x}", place=place)
    return platform.world.dynamodb.kept()


@cache
def small_plan(lane: str = "bulk", *, banded: bool = False) -> PlanSpec:
    """Mails and texts; compiled once. In bands, those with a place come before those without."""
    made = spec(sms=True, lane=lane)
    return replace(made, bands=dict.fromkeys(BOTH, BANDS)) if banded else made


def places(calls: Sequence[Made], *, whole: bool) -> list[int]:
    """The calls at which something should go wrong.

    Unless `whole`, those that write or send, for to fail at a read is to fail just after the write before it;
    and of receipts, which are all alike, the first few.
    """
    receipts = [place for place, call in enumerate(calls) if call.function == "Receipts"]
    alike = set(receipts[FEW:])
    return [n for n, call in enumerate(calls) if whole or (call.writes and n not in alike)]


def do(platform: Platform, made: PlanSpec | None = None) -> str:
    """Launches (again, if that went wrong, as a caller would), and lets everything come to rest."""
    plan_id = time_ordered_id(world().clock())
    for _ in range(2):
        with suppress(*FAILED), invocation():
            launch(made or small_plan(), plan_id=plan_id, now=world().clock(), wiring=world())
            break
    rest(platform)
    return plan_id


def rest(platform: Platform, *, within_s: float = REST_S) -> None:
    """Hands messages over until none is due within so many simulated seconds."""
    latest = platform.clock.time() + within_s
    while True:
        if platform.drain_once():
            continue
        moments = [moment for _, moment in platform.pumps.waiting()]
        if not moments or min(moments) > latest:
            return
        platform.clock.advance(max(0.001, min(moments) - platform.clock.time()))


def later(platform: Platform) -> None:
    """Twenty minutes on, a sweep; one that crashes is as good as none."""
    platform.clock.advance(LATER_S)
    with suppress(*FAILED, Exception):
        platform.fire("sweep")
    rest(platform)


def recover(platform: Platform, plan_id: str = "") -> None:
    """Sweeps every twenty minutes, thrice or until the plan is closed and no message is left."""
    for _ in range(3):
        later(platform)
        if plan_id and outcome(plan_id).closed_at and not any(platform.pumps.waiting()):
            return


@dataclass
class Found:
    """What came of a run: how many messages were handed over, lost, doubled, and which stand as unknown."""

    handed_over: int
    lost: int
    doubled: int
    unknown: int
    failed: int


def holds(
    platform: Platform, plan_id: str, *, crashes: int, planned: int = MESSAGES, chunk: int = CHUNK
) -> Found:
    """What must hold after so many crashes (or calls of which nothing was heard).

    At most a chunk is in doubt after each; a lane that resends sends to its people twice, others to nobody.
    """
    found = outcome(plan_id)
    got = addressed(platform)
    mails = sum("@" in to for to in got)
    again = LANES[plans(world()).head(plan_id).lane].resends > 0
    told = {fate.recipient.address: fate.outcome for fate in fates(plan_id)}
    present = Found(
        handed_over=len(got),
        lost=planned
        - len(told)
        + sum(o is None or (o.state is State.SENT and to not in got) for to, o in told.items()),
        doubled=sum(got.values()) - len(got),
        unknown=found.unknown,
        failed=found.failed,
    )
    assert (found.status, found.waiting, found.planned) == (SENT, 0, planned)
    assert found.closed_at
    assert not found.cancelled
    assert not found.expired
    assert present.doubled <= chunk * crashes * again, "somebody got it twice"
    assert max(got.values(), default=0) <= 1 + crashes * again
    assert not present.lost, "somebody got nothing, and nothing says so"
    assert found.sent <= len(got), "more are sent than were handed over"
    assert found.unknown <= chunk * crashes * (not again), "more than a chunk is in doubt after a crash"
    email = found.by_channel["email"]
    assert email.sent == mails, "a mail that left is not counted as sent, for all its events"
    assert delivered(platform) == mails, "the receipts' counts are off"
    assert not dead(platform)
    return present


def delivered(platform: Platform) -> int:
    """How many mails are counted as delivered, over all plans."""
    counters = platform.world.dynamodb.table(world().settings.table("counters"))
    items = [item for _, item in counters.scan(None) if item["counter"]["S"] == "email#delivered"]
    return sum(int(item["amount"]["N"]) for item in items)


def fates(plan_id: str) -> list[Fate]:
    """What became of everyone, by the chunks."""
    waves, _ = plans(world()).waves_and_counts(plan_id)
    channels = plans(world()).head(plan_id).channels
    roots = {
        channels.index(wave.channel) * plan.CHANNEL_CHUNKS + n
        for wave in waves
        for n in range(wave.next_chunk)
    }
    return [fate for root in roots for fate in family(plan_id, root, wiring=world())]


def dead(platform: Platform) -> list[str]:
    """The dead-letter queues that hold messages."""
    sqs = platform.world.sqs
    return [name for name, queue in sqs._queues.items() if name.endswith("-dead") and queue.messages]
