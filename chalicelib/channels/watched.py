"""What a library sends by requests on its own: seen, and held to what `core.web` holds our own calls to.

Under `watched`, and under the guard, each request goes over HTTPS, verified, once, in the time that is left,
and follows no redirect; what became of it is noted. After one that may have been taken though no sound answer
came, and after a 429, nothing more is sent: a library that tries again by itself would say a thing twice.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from chalicelib.core.guard import Guarded, current
from chalicelib.core.web import CONNECT_TIMEOUT_S, WebError


@dataclass(frozen=True)
class Call:
    """One request: its status, or the name of the error in place of one.

    `doubtful`: it may have been taken, or not.
    """

    status: int = 0
    error: str = ""
    doubtful: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def taken(self) -> bool:
        """Whether the server did what it was asked."""
        return 200 <= self.status < 300


_noted: ContextVar[list[Call] | None] = ContextVar("noted", default=None)


@contextmanager
def watched(calls: list[Call]) -> Iterator[None]:
    """A stretch, under the guard, of which each request of this thread is noted in `calls`."""
    _listen()
    token = _noted.set(calls)
    try:
        yield
    finally:
        _noted.reset(token)


@cache
def _listen() -> None:
    """Once a process: whatever requests sends passes by here, and is left alone where nobody watches."""
    from requests import Session

    send = Session.send

    def heard(session: Session, request: Any, **named: Any) -> Any:
        calls, stretch = _noted.get(), current()
        if calls is None or stretch is None:
            return send(session, request, **named)
        return _sent(partial(send, session), session, request, named, calls, stretch)

    Session.send = heard  # type: ignore[method-assign, assignment]


def _sent(
    send: Any, session: Any, request: Any, named: dict[str, Any], calls: list[Call], stretch: Guarded
) -> Any:
    """Sends, and notes what became of it. Raises what requests does, or the guard."""
    from requests import ConnectionError as NotConnected
    from requests import RequestException

    from chalicelib.core.web_transport import Adapter

    if calls and (calls[-1].doubtful or calls[-1].status == 429):
        raise NotConnected("nothing more is sent")
    if not request.url.startswith("https://"):
        calls.append(Call(error="Forbidden"))
        raise NotConnected("only https")
    session.mount("https://", Adapter())
    stretch.sent = False
    held = {
        "timeout": (CONNECT_TIMEOUT_S, max(0.1, stretch.left)),
        "verify": True,
        "cert": None,
        "proxies": {},
        "allow_redirects": False,
    }
    try:
        answer = send(request, **{**named, **held})
    except (RequestException, WebError) as error:
        calls.append(Call(error=type(error).__name__, doubtful=_left_us(error, stretch)))
        raise
    calls.append(Call(answer.status_code, doubtful=answer.status_code >= 500, headers=answer.headers))
    return answer


def _left_us(error: Exception, stretch: Guarded) -> bool:
    """Whether a request that failed may have reached the server."""
    from requests import ReadTimeout
    from requests.exceptions import ChunkedEncodingError, ContentDecodingError

    return stretch.sent or isinstance(error, ReadTimeout | ChunkedEncodingError | ContentDecodingError)
