"""The local platform's web server, and what only it has: outbox, inbox, clock, S3 for uploads."""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from infra import inbox, later, outbox
from infra.answers import HttpAnswer
from infra.aws.world import S3_PATH

if TYPE_CHECKING:
    from infra.platform.platform import Platform

Answer = Callable[[str, str, Mapping[str, str], bytes], HttpAnswer]


def local_answer(
    platform: "Platform", method: str, target: str, headers: Mapping[str, str], body: bytes
) -> HttpAnswer | None:
    """The answer of an address that only the local platform has, or None for Crier's own addresses."""
    if target.startswith(S3_PATH + "/"):
        return _s3_answer(platform, method, target, headers, body)
    first = target.split("?", 1)[0].split("/", 2)[1]
    if first in ("outbox", "outbox.json"):
        return outbox.answer(platform.outbox, method, target, shown=platform.web.shown())
    if first in ("later", "later.json"):
        return later.answer(platform, method, target, body)
    return inbox.answer(platform, method, target, body) if first == "inbox" else None


def _s3_answer(
    platform: "Platform", method: str, target: str, headers: Mapping[str, str], body: bytes
) -> HttpAnswer:
    sent = HTTPHeaders()
    for name, value in headers.items():
        if name.lower() != "host":
            sent[name] = value
    request = AWSPreparedRequest(method, f"http://127.0.0.1{target}", sent, body, stream_output=False)
    status, answered, content = platform.world.moto(request)
    raw = content.encode() if isinstance(content, str) else content
    return HttpAnswer(int(status), {name.lower(): str(value) for name, value in answered.items()}, raw)


class Server:
    """A threading server on loopback; binds at once, serves after `start`."""

    def __init__(self, port: int, answer: Answer) -> None:
        class Handler(_Handler):
            respond = staticmethod(answer)

        self._http = _Http(("127.0.0.1", port), Handler)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._http.server_address[1])

    def start(self) -> None:
        """Serves in a thread."""
        self._thread = threading.Thread(
            target=self._http.serve_forever, name="http", args=(0.1,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Ends serving and frees the port."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join(timeout=5)
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    respond: Any

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        answer: HttpAnswer = self.respond(self.command, self.path, dict(self.headers.items()), body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name not in ("content-length", "date", "server", "connection", "transfer-encoding"):
                self.send_header(name.title(), value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
        """Nothing: paths hold tokens."""
