"""One run of the whole path in a process of its own: expand, claim, render, send, record.

    python -m tests.bench.whole engine   '{"port": …, "people": 10000, "rate": 500}'
    python -m tests.bench.whole record   '{… "tape": "PATH"}'     the same, its requests written down
    python -m tests.bench.whole prebuilt '{… "tape": "PATH"}'     those requests as bytes, and nothing else

AWS is the stand-in at `port`. Lambda is played here: messages reach the queues' own handlers in batches when
they are due, on a clock that jumps from one to the next, so that pacing costs no time and caches age as ever.
CPU is that of the handlers alone (`getrusage` around each); taking messages is Lambda's, and stands outside.
"""

import gc
import heapq
import http.client
import json
import pickle
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BATCHES = {"expand-bulk": 1, "deliver-bulk": 2, "expand-urgent": 1, "deliver-urgent": 1}
WARM_UP = 400
RESOLVED: dict[str, dict[str, Any]] = {
    "TransactWriteItems": {"TransactItems": []},
    "BatchGetItem": {"RequestItems": {}},
    "GetItem": {"TableName": "crier-plans"},
    "PutItem": {"TableName": "crier-plans"},
    "UpdateItem": {"TableName": "crier-plans"},
    "Query": {"TableName": "crier-plans"},
}
"""What botocore reads of a request before it is sent, to find the endpoint."""
Asked = dict[str, Any]
Handler = Callable[[Any, Any], Any]


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """The most memory that this process has held; `getrusage` would tell its parent's, if that was more."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class StandIn:
    """The bench's side of the stand-in."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, what: str, **asked: Any) -> Any:
        self._connection.request("POST", f"/_bench/{what}", json.dumps(asked))
        return json.loads(self._connection.getresponse().read())


class Context:
    """The part of Lambda's context that handlers use."""

    function_name = aws_request_id = "bench"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Lambda:
    """Hands each message to its function when it is due; the clock jumps ahead to it."""

    def __init__(self, standin: StandIn, handlers: Mapping[str, Handler]) -> None:
        self._standin = standin
        self._handlers = handlers
        self._waiting: list[tuple[float, int, str, str]] = []
        self._count = 0
        self.seconds = 0.0
        self.spent: Counter[str] = Counter()
        self.invoked: Counter[str] = Counter()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def take(self) -> None:
        """Takes what was sent, each message to be visible after its delay."""
        for queue, body, delay in self._standin.ask("take"):
            self._count += 1
            heapq.heappush(self._waiting, (self.seconds + delay, self._count, queue, body))

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Until no message is left, or something else is reached."""
        self.take()
        while self._waiting and not until():
            batch = self._batch()
            event = {"Records": [record_of(queue, body, n) for _, n, queue, body in batch]}
            queue = batch[0][2]
            handler = self._handlers[queue]
            before = cpu()
            answer = handler(event, Context())
            self.spent[queue] += cpu() - before  # type: ignore[assignment]  # seconds
            self.invoked[queue] += 1
            assert answer == {"batchItemFailures": []}, f"{queue} failed"
            self.take()

    def waits(self, queue: str) -> bool:
        """Whether a queue has a message left."""
        return any(waiting[2] == queue for waiting in self._waiting)

    def _batch(self) -> list[tuple[float, int, str, str]]:
        first = heapq.heappop(self._waiting)
        self.seconds = max(self.seconds, first[0])
        batch = [first]
        while len(batch) < BATCHES[first[2]] and self._waiting:
            following = self._waiting[0]
            if following[0] > self.seconds or following[2] != first[2]:
                break
            batch.append(heapq.heappop(self._waiting))
        return batch


def record_of(queue: str, body: str, number: int) -> dict[str, Any]:
    """A queue's message as Lambda hands it over."""
    return {
        "messageId": f"00000000-0000-0000-0000-{number:012d}",
        "receiptHandle": "x" * 180,
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:crier-{queue}",
        "awsRegion": "us-east-1",
    }


def engine(asked: Asked) -> dict[str, Any]:
    """Sends one plan to everybody, and tells what it took."""
    standin = StandIn(asked["port"])
    found = world(standin, asked)
    _plan(standin, found, asked | {"people": WARM_UP})
    _fresh(found)
    gc.collect()
    return _plan(standin, found, asked)


def sent_to_all(standin: StandIn, lambda_: Lambda, asked: Asked) -> str:
    """Fills the tables and sends a plan to everybody on the topic, up to the last record; its id."""
    from chalicelib.core.ids import time_ordered_id
    from chalicelib.core.wiring import wiring
    from chalicelib.delivery.launch import launch
    from tests.bench.people import LANGUAGES, spec

    people = asked["people"]
    standin.ask("fill", people=people, languages=LANGUAGES, rate=asked["rate"])
    plan = launch(
        spec(wiring().settings), plan_id=time_ordered_id(lambda_.now()), now=lambda_.now(), wiring=wiring()
    )
    lambda_.run(until=lambda: not lambda_.waits("deliver-bulk") and standin.ask("counts")["sent"] == people)
    return plan


def _plan(standin: StandIn, lambda_: Lambda, asked: Asked) -> dict[str, Any]:
    """One plan to everybody, closed; what it took, its closing apart."""
    from chalicelib.core.wiring import wiring
    from chalicelib.delivery.progress import progress

    people = asked["people"]
    plan = sent_to_all(standin, lambda_, asked)
    recorded = Counter(standin.ask("counts")["requests"])
    lambda_.run()
    counted = standin.ask("counts")
    reached = progress(plan, wiring=wiring())
    assert (reached.status, reached.sent, reached.waiting) == ("sent", people, 0), reached
    assert (counted["sent"], counted["people"], counted["most"]) == (people, people, 1), "once each"
    spent = dict(lambda_.spent)
    return {
        "people": people,
        "rate": asked["rate"],
        "cpu_us": sum(spent.values()) / people * 1e6,
        "cpu_us_by_queue": {queue: seconds / people * 1e6 for queue, seconds in spent.items()},
        "invoked": dict(lambda_.invoked),
        "simulated_s": lambda_.seconds,
        "peak_mib": peak_mib(),
        **counted,
        "requests": recorded,
        "closing": Counter(counted["requests"]) - recorded,
    }


def world(standin: StandIn, asked: Asked) -> Lambda:
    """This process's wiring: the stand-in for AWS, a key of its own, the clock of the bench."""
    import chalicelib.channels.email  # noqa: F401 - loaded when first used, and keeps the rate for a minute
    from chalicelib.core.tokens import KeyRing
    from chalicelib.core.wiring import wiring
    from chalicelib.delivery import functions

    lambda_ = Lambda(standin, {"expand-bulk": functions.expand_bulk, "deliver-bulk": functions.deliver_bulk})
    wiring().clock = lambda_.now
    wiring().__dict__ |= {"ring": KeyRing(current=1, keys={1: b"k" * 32}), "address_key": b"k" * 32}
    age_caches_with(lambda_)
    return lambda_


def age_caches_with(lambda_: Lambda) -> None:
    """Modules that keep an answer for some seconds see the bench's seconds."""
    for name, module in sys.modules.copy().items():
        if name.startswith("chalicelib.") and getattr(module, "time", None) is time:
            module.time = SimpleNamespace(  # type: ignore[attr-defined]  # a module's own global
                monotonic=lambda: lambda_.seconds, sleep=time.sleep, time=lambda: lambda_.now().timestamp()
            )


def _fresh(lambda_: Lambda) -> None:
    lambda_.spent.clear()
    lambda_.invoked.clear()


def record(asked: Asked) -> dict[str, Any]:
    """The same, with its requests written down."""
    from botocore.handlers import BUILTIN_HANDLERS

    tape: list[tuple[str, str, bytes, str]] = []

    def note(event_name: str, request: Any, **_: Any) -> None:
        _event, service, operation = event_name.split(".")
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        tape.append((service, operation, data, request.url))

    BUILTIN_HANDLERS.append(("before-send", note))
    standin = StandIn(asked["port"])
    found = world(standin, asked)
    _plan(standin, found, asked | {"people": WARM_UP})
    tape.clear()
    _plan(standin, found, asked)
    Path(asked["tape"]).write_bytes(pickle.dumps(tape))
    return {}


class Prebuilt:
    """Requests as bytes through botocore's clients: signed and sent as ever, neither built nor read."""

    def __init__(self) -> None:
        from chalicelib.core.settings import settings
        from chalicelib.core.wiring import Wiring

        self._body = b""
        wiring = Wiring(settings=settings())
        self.clients = {"dynamodb": wiring.dynamodb, "sqs": wiring.queues._client, "sesv2": wiring.sesv2}
        for client in self.clients.values():
            client.meta.events.register("before-call", self._put_body)
            client.meta.events.register("before-parse", self._drop_body)
            client._serializer = client._serializer._serializer if _validates(client) else client._serializer

    def _put_body(self, params: dict[str, Any], **_: Any) -> None:
        params["body"] = self._body

    def _drop_body(self, response_dict: dict[str, Any], **_: Any) -> None:
        response_dict["body"] = b"{}"

    def send(self, service: str, operation: str, body: bytes, url: str) -> None:
        """One request."""
        self._body = body
        more: Any = {"QueueUrl": url} if service == "sqs" else RESOLVED.get(operation, {})
        self.clients[service]._make_api_call(operation, more)


def _validates(client: Any) -> bool:
    return hasattr(client._serializer, "_param_validator")


def prebuilt(asked: Asked) -> dict[str, Any]:
    """Sends a tape's requests, and tells what it took."""
    from tests.bench.people import LANGUAGES

    tape = pickle.loads(Path(asked["tape"]).read_bytes())
    sender, standin = Prebuilt(), StandIn(asked["port"])
    standin.ask("fill", people=asked["people"], languages=LANGUAGES, rate=asked["rate"])
    bodies = [
        (service, operation, body, _queue_of(body) if service == "sqs" else url)
        for service, operation, body, url in tape
    ]
    del tape
    for one in bodies[:200]:
        sender.send(*one)
    standin.ask("fill", people=asked["people"], languages=LANGUAGES, rate=asked["rate"])
    gc.collect()
    before = cpu()
    for one in bodies:
        sender.send(*one)
    spent = cpu() - before
    return {"cpu_us": spent / asked["people"] * 1e6, **standin.ask("counts")}


def _queue_of(body: bytes) -> str:
    return str(json.loads(body)["QueueUrl"])


def tell(*measures: Callable[[Asked], dict[str, Any]]) -> None:
    """Takes the measure that the command names, and prints what it found, as JSON."""
    named, asked = sys.argv[1], json.loads(sys.argv[2])
    print(json.dumps({measure.__name__: measure for measure in measures}[named](asked)))


if __name__ == "__main__":
    tell(engine, record, prebuilt)
