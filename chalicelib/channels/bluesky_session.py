"""Calls to a server of the AT protocol under a session, which is begun with an app password and renewed.

https://atproto.com/specs/xrpc#authentication. Servers allow 30 new sessions in five minutes and 300 a day, so
a process keeps its own. A call whose token ran out was not done, so it is made once more under another.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from chalicelib.channels.platforms.base import Denied, Gone, Refused
from chalicelib.channels.web_call import WebCalls
from chalicelib.core.web import Answer
from chalicelib.core.wiring import Wiring

SERVER = "https://bsky.social"


class Stale(Denied):
    """The session's token ran out; another session may be had."""


class Taken(Refused):
    """Another record stands where none was to stand."""


MEANINGS = {
    "AccountDeactivated": Denied,
    "AccountTakedown": Denied,
    "ExpiredToken": Stale,
    "InvalidSwap": Taken,
    "InvalidToken": Stale,
    "NotFound": Gone,
    "RecordNotFound": Gone,
}


@dataclass(frozen=True)
class Session:
    """Who calls, and the two tokens of the protocol."""

    did: str
    handle: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)


_kept: WeakKeyDictionary[Wiring, dict[tuple[str, ...], Session]] = WeakKeyDictionary()


class Signed:
    """The calls of one account: `values` are its handle, app password and, where it is another, server."""

    def __init__(self, values: Mapping[str, str], *, wiring: Wiring) -> None:
        self._calls = WebCalls(wiring.web, wiring.clock, code=_code, meanings=MEANINGS)
        self._kept = _kept.setdefault(wiring, {})
        address = (values.get("server") or SERVER).strip().rstrip("/")
        self._server = address if "://" in address else f"https://{address}"
        self._handle = values["handle"].strip().lstrip("@")
        self._password = values["app_password"].strip()
        self._key = (self._server, self._handle, hashlib.sha256(self._password.encode()).hexdigest())

    @property
    def session(self) -> Session:
        """The session of this process, begun when it is first needed. Raises Denied."""
        if self._key not in self._kept:
            self._kept[self._key] = self._begun()
        return self._kept[self._key]

    def __call__(self, method: str, name: str, *, headers: Mapping[str, str] = {}, **request: Any) -> Any:
        """What the method of a lexicon (`com.atproto.repo.getRecord`) answers."""
        try:
            return self._signed(method, name, headers, request)
        except Stale:
            self._renew()
            return self._signed(method, name, headers, request)

    def _signed(self, method: str, name: str, headers: Mapping[str, str], request: Mapping[str, Any]) -> Any:
        headers = {**headers, "Authorization": f"Bearer {self.session.access}"}
        return self._calls(method, f"{self._server}/xrpc/{name}", headers=headers, **request).json()

    def _renew(self) -> None:
        """Another session: from the token made for it, or where that ran out, too, from the app password."""
        headers = {"Authorization": f"Bearer {self._kept.pop(self._key).refresh}"}
        try:
            self._kept[self._key] = self._told("com.atproto.server.refreshSession", headers=headers)
        except Denied:
            self._kept[self._key] = self._begun()

    def _begun(self) -> Session:
        named = {"identifier": self._handle, "password": self._password}
        return self._told("com.atproto.server.createSession", json=named)

    def _told(self, name: str, **request: Any) -> Session:
        told = self._calls("POST", f"{self._server}/xrpc/{name}", harmless=True, **request).json()
        return Session(told["did"], told["handle"], told["accessJwt"], told["refreshJwt"])


def _code(answer: Answer) -> str:
    return str(answer.json()["error"])
