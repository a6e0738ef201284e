"""HTTP to outside: what it refuses, how it ends, what it says went wrong. Against real sockets."""

import gzip
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest
from requests import Request

from chalicelib.core import guard, web_transport
from chalicelib.core.settings import Settings
from chalicelib.core.web import (
    Answer,
    Forbidden,
    Lost,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    Web,
    _onward,
    public,
)
from chalicelib.core.wiring import Wiring

FOUND = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-One: 1\r\n\r\nfound"


@dataclass
class Site:
    """A server on loopback: gives each connection the next of its answers, whole or in drips."""

    answers: list[Any] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://site.example:{self.port}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.heard.append(b"")
            with connection:
                connection.settimeout(2)
                try:
                    self._answer(connection)
                except OSError:
                    continue

    def _answer(self, connection: socket.socket) -> None:
        answer = self.answers.pop(0) if self.answers else FOUND
        while not _whole(self.heard[-1]) and (more := connection.recv(65_536)):
            self.heard[-1] += more
        for piece in [answer] if isinstance(answer, bytes) else answer:
            connection.sendall(piece)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def _whole(request: bytes) -> bool:
    if request[:1] == b"\x16":  # TLS
        return True
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


@pytest.fixture
def site() -> Iterator[Site]:
    with closing(Site()) as one:
        yield one


@pytest.fixture
def open_guard(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """As if loopback were public, and every name led there: to see what a server can do to us."""
    monkeypatch.setattr(guard, "is_public", lambda _: True)
    monkeypatch.setattr("chalicelib.core.web.PORTS", {site.port, 1})
    names_lead_to(monkeypatch, "127.0.0.1")


def names_lead_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Look-ups answer these, one after the other, and the last one ever after; the names asked for."""
    left, asked = list(addresses), []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        place = (address, port, 0, 0) if ":" in address else (address, port)
        return [(family, socket.SOCK_STREAM, 6, "", place)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def get(url: str, **named: Any) -> Any:
    return Web().request("GET", url, plain=True, **named)


# Where it does not go


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{}/",
        "http://localhost:{}/",
        "http://localhost.:{}/",
        "http://2130706433:{}/",
        "http://0x7f000001:{}/",
        "http://0x7f.1:{}/",
        "http://0177.0.0.1:{}/",
        "http://127.1:{}/",
        "http://0:{}/",
        "http://[::1]:{}/",
        "http://[::ffff:127.0.0.1]:{}/",
        "http://[::ffff:7f00:1]:{}/",
        "http://１２７.０.０.１:{}/",
        "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{}/",
        "http://localhost%00.example:{}/",
        "http://user@127.0.0.1:{}/",
        "http://site.example@127.0.0.1:{}/",
        "http://127.0.0.1:{}\\@site.example/",
        "http:127.0.0.1:{}/",
        "ftp://127.0.0.1:{}/",
        "file:///etc/hosts?{}",
        "//127.0.0.1:{}/",
        "gopher://127.0.0.1:{}/_x",
    ],
)
def test_no_spelling_reaches_this_machine(url: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.core.web.PORTS", {site.port, 80, 443})
    with pytest.raises((Forbidden, Unreachable)):
        get(url.format(site.port))
    assert site.heard == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
    ],
)
def test_no_name_leads_inside(address: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.core.web.PORTS", {site.port})
    names_lead_to(monkeypatch, address)
    with pytest.raises(Forbidden):
        get(site.url)
    assert site.heard == []


def test_a_name_that_changes_between_look_ups_leads_nowhere(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.core.web.PORTS", {site.port})
    monkeypatch.setattr(guard, "is_public", lambda address: address != "127.0.0.1")
    asked = names_lead_to(monkeypatch, "127.0.0.9", "127.0.0.1")
    with pytest.raises(Unreachable, match="ConnectionError"):
        get(site.url)
    assert len(asked) == 1  # what is judged is what is connected to: it is not looked up again
    with pytest.raises(Forbidden):
        get(site.url)
    assert site.heard == []


@pytest.mark.usefixtures("open_guard")
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{}/inside",
        "http://inside.example:{}/",
        "//inside.example:{}/",
        "http://[::1]:{}/",
        "file:///etc/hosts#{}",
        "http://2130706433:{}/",
    ],
)
def test_no_redirect_leads_inside(location: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first = f"HTTP/1.1 302 F\r\nLocation: {location.format(site.port)}\r\nContent-Length: 0\r\n\r\n"
    site.answers = [first.encode()]
    seen: list[str] = []

    def once(address: str) -> bool:
        seen.append(address)
        return len(seen) == 1

    monkeypatch.setattr(guard, "is_public", once)
    with pytest.raises(Forbidden):
        get(site.url, redirects=3)
    assert len(site.heard) == 1


def test_plain_http_is_only_for_those_who_say_so(site: Site) -> None:
    with pytest.raises(Forbidden):
        Web().request("GET", site.url)
    assert site.heard == []


@pytest.mark.parametrize("port", [22, 25, 6379, 9200])
def test_no_other_service_is_talked_to(port: int) -> None:
    with pytest.raises(Forbidden):
        get(f"http://site.example:{port}/")


def test_no_variable_of_the_environment_turns_the_guard_off(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.core.web.PORTS", {site.port, 80})
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{site.port}")
        monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{site.port}")
    monkeypatch.setenv("NO_PROXY", "")
    names_lead_to(monkeypatch, "127.0.0.1")
    with pytest.raises(Forbidden):
        Wiring(settings=Settings()).web.request("GET", "http://site.example/", plain=True)
    assert site.heard == []


# What staff are told


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://site.example/", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("https://127.0.0.1/", "does not lead to the public internet"),
        ("https://[fd00:ec2::254]/", "does not lead to the public internet"),
        ("https://intranet/", "does not lead to the public internet"),
        ("https://db.internal/", "does not lead to the public internet"),
        ("https://a:b@site.example/", "must not hold a name or password"),
        ("https://site.example:22/", "names a port other than"),
        ("https://site.example:x/", "is not a sound one"),
        ("https://site example/", "is not a sound one"),
        ("https://[::1/", "is not a sound one"),
    ],
)
def test_staff_are_told_what_is_wrong_with_an_address(url: str, message: str) -> None:
    error = public(url, pointer="/address")
    assert error is not None
    assert error.pointer == "/address"
    assert message in error.message


@pytest.mark.parametrize(
    "url", ["https://site.example/a?b=c", "https://8.8.8.8/", "https://bücher.example:8443/"]
)
def test_a_public_address_will_do(url: str) -> None:
    assert public(url) is None
    assert public(url.replace("https", "http"), plain=True) is None


# What a server may do to us


@pytest.mark.usefixtures("open_guard")
class TestAnswers:
    def test_an_answer_is_status_headers_and_body(self, site: Site) -> None:
        answer = get(site.url + "/a", params={"q": "ä"}, headers={"X-Own": "yes"})
        assert (answer.status, answer.body, answer.headers["x-ONE"], answer.ok) == (200, b"found", "1", True)
        assert answer.url == site.url + "/a?q=%C3%A4"
        assert site.heard[0].startswith(b"GET /a?q=%C3%A4 HTTP/1.1\r\n")
        assert b"X-Own: yes" in site.heard[0]

    def test_json_goes_and_comes(self, site: Site) -> None:
        site.answers = [b'HTTP/1.1 201 C\r\nContent-Length: 8\r\n\r\n{"a": 1}']
        answer = Web("Crier (+x)").request("POST", site.url, json={"b": "é"}, plain=True)
        assert answer.json() == {"a": 1}
        assert b"User-Agent: Crier (+x)" in site.heard[0]
        assert b"application/json" in site.heard[0]

    def test_a_refusal_is_an_answer(self, site: Site) -> None:
        site.answers = [b"HTTP/1.1 429 Slow\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"]
        answer = get(site.url)
        assert (answer.status, answer.headers["retry-after"], answer.ok) == (429, "5", False)

    def test_no_cookie_and_no_connection_is_kept(self, site: Site) -> None:
        site.answers = [b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"]
        web = Web()
        for _ in range(2):
            web.request("GET", site.url, plain=True)
        assert len(site.heard) == 2
        assert b"cookie" not in site.heard[1].lower()

    @pytest.mark.parametrize("coding", ["gzip", "deflate"])
    def test_a_bomb_is_too_large(self, coding: str, site: Site) -> None:
        pack: Callable[[bytes], bytes] = gzip.compress if coding == "gzip" else zlib.compress
        bomb = pack(bytes(20_000_000))
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(bomb)}\r\n\r\n"
        site.answers = [head.encode() + bomb]
        with pytest.raises(TooLarge):
            get(site.url, max_bytes=100_000)

    def test_a_body_of_just_the_size_will_do(self, site: Site) -> None:
        assert get(site.url, max_bytes=5).body == b"found"
        with pytest.raises(TooLarge):
            get(site.url, max_bytes=4)

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfound",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfo",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nfound",
            b"SSH-2.0-OpenSSH\r\n\r\n",
        ],
    )
    def test_a_broken_answer_is_lost(self, answer: bytes, site: Site) -> None:
        site.answers = [answer]
        with pytest.raises(Lost):
            get(site.url)

    @pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
    def test_a_slow_drip_ends(self, head: bytes, site: Site) -> None:
        def drip() -> Iterator[bytes]:
            yield head or b"HTTP/1.1 200 OK\r\nX-Slow: "
            for _ in range(60):
                time.sleep(0.02)
                yield b"x"

        site.answers = [drip()]
        with pytest.raises(Lost):
            get(site.url, read_timeout_s=-2.8)
        assert len(site.heard) == 1

    def test_nothing_was_sent_where_nobody_listens(self, site: Site) -> None:
        with pytest.raises(Unreachable) as caught:
            get("http://site.example:1/secret")
        assert "secret" not in str(caught.value)
        assert not isinstance(caught.value, Forbidden)

    def test_nothing_was_sent_where_tls_is_refused(self, site: Site) -> None:
        with pytest.raises(Unreachable):
            Web().request("POST", f"https://site.example:{site.port}/", json={"secret": 1})
        assert b"secret" not in site.heard[0]

    def test_a_name_that_nobody_has_is_unreachable(self, monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise socket.gaierror(-2, "unknown")

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        with pytest.raises(Unreachable):
            get(site.url)


def moved(where: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.usefixtures("open_guard")
class TestRedirects:
    def test_none_is_followed_unasked(self, site: Site) -> None:
        site.answers = [moved("/b")]
        assert get(site.url).status == 302
        assert len(site.heard) == 1

    def test_they_are_followed_as_far_as_the_caller_says(self, site: Site) -> None:
        site.answers = [moved("/b"), moved("/c")]
        assert get(site.url + "/a", redirects=2).url == site.url + "/c"
        site.answers = [moved("/b"), moved("/c")]
        with pytest.raises(TooManyRedirects):
            get(site.url, redirects=1)

    def test_secrets_stay_with_their_host(self, site: Site) -> None:
        headers = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "If-None-Match": "e"}
        site.answers = [moved("/b"), moved(f"http://other.example:{site.port}/c")]
        get(site.url, redirects=3, headers=headers)
        assert [b"s3cret" in one for one in site.heard] == [True, True, False]
        assert b"If-None-Match: e" in site.heard[2]

    @pytest.mark.parametrize(
        ("status", "method"), [(301, b"GET"), (302, b"GET"), (303, b"GET"), (307, b"POST"), (308, b"POST")]
    )
    def test_a_post_goes_on_as_browsers_do(self, status: int, method: bytes, site: Site) -> None:
        site.answers = [moved("/b", status)]
        Web().request("POST", site.url, data=b"body", redirects=1, plain=True)
        assert site.heard[1].startswith(method + b" /b")
        assert (b"body" in site.heard[1]) == (method == b"POST")

    def test_none_leads_from_https_to_http(self, site: Site) -> None:
        asked = Request("GET", "https://site.example/").prepare()
        away = Answer(302, {"location": site.url}, b"", "https://site.example/")
        with pytest.raises(Forbidden):
            _onward(asked, away, plain=False)


def test_certificates_are_verified() -> None:
    context = web_transport._tls()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.get_ca_certs()
