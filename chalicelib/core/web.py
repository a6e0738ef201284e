"""The one way to HTTP outside: every request to a server that is not AWS's goes through here.

It goes to public addresses only (`guard`), to the certificate's true owner, once, and takes no more time and
no more bytes than the caller says. It keeps no connection and no cookie; the environment has no say in it.
"""

import json as json_text
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from chalicelib.core.errors import FieldError
from chalicelib.core.guard import Guarded, guarded, is_public
from chalicelib.core.web_errors import Forbidden, Lost, TooLarge, TooManyRedirects, Unreachable, WebError

if TYPE_CHECKING:
    from requests import PreparedRequest

__all__ = [
    "Answer",
    "Forbidden",
    "Lost",
    "TooLarge",
    "TooManyRedirects",
    "Unreachable",
    "Web",
    "WebError",
    "guarded",
    "public",
]

CONNECT_TIMEOUT_S = 3
PORTS = {80, 443, 8080, 8443}
"""Where the web is spoken: nobody may have us talk to a mail server or a database."""

REDIRECTS = {301, 302, 303, 307, 308}
FOR_ANY_HOST = {
    "accept",
    "accept-encoding",
    "accept-language",
    "content-length",
    "content-type",
    "if-modified-since",
    "if-none-match",
    "user-agent",
}
"""What follows a redirect to another host: nothing that could be a secret of the first."""

PIECE = 16_384


@dataclass(frozen=True)
class Answer:
    """What a server answered. `headers` asks for no particular case; `url` is whose answer it is at last."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body, read as JSON. Raises ValueError where it is none."""
        return json_text.loads(self.body)


def public(url: str, *, pointer: str = "/url", plain: bool = False) -> FieldError | None:
    """What is wrong with an address that staff enter, or None.

    Judged by its form alone: where its name leads is looked at when it is used. `plain`: whether `http://`
    will do.
    """
    try:
        _check(url, plain=plain)
    except Forbidden as error:
        return FieldError(pointer, f"This address {error}.")
    return None


def _check(url: str, *, plain: bool) -> None:
    """Raises Forbidden for an address that leads nowhere public by its very form."""
    schemes = ("https", "http") if plain else ("https",)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Forbidden("is not a sound one") from None
    if any(ord(one) <= 32 or ord(one) == 127 or one == "\\" for one in url):
        raise Forbidden("is not a sound one")
    if parts.scheme.lower() not in schemes or not host:
        raise Forbidden("must begin with " + " or ".join(f"{one}://" for one in schemes))
    if parts.username is not None:
        raise Forbidden("must not hold a name or password")
    if port is not None and port not in PORTS:
        raise Forbidden(f"names a port other than {', '.join(str(one) for one in sorted(PORTS))}")
    if not _may_be_public(host):
        raise Forbidden("does not lead to the public internet")


def _may_be_public(host: str) -> bool:
    """Whether a host may be: a public address as written by the book, or a name under another name."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    if ":" in host or last[:1].isdigit():  # no name ends so: an address, however it is spelt
        return is_public(host)
    return "." in host.rstrip(".") and last not in {"localhost", "local", "internal"}


class Web:
    """HTTP to outside. One for a process; it keeps nothing between two requests.

    `name` is how other people's servers know us.
    """

    def __init__(self, name: str = "Crier") -> None:
        self._name = name

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: bytes | Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        read_timeout_s: float = 10,
        max_bytes: int = 1_000_000,
        redirects: int = 0,
        plain: bool = False,
    ) -> Answer:
        """The answer, whatever its status. Arguments that are not told of here are as requests has them.

        `read_timeout_s`: for all of it, after the time for a connection. `max_bytes`: of the body,
        decompressed. `redirects`: how many are followed, as browsers do (with GET after 303 and after a
        POST's 301 or 302); with none, the answer that sends on is the answer. `plain`: whether `http://` may
        be asked. Raises WebError, by whether anything was sent; never another error of requests.
        """
        import requests

        _check(url, plain=plain)
        own = {"User-Agent": self._name, "Accept": "*/*", "Accept-Encoding": "gzip, deflate", **headers}
        with guarded(limit_s=CONNECT_TIMEOUT_S + read_timeout_s) as call, _told(call):
            asked = requests.Request(
                method, url, headers=own, params=params, json=json, data=data, files=files
            ).prepare()
            for _ in range(redirects + 1):
                answer = _sent(asked, call, max_bytes=max_bytes)
                if not redirects or answer.status not in REDIRECTS or not answer.headers.get("location"):
                    return answer
                asked = _onward(asked, answer, plain=plain)
            raise TooManyRedirects("it sends on too often")


@contextmanager
def _told(call: Guarded) -> Iterator[None]:
    """Tells what went wrong in our own errors, and without the address."""
    from requests import ReadTimeout, RequestException
    from requests.exceptions import ChunkedEncodingError, ContentDecodingError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (RequestException, HTTPError, OSError, UnicodeError) as error:
        after = isinstance(error, ReadTimeout | ChunkedEncodingError | ContentDecodingError)
        told = Lost if call.sent or after else Unreachable
        raise told(type(error).__name__) from None


def _sent(asked: "PreparedRequest", call: Guarded, *, max_bytes: int) -> Answer:
    from chalicelib.core.web_transport import Adapter

    adapter = Adapter()
    try:
        response = adapter.send(asked, stream=True, timeout=(CONNECT_TIMEOUT_S, call.left))
        body = bytearray()
        for piece in response.iter_content(PIECE):
            body += piece
            if len(body) > max_bytes:
                raise TooLarge(f"the answer has more than {max_bytes:,} bytes")
            if call.left <= 0:
                raise Lost("the answer took too long")
        return Answer(response.status_code, response.headers, bytes(body), asked.url or "")
    finally:
        adapter.close()


def _onward(asked: "PreparedRequest", answer: Answer, *, plain: bool) -> "PreparedRequest":
    """The request that an answer sends on. Raises Forbidden."""
    from requests.utils import requote_uri

    # Servers write UTF-8 where HTTP has Latin-1.
    location = answer.headers["location"].encode("latin-1", "replace").decode("utf-8", "replace")
    url = urljoin(answer.url, requote_uri(location))
    _check(url, plain=plain)
    onward = asked.copy()
    onward.prepare_url(url, None)
    if answer.status == 303 or (answer.status in {301, 302} and asked.method == "POST"):
        onward.method = "HEAD" if asked.method == "HEAD" else "GET"
        onward.body = None
        for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
            onward.headers.pop(name, None)
    if _origin(answer.url) != _origin(onward.url or ""):
        for name in set(onward.headers):
            if name.lower() not in FOR_ANY_HOST:
                del onward.headers[name]
    return onward


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
