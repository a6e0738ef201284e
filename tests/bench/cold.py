"""One cold start, in a process of its own: a function's module, its clients, its first event; CPU as JSON.

Run as a script by `tests.bench`, with a case that was recorded on the local platform: what the function was
handed, and what AWS answered. The answers are replayed here by a hook, so that nothing but the function's own
work is measured.
"""

import importlib
import io
import json
import os
import resource
import sys
from collections import defaultdict, deque
from datetime import datetime
from pathlib import Path
from typing import Any

HEAVY = (
    "babel",
    "boto3",
    "cryptography",
    "css_inline",
    "email_validator",
    "feedparser",
    "jinja2",
    "lxml",
    "markdown_it",
    "nh3",
    "numpy",
    "phonenumbers",
    "pydantic",
    "pynamodb",
    "requests",
    "shapely",
    "signxml",
)
CLICKS = 2000
SENDS = 300

Case = dict[str, Any]


class Context:
    """The part of Lambda's context that handlers use."""

    function_name = "bench"
    aws_request_id = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """The most that there is: what is done in turns comes to its end."""
        return 900_000


class Body(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_: Any) -> Any:
        """All of it."""
        yield self.read()


class Replay:
    """Botocore's `before-send` hook: each operation gets its recorded answers, the last one for ever."""

    def __init__(self, tape: list[list[Any]]) -> None:
        self.answers: dict[str, deque[list[Any]]] = defaultdict(deque)
        for operation, *answer in tape:
            self.answers[operation].append(answer)

    def __call__(self, event_name: str, request: Any, **_: Any) -> Any:
        """The recorded answer. Raises LookupError for an operation that was not recorded."""
        from botocore.awsrequest import AWSResponse

        known = self.answers[event_name.split(".", 1)[1]]
        if not known:
            raise LookupError(f"no answer to {event_name} was recorded")
        status, headers, body = known.popleft() if len(known) > 1 else known[0]
        return AWSResponse(request.url, status, headers, Body(body.encode("latin-1")))


def cpu() -> float:
    """CPU seconds of this process so far, the interpreter's start among them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cold(case: Case) -> dict[str, Any]:
    """Imports, answers once, and tells how much CPU that took and what was loaded for it."""
    started = cpu()
    module, name = case["handler"].rsplit(".", 1)
    handler = getattr(importlib.import_module(module), name)
    imported = cpu()
    at_import = loaded()
    replay(case["tape"])
    stand_still(case["now"])
    answer = handler(case["event"], Context())
    return {
        "interpreter": started,
        "import": imported - started,
        "first": cpu() - imported,
        "total": cpu(),
        "at_import": at_import,
        "loaded": loaded(),
        "answer": answer if answer is None or "batchItemFailures" in answer else answer["statusCode"],
    }


def clicks(case: Case, *, expected: int = 302) -> dict[str, Any]:
    """CPU seconds per click of a warm process: with a queue client that does nothing, and with botocore's."""
    cold(case)
    from chalicelib.core.queues import Queues
    from chalicelib.core.wiring import wiring
    from chalicelib.engagement.track import app

    def each(number: int) -> float:
        before = cpu()
        for _ in range(number):
            assert app(case["event"], Context())["statusCode"] == expected
        return (cpu() - before) / number

    with_botocore = each(SENDS)
    wiring().__dict__["queues"] = Queues(client=NoQueue(), prefix="")
    return {"stub": each(CLICKS), "botocore": with_botocore}


def opens(case: Case) -> dict[str, Any]:
    """The same for the pixel of the mail in which a click's link stood."""
    event = case["event"]
    token = event["pathParameters"]["token"]
    context = {**event["requestContext"], "resourcePath": "/o/{token}", "path": f"/o/{token}"}
    event |= {"path": f"/o/{token}", "resource": "/o/{token}", "pathParameters": {"token": token}}
    return clicks({**case, "event": {**event, "requestContext": context}}, expected=200)


class NoQueue:
    """A queue client that takes messages and does nothing."""

    def send_message(self, **_: Any) -> dict[str, Any]:
        """Taken."""
        return {"MessageId": "0"}


def stand_still(moment: str) -> None:
    """Has Crier's clock show the moment of the recording: leases and horizons are as they were."""
    from chalicelib.core.wiring import wiring

    wiring().clock = lambda: datetime.fromisoformat(moment)


def loaded() -> list[str]:
    """The heavy libraries that this process has loaded."""
    return [one for one in HEAVY if one in sys.modules]


def replay(tape: list[list[Any]]) -> None:
    """Has botocore's clients answered from the tape."""
    from botocore.handlers import BUILTIN_HANDLERS

    BUILTIN_HANDLERS.append(("before-send", Replay(tape)))


def main() -> None:
    """Prints what was measured."""
    measure, path = sys.argv[1:]
    case = json.loads(Path(path).read_text())
    os.environ.update(case["environment"])
    print(json.dumps({"cold": cold, "clicks": clicks, "opens": opens}[measure](case)))


if __name__ == "__main__":
    main()
