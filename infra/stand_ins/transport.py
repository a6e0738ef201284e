"""requests' transport, replaced in this process: stand-ins answer for their hosts; no other is reached.

Only this machine itself is, by whoever is not under the guard: a test that asks the local server.

    class Fake(StandIn):
        hosts = ("api.fake.example", "*.fake.example")

        def __init__(self, clock):
            super().__init__(clock)
            self.notes = []                          # its state: as new after platform.reset()

        def answer(self, request):                   # Werkzeug's Request and Response
            if request.path != "/notes":
                return Response(status=404)
            self.notes.append(request.get_json())    # .form .files .args .headers .authorization .get_data()
            return json_response({"id": 1}, 201)

In a test (`platform.web` holds the stand-ins of one platform):

    fake = platform.web.of(Fake)
    fake.faults.add(no_answer(), times=2, when=lambda request: request.path == "/notes")
    fake.faults.add(crash(done=True))                # the function dies after the provider did it
"""

import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from threading import RLock
from typing import Any, ClassVar, TypeVar
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from werkzeug.wrappers import Request, Response

from chalicelib.core.guard import current
from infra.aws.faults import FunctionCrashed
from infra.aws.outbox import Outbox
from infra.planned import Planned
from infra.stand_ins.shown import Shown, Shows

Clock = Callable[[], Any]
S = TypeVar("S", bound="StandIn")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request: an answer in place of the provider's own, or an error.

    `done`: after the provider did what was asked; else it never hears of it.
    """

    answer: Callable[[], Response] | None = None
    raises: Callable[[], BaseException] | None = None
    done: bool = False


def unreachable() -> Fault:
    """No connection comes about; nothing was sent."""
    return Fault(raises=lambda: requests.ConnectTimeout("by the test"))


def no_answer(*, done: bool = False) -> Fault:
    """It is sent and no answer comes; `done`: the provider did what was asked, and the answer was lost."""
    return Fault(raises=lambda: requests.ReadTimeout("by the test"), done=done)


def answers(status: int, *, done: bool = False, headers: Mapping[str, str] = {}, body: str = "") -> Fault:
    """An answer of a server in trouble (500, 503) or of one that is asked too often (`too_many`)."""
    return Fault(answer=lambda: Response(body, status=status, headers=dict(headers)), done=done)


def too_many(*, retry_after_s: int = 60) -> Fault:
    """429, with the time after which to come again."""
    return answers(429, headers={"Retry-After": str(retry_after_s)})


def crash(*, done: bool = False) -> Fault:
    """The calling function dies at this request; `done`: just after its effect."""
    return Fault(raises=lambda: FunctionCrashed("crashed by the test"), done=done)


class Faults(Planned[Request, Fault]):
    """The faults of one stand-in that are still to come."""


class StandIn:
    """One provider.

    `hosts` may hold wildcards; `clock` is the platform's; `requests` is all that came, in order. What people
    would see of it goes into the platform's `outbox`.
    """

    hosts: ClassVar[tuple[str, ...]] = ()
    outbox: Outbox | None = None

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults = Faults()
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Response:
        """The provider's answer."""
        raise NotImplementedError


def json_response(document: Any, status: int = 200, headers: Mapping[str, str] = {}) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(document), status, dict(headers), content_type="application/json")


class StandIns:
    """The stand-ins of one platform: those of this package, and what tests `add`."""

    def __init__(self, clock: Clock, outbox: Outbox | None = None) -> None:
        self._clock = clock
        self._outbox = outbox
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        """All of them as new, and those of tests gone."""
        self._all: list[StandIn] = []
        for one in kinds():
            self.add(one(self._clock))

    def add(self, stand_in: S) -> S:
        """One of a test, before all others."""
        stand_in.outbox = self._outbox
        self._all.insert(0, stand_in)
        return stand_in

    def of(self, kind: type[S]) -> S:
        """The one of a class."""
        return next(one for one in self._all if isinstance(one, kind))

    def shown(self) -> list[Shown]:
        """What people read on all of them, oldest first."""
        return sorted(
            (post for one in self._all if isinstance(one, Shows) for post in one.shown()),
            key=lambda post: post.at,
        )

    def install(self) -> None:
        """From now on these answer whatever requests sends in this process."""
        _installed.append(self)
        HTTPAdapter.send = _send  # type: ignore[method-assign, assignment]

    def uninstall(self) -> None:
        """Those before these answer again; without any, requests connects."""
        _installed.remove(self)
        if not _installed:
            HTTPAdapter.send = _connected  # type: ignore[method-assign]

    def answer(self, prepared: requests.PreparedRequest) -> Response:
        """The answer of the host's stand-in. Raises what requests raises, or what a planned fault does."""
        host = (urlsplit(prepared.url or "").hostname or "").lower()
        found = next((one for one in self._all if any(fnmatch(host, name) for name in one.hosts)), None)
        if found is None:
            raise requests.ConnectionError("nothing outside is reached from here")
        request = _as_received(prepared)
        with self._lock:
            found.requests.append(request)
            fault = found.faults.take(request)
            if fault is None:
                return found.answer(request)
            if fault.done:
                found.answer(request)
            if fault.raises is not None:
                raise fault.raises()
            assert fault.answer is not None
            return fault.answer()


@lru_cache(maxsize=1)
def kinds() -> list[type[StandIn]]:
    """Every stand-in of this package."""
    package = import_module("infra.stand_ins")
    modules = [
        import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)
    ]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, StandIn)
        and kind.hosts
        and kind.__module__ == module.__name__
    ]


_installed: list[StandIns] = []
_connected = HTTPAdapter.send


def _send(adapter: HTTPAdapter, request: requests.PreparedRequest, **named: Any) -> requests.Response:
    if current() is None and urlsplit(request.url or "").hostname in {"localhost", "127.0.0.1"}:
        return _connected(adapter, request, **named)
    answer = _installed[-1].answer(request)
    bare = answer.status_code in {204, 304}  # RFC 9110, 6.4.1; Werkzeug drops it at the wire
    raw = HTTPResponse(
        body=BytesIO(b"" if bare else answer.get_data()),
        headers=HTTPHeaderDict(list(answer.headers)),
        status=answer.status_code,
        preload_content=False,
        request_method=request.method,
    )
    return adapter.build_response(request, raw)


def _as_received(prepared: requests.PreparedRequest) -> Request:
    """The request as a server has it, body read."""
    parts = urlsplit(prepared.url or "")
    body = _body(prepared.body)
    environ = {
        "REQUEST_METHOD": prepared.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path or "/", "latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or {"http": 80}.get(parts.scheme, 443)),
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": str(prepared.headers.get("Content-Type") or ""),
    }
    for name, value in prepared.headers.items():
        if name.lower() not in {"content-length", "content-type", "host"}:
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = str(value)
    request = Request(environ)
    request.get_data(cache=True, parse_form_data=False)
    return request


def _body(body: Any) -> bytes:
    if not body:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body)
