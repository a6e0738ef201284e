"""How requests connects for `core.web`: verified, once, within one time for all, and telling whether it sent.

Loaded at the first call only: requests is not for functions that stay inside.
"""

import io
import logging
import socket
import ssl
from functools import lru_cache
from http.client import HTTPResponse
from typing import Any

import certifi
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from chalicelib.core.guard import Guarded, current

# Its warnings show addresses, which may hold a token.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class Adapter(HTTPAdapter):
    """The transport of one request, under the guard: no proxy, no retry, no connection kept for another."""

    def __init__(self) -> None:
        super().__init__()
        self.poolmanager.connection_pool_kw["ssl_context"] = _tls()
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, *_: Any) -> None:
        """Whom we trust stands in the context, which is read from the disk once."""


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


class _Reader(io.RawIOBase):
    """A connection's bytes, until the time of the whole call is over, however slowly they drip."""

    def __init__(self, sock: socket.socket, call: Guarded) -> None:
        self._sock, self._call = sock, call
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._call))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _left(call: Guarded) -> float:
    if call.left <= 0:
        raise TimeoutError("the time for the call is over")
    return call.left


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        if call := current():
            self.fp.close()
            self.fp = io.BufferedReader(_Reader(sock, call))


def _note(connection: HTTPConnection) -> None:
    """Notes that a request begins to leave; what failed before sent nothing."""
    call = current()
    if connection.sock is None:
        connection.connect()
    if call:
        connection.sock.settimeout(_left(call))
        call.sent = True


class _Connection(HTTPConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        _note(self)
        super().send(data)


class _TlsConnection(HTTPSConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        _note(self)
        super().send(data)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
