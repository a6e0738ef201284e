"""A crash before and after every AWS call of a plan: nobody lost, nobody doubled, the equation exact, closed.

A clean run tells the calls; then each of them, by its place in the order, kills its function once.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plan import SENT
from infra.aws.calls import current_function
from infra.aws.faults import Fault, FunctionCrashed, crash
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, settle, spec, world

ENGINE = frozenset({"-", "ExpandBulk", "DeliverBulk", "Receipts", "Sweep"})
"""The functions that crash; `-` is whoever launches."""

READS = frozenset({"GetItem", "BatchGetItem", "Query", "GetAccount", "GetSecretValue"})
PEOPLE = (("00", ("email",)), ("03", ("email", "sms")), ("fc", ("email",)), ("ff", ("email", "sms")))
"""Shard 0 and shard 63, two people each; with a rate of two a second, two chunks of mail and one of texts."""


class Made(NamedTuple):
    """One call: the function that made it, service, operation, and the request's beginning."""

    function: str
    service: str
    operation: str
    body: str


@contextmanager
def watched(platform: Platform, on_call: Callable[[Made], Fault | None]) -> Iterator[None]:
    """Every call of the engine's functions is told, and meets the fault that is answered."""
    faults = platform.world.faults

    def take(service: str, operation: str, body: str) -> Fault | None:
        function = current_function()
        return on_call(Made(function, service, operation, body)) if function in ENGINE else None

    faults.take = take  # type: ignore[method-assign]
    try:
        yield
    finally:
        del faults.take


def scene(platform: Platform) -> None:
    """The people, on a platform that is as new."""
    platform.reset()
    vars(world()).pop("ring", None)
    platform.account.max_send_rate = 2
    for number, (start, channels) in enumerate(PEOPLE):
        person(number, channels=channels, subscriber_id=f"{start}{number:030x}")


def do(platform: Platform) -> str:
    """Launches (again, if that crashed, as a caller would), and lets everything come to rest."""
    plan_id = time_ordered_id(world().clock())
    for _ in range(2):
        try:
            launch(spec(sms=True), plan_id=plan_id, now=world().clock(), wiring=world())
            break
        except FunctionCrashed:
            pass
    settle(platform)
    return plan_id


def recover(platform: Platform) -> None:
    """Sweeps, every twenty minutes; one that crashes is as good as none."""
    for _ in range(3):
        platform.clock.advance(20 * 60)
        with suppress(FunctionCrashed):
            platform.fire("sweep")
        settle(platform)


def holds(platform: Platform, plan_id: str, *, crashes: int) -> None:
    """What must hold after so many crashes."""
    found = outcome(plan_id)
    got = addressed(platform)
    assert (found.status, found.waiting, found.planned) == (SENT, 0, 6)
    assert found.closed_at
    assert found.sent + found.unknown == 6
    assert set(got.values()) <= {1}, "somebody got it twice"
    assert found.sent <= len(got) <= found.sent + found.unknown
    assert found.unknown <= 2 * crashes, "at most one chunk is in doubt after a crash"


def clean_run(platform: Platform) -> list[Made]:
    """The calls of a run without faults."""
    calls: list[Made] = []
    scene(platform)
    with watched(platform, calls.append):
        plan_id = do(platform)
    assert outcome(plan_id).sent == 6
    return calls


def crashed_run(platform: Platform, place: int, *, done: bool) -> bool:
    """One run with a crash at one call, and what must hold after it.

    False if it made fewer calls: what is cached for seconds is read again in a run that takes longer.
    """
    scene(platform)
    count = -1

    def on_call(_call: Made) -> Fault | None:
        nonlocal count
        count += 1
        return crash(done=done) if count == place else None

    with watched(platform, on_call):
        plan_id = do(platform)
    recover(platform)
    holds(platform, plan_id, crashes=1)
    return count >= place


def crashed_recovery(platform: Platform, place: int, *, done: bool) -> list[Made]:
    """One run whose first messages are lost and whose first mail is in doubt, with a crash in the sweep.

    At its call number `place`. Answers the calls of the sweep.
    """
    scene(platform)
    seen: Counter[str] = Counter()
    swept: list[Made] = []

    def on_call(call: Made) -> Fault | None:
        seen[call.operation] += 1
        if call.function == "Sweep":
            swept.append(call)
            return crash(done=done) if len(swept) == place + 1 else None
        lost = call.function == "ExpandBulk" and call.operation == "SendMessageBatch"
        first = seen[call.operation] == 1
        return crash() if first and (lost or call.operation == "SendBulkEmail") else None

    with watched(platform, on_call):
        plan_id = do(platform)
        recover(platform)
    holds(platform, plan_id, crashes=1)
    return swept


def places(calls: list[Made], *, whole: bool) -> list[int]:
    """The calls to crash at.

    Unless `whole`, those that write or send: a crash at a read is as one just after the write before it.
    """
    return [place for place, call in enumerate(calls) if whole or call.operation not in READS]


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_loses_nobody_and_doubles_nobody(platform: Platform, done: bool) -> None:
    calls = clean_run(platform)
    missed = 0
    for place in places(calls, whole=False):
        try:
            missed += not crashed_run(platform, place, done=done)
        except AssertionError as error:
            raise AssertionError(f"at call {place}, {calls[place]}") from error
    assert missed <= 3, "crashes that never came prove nothing"


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_crash_of_the_sweep_is_made_good_by_the_next(platform: Platform, done: bool) -> None:
    calls = crashed_recovery(platform, -1, done=done)
    wrote = places(calls, whole=False)
    assert len(wrote) >= 6
    for place in wrote:
        crashed_recovery(platform, place, done=done)


@pytest.mark.soak
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_crash_at_every_read_too(platform: Platform, done: bool) -> None:
    came = [crashed_run(platform, place, done=done) for place in places(clean_run(platform), whole=True)]
    assert came.count(False) <= 3
    for place in range(len(crashed_recovery(platform, -1, done=done))):
        crashed_recovery(platform, place, done=done)
