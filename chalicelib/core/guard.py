"""The guard: under it this thread connects to public addresses only, whichever library does it.

It looks at each connection at the moment it is made, at the very address that the socket is given. So it is
all one how that was come by: a name, a redirect, an odd spelling of an address, or a name server that answers
differently the second time. Python tells of each connection by an audit hook (PEP 578), which one place here
listens to; nothing turns it off. Other people's data is held so, not other people's code.

Threads that are started under the guard are under it, too.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import cache, partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Thread
from typing import Any, NoReturn

from chalicelib.core.web_errors import Forbidden, Unreachable

NOT_PUBLIC = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a carrier's NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and with it AWS's metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # IETF's protocols, with it Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
"""IANA's special-purpose address registries for IPv4 and IPv6, where not globally reachable or deprecated."""

GLOBAL_UNICAST = ip_network("2000::/3")
"""All of IPv6 that is given out: outside are loopback, IPv4-mapped, NAT64, unique local, link-local."""

_ADDRESSED = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_WAYS_OUT = {
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "subprocess.Popen",
}


@dataclass
class Guarded:
    """One stretch under the guard. `ends` is when, by `time.monotonic`, no more connections are made.

    `sent`: whether any of a request has left, where `web_transport` carries it.
    """

    ends: float = float("inf")
    sent: bool = False
    refused: list[Forbidden] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.ends - time.monotonic()


_guarded: ContextVar[Guarded | None] = ContextVar("guarded", default=None)


@contextmanager
def guarded(*, limit_s: float = float("inf")) -> Iterator[Guarded]:
    """A stretch in which this thread connects to public addresses only; after `limit_s` seconds, to none.

    No process may be started in it. Raises Forbidden where something else was tried, also at
    the end where a library kept that to itself; Unreachable where the time is over.
    """
    _listen()
    stretch = Guarded(time.monotonic() + limit_s)
    token = _guarded.set(stretch)
    try:
        yield stretch
    finally:
        _guarded.reset(token)
    if stretch.refused:
        raise stretch.refused[0]


def current() -> Guarded | None:
    """The stretch that this thread is in."""
    return _guarded.get()


def is_public(text: str) -> bool:
    """Whether an address, as sockets are given it, is one of the public internet. Names are not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if address.version == 6 and (getattr(address, "scope_id", None) or address not in GLOBAL_UNICAST):
        return False
    return not any(address in network for network in NOT_PUBLIC)


@cache
def _listen() -> None:
    """Once a process, and only where the guard is used: Python keeps a hook for good."""
    sys.addaudithook(_hear)
    start = Thread.start

    def start_guarded(thread: Thread) -> None:
        if _guarded.get() is not None:
            thread.run = partial(copy_context().run, thread.run)  # type: ignore[method-assign]
        start(thread)

    Thread.start = start_guarded  # type: ignore[method-assign, assignment]


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _ADDRESSED and event not in _WAYS_OUT:
        return
    stretch = _guarded.get()
    if stretch is None:
        return
    if event in _WAYS_OUT:
        _refuse(stretch, "starts what would be outside the guard")
    if (address := arguments[1]) is None:
        return  # a message on a connection that stands
    host = address[0] if isinstance(address, tuple) else None
    if not isinstance(host, str) or not is_public(host):
        _refuse(stretch, "leads to an address that is not public")
    if stretch.left <= 0:
        raise Unreachable("no connection in time")


def _refuse(stretch: Guarded, why: str) -> NoReturn:
    error = Forbidden(why)
    stretch.refused.append(error)
    raise error
