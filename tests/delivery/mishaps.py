"""What is injected: each mishap by name, the calls or messages that it fits, and what it does to them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from infra.aws.faults import Fault, conflict, crash, entries, leave_out, refuse, time_out
from infra.aws.sqs_queue import Message, Queue
from infra.platform.platform import Platform
from tests.delivery import harness
from tests.delivery.harness import Made, later

THROTTLES = {
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "sqs": ("RequestThrottled", 400),
    "sesv2": ("TooManyRequestsException", 429),
    "sns": ("Throttling", 400),
    "secrets-manager": ("ThrottlingException", 400),
}


Change = Callable[[Message, Queue], None]
"""What is done to a message that was sent."""


class Mishap(NamedTuple):
    """One kind of mishap.

    `fault` is what meets a call, None for a call that it does not fit. It `lasts` if every such call of that
    invocation meets it, and not the first alone. At most a chunk is in `doubt` for each.
    """

    name: str
    fault: Callable[[Made], Fault | None]
    lasts: bool = False
    doubt: bool = False
    act: Callable[[Platform], None] | None = None

    def fits(self, call: Made) -> bool:
        """Whether it can befall this call."""
        return self.act is not None or self.fault(call) is not None


def stand_still(platform: Platform) -> None:
    """The world goes on while a worker stands still, past its lease and its message's visibility."""
    later(platform)
    later(platform)


def throttled(call: Made) -> Fault:
    """The service's own way to say that it has no room."""
    code, status = THROTTLES[call.service]
    return refuse(code, status=status)


def conflicting(call: Made) -> Fault | None:
    """Another transaction has an item of this one."""
    if call.operation != "TransactWriteItems":
        return None
    return conflict(len(json.loads(call.body)["TransactItems"]))


def only(operation: str, fault: Fault) -> Callable[[Made], Fault | None]:
    """A fault for one operation."""
    return lambda call: fault if call.operation == operation else None


def mails(statuses: Mapping[int, str]) -> Callable[[Made], Fault | None]:
    """Statuses of SES's for some mails of a call, by their place."""
    return only("SendBulkEmail", entries(statuses))


def inner(fault: Callable[[Made], Fault | None]) -> Callable[[Made], Fault | None]:
    """A fault for all but the provider's calls, which are not made again by themselves."""
    return lambda call: None if call.operation in harness.SENDS else fault(call)


CRASHES = (
    Mishap("crash before the call", lambda _: crash(), doubt=True),
    Mishap("crash after the call", lambda _: crash(done=True), doubt=True),
)
UNHEARD = (
    Mishap("no answer, nothing done, to the end", lambda _: time_out(), lasts=True, doubt=True),
    Mishap("no answer, all done, to the end", lambda _: time_out(done=True), lasts=True, doubt=True),
)
STILL = Mishap("worker stands still before the call", lambda _: None, doubt=True, act=stand_still)
REFUSED = Mishap("throttled to the end", throttled, lasts=True, doubt=True)
CONTENDED = Mishap("transaction conflicts to the end", conflicting, lasts=True, doubt=True)
ONCE = (
    Mishap("answer lost once", inner(lambda _: time_out(done=True))),
    Mishap("throttled once", inner(throttled)),
    Mishap("transaction conflict once", conflicting),
)
PARTIAL = (
    Mishap("first message of a batch refused", only("SendMessageBatch", leave_out(0))),
    Mishap(
        "a batch of messages refused to the end", only("SendMessageBatch", leave_out(*range(10))), lasts=True
    ),
    Mishap("first mail refused for now", only("SendBulkEmail", entries({0: "TRANSIENT_FAILURE"}))),
    Mishap(
        "all mails throttled", only("SendBulkEmail", entries(dict.fromkeys(range(50), "ACCOUNT_THROTTLED")))
    ),
    Mishap("last mail refused for good", only("SendBulkEmail", entries({1: "MESSAGE_REJECTED"}))),
    Mishap(
        "quota used up by the first mail", only("SendBulkEmail", entries({1: "ACCOUNT_DAILY_QUOTA_EXCEEDED"}))
    ),
    Mishap("first key not read", only("BatchGetItem", leave_out(0))),
    Mishap("no key read", only("BatchGetItem", leave_out(*range(100)))),
    Mishap("no key read to the end", only("BatchGetItem", leave_out(*range(100))), lasts=True),
)


class Scene(NamedTuple):
    """What goes wrong anyway, and which calls the mishaps are for.

    `meets` makes anew, for each run, what befalls calls before any mishap. Messages of workers come
    `late_s` seconds late. `doubts`: how many chunks are in doubt without a mishap. `lane`: the plan's; it is
    `banded` or not.
    """

    name: str
    where: Callable[[Made], bool]
    meets: Callable[[], Callable[[Made], Fault | None]] = lambda: lambda _: None
    late_s: float = 0.0
    doubts: int = 0
    lane: str = "bulk"
    banded: bool = False


def lost(lane: str = "bulk") -> Callable[[Made], Fault | None]:
    """The first messages of chunks are lost, and a worker dies before the provider's first call."""
    of = lane.title()
    to_come = [(f"Expand{of}", "SendMessageBatch"), (f"Deliver{of}", "SendBulkEmail")]

    def meets(call: Made) -> Fault | None:
        if (call.function, call.operation) not in to_come:
            return None
        to_come.remove((call.function, call.operation))
        return crash()

    return meets


PLAN = Scene("a plan", lambda call: call.function != "Sweep")
LATE = Scene("late messages", lambda call: call.operation == "BatchGetItem", late_s=60)
SWEEP = Scene("the sweep after losses", lambda call: call.function == "Sweep", lost, doubts=1)


def again(after_s: float) -> Change:
    """The message comes once more, much later."""
    return lambda message, queue: queue.messages.append(
        replace(message, visible_at=message.visible_at + after_s)
    )


def delayed(by_s: float) -> Change:
    """The message comes much later."""

    def delay(message: Message, queue: Queue) -> None:
        message.visible_at += by_s

    return delay


MESSAGES: Mapping[str, Change] = {
    "again after 20 minutes": again(harness.LATER_S),
    "20 minutes late": delayed(harness.LATER_S),
    "again after 200 seconds": again(200),
    "200 seconds late": delayed(200),
}
"""Past lease and visibility, and past the grace as well."""
