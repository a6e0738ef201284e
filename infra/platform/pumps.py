"""What Lambda's pollers and EventBridge do: queues to functions in batches, schedules on time."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.aws.faults import FunctionCrashed
from infra.aws.sqs_queue import Message
from infra.aws.world import World

LONGEST_WAIT_S = 1.0
LONGEST_END_S = 10.0
log = logging.getLogger("crier.local")

Invoke = Callable[[str, Callable[[Any, Any], Any], Any], Any]


@dataclass(frozen=True)
class QueueSource:
    """A queue and the function that it feeds: names as in the stack, the handler, its largest batch."""

    queue: str
    function: str
    handler: Callable[[Any, Any], Any]
    batch_size: int


@dataclass(frozen=True)
class Schedule:
    """A schedule's own name, its function and handler."""

    name: str
    function: str
    handler: Callable[[Any, Any], Any]


def sources_of(app: Any, *, stack: str) -> tuple[list[QueueSource], list[Schedule]]:
    """The queues and schedules that a Chalice application declares."""
    queues, schedules = [], []
    for one in app.event_sources:
        function, handler = function_name(one.name), app.handler_map[one.name]
        if hasattr(one, "batch_size") and hasattr(one, "queue"):
            name = one.queue or one.queue_arn.rsplit(":", 1)[-1]
            full = name if name.startswith(f"{stack}-") else f"{stack}-{name}"
            queues.append(QueueSource(full, function, handler, one.batch_size))
        elif hasattr(one, "schedule_expression"):
            schedules.append(Schedule(one.name, function, handler))
        else:
            raise NotImplementedError(f"the local platform does not know the event source of {one.name}")
    return queues, schedules


def function_name(handler: str) -> str:
    """The logical id of a handler's function, as Chalice makes it: `expand_bulk` → `ExpandBulk`."""
    return "".join(part.capitalize() for part in handler.replace("-", "_").split("_"))


class Pumps:
    """Feeds functions from their queues, step by step or in threads."""

    def __init__(
        self, world: World, queues: list[QueueSource], schedules: list[Schedule], invoke: Invoke
    ) -> None:
        self._world = world
        self.queues = queues
        self.schedules = schedules
        self._invoke = invoke
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._bells = {one.queue: threading.Event() for one in queues}
        self._busy: set[str] = set()

    def step(self, source: QueueSource) -> int:
        """Hands one batch to its function; how many messages it held."""
        world = self._world
        with world.lock:
            queue = world.sqs.queue(source.queue)
            messages = world.sqs.receive(queue, source.batch_size)
            if messages:
                self._busy.add(source.queue)
        if not messages:
            return 0
        try:
            # The queue may count receipts on; the function sees its batch as it was received.
            event = {"Records": [one.record(queue.arn) for one in messages]}
            failed = self._failed(source, event, messages)
            with world.lock:
                for one, record in zip(messages, event["Records"], strict=True):
                    if one.message_id not in failed:
                        world.sqs.delete(queue, record["receiptHandle"])
        finally:
            self._busy.discard(source.queue)
        return len(messages)

    def _failed(self, source: QueueSource, event: Any, messages: list[Message]) -> set[str]:
        """The ids of messages that must come again: all, if the function fails or names a foreign one."""
        everyone = {one.message_id for one in messages}
        try:
            answer = self._invoke(source.function, source.handler, event)
        except FunctionCrashed:
            return everyone
        except Exception as error:  # noqa: BLE001 - Lambda, too, only counts that the function failed
            log.error("%s failed: %s", source.function, type(error).__name__)  # noqa: TRY400 - texts may hold addresses
            return everyone
        named = {one["itemIdentifier"] for one in (answer or {}).get("batchItemFailures", ())}
        return min(named, everyone)

    def drain_once(self) -> int:
        """One batch from each queue, in the order of app.py; how many messages that were."""
        return sum(self.step(source) for source in self.queues)

    def settle(self, timeout: float, *, skip_s: float) -> None:
        """Until every queue is empty and nothing is in flight: see `Platform.settle`."""
        clock = self._world.clock
        end, latest = time.monotonic() + timeout, clock.time() + skip_s
        while not self.idle:
            if time.monotonic() > end:
                raise TimeoutError(f"not settled after {timeout} s: {self._left()}")
            if self._threads:
                time.sleep(0.02)
            elif not self.drain_once():
                self._skip(latest)

    def _skip(self, latest: float) -> None:
        moments = [moment for _, moment in self.waiting()]
        if not moments:
            return
        if min(moments) > latest:
            raise TimeoutError(f"not settled within the seconds that may be skipped: {self._left()}")
        clock = self._world.clock
        clock.advance(max(0.001, min(moments) - clock.time()))

    def _left(self) -> str:
        now = self._world.clock.time()
        return ", ".join(f"{name} ({moment - now:.0f} s)" for name, moment in self.waiting())

    def fire(self, name: str) -> None:
        """Runs a schedule's function now. Raises LookupError for an unknown schedule."""
        found = [one for one in self.schedules if one.name == name]
        if not found:
            raise LookupError(f"no schedule is called {name}")
        moment = self._world.clock().isoformat(timespec="seconds").replace("+00:00", "Z")
        event = {
            "version": "0",
            "id": f"{name}-{moment}",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": moment,
            "region": self._world.region,
            "resources": [f"arn:aws:events:{self._world.region}:123456789012:rule/{name}"],
            "detail": {},
        }
        self._invoke(found[0].function, found[0].handler, event)

    def waiting(self) -> Iterator[tuple[str, float]]:
        """Queues that hold messages, and when the next of them can be received, in epoch seconds."""
        with self._world.lock:
            for source in self.queues:
                moment = self._world.sqs.queue(source.queue).next_at()
                if moment is not None:
                    yield source.queue, moment

    @property
    def idle(self) -> bool:
        """Whether no message waits and no function runs."""
        with self._world.lock:
            return not self._busy and not list(self.waiting())

    def start(self, *, schedule_period_s: float) -> None:
        """Runs every queue and schedule in a thread of its own."""
        self._world.sqs.on_put = self._ring
        for source in self.queues:
            self._thread(source.function, lambda source=source: self._pump(source))  # type: ignore[misc]
        for schedule in self.schedules:
            self._thread(
                schedule.name,
                lambda name=schedule.name: self._repeat(name, schedule_period_s),  # type: ignore[misc]
            )

    def stop(self) -> None:
        """Ends all threads; what is being handled is handled to its end, if that is soon."""
        self._stopping.set()
        for bell in self._bells.values():
            bell.set()
        end = time.monotonic() + LONGEST_END_S
        for thread in self._threads:
            thread.join(timeout=max(0.0, end - time.monotonic()))

    def _thread(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _ring(self, queue: str) -> None:
        bell = self._bells.get(queue)
        if bell is not None:
            bell.set()

    def _pump(self, source: QueueSource) -> None:
        bell = self._bells[source.queue]
        while not self._stopping.is_set():
            bell.clear()
            if self.step(source):
                continue
            with self._world.lock:
                moment = self._world.sqs.queue(source.queue).next_at()
            wait = LONGEST_WAIT_S if moment is None else moment - self._world.clock.time()
            bell.wait(min(max(wait, 0.005), LONGEST_WAIT_S))

    def _repeat(self, name: str, period_s: float) -> None:
        while not self._stopping.wait(period_s):
            try:
                self.fire(name)
            except Exception as error:  # noqa: BLE001 - the next time repeats it
                log.error("%s failed: %s", name, type(error).__name__)  # noqa: TRY400 - texts may hold addresses
