"""The driver of the platform in this process.

No threads but the HTTP server's, and time that is skipped, not waited for.
"""

import json as json_module
import logging
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from chalicelib.core import staff_admin
from infra.platform.platform import Platform
from infra.platform.server import Server
from tests.features.driver import BROWSER, SHARED, Message, Response
from tests.features.log_watch import LogWatch
from tests.features.ses_events import event

DUTY = "duty"
"""The account that is told of calls for help; a test that wants it makes it (`answering.duty`)."""


class LocalDriver:
    """Drives one `Platform`. `platform` is open to tests that need to step queues or look at calls."""

    def __init__(self) -> None:
        self.admin_key = ""
        self.watch = LogWatch()
        logging.getLogger().addHandler(self.watch)
        self.platform = Platform(parameters={**SHARED, "DutyAccount": DUTY})
        self._server = Server(0, self.platform.http)
        self.base_url = self.platform.base_url = f"http://localhost:{self._server.port}"
        self.platform.start()
        self._server.start()

    def begin(self) -> None:
        """An empty stack with its first admin."""
        self.watch.lines.clear()
        self.platform.reset()
        _, self.admin_key = staff_admin.create_first_admin(
            name="Ada Admin", email="ada@city.example", now=self.platform.clock()
        )

    def stop(self) -> None:
        """Ends the server and the platform."""
        logging.getLogger().removeHandler(self.watch)
        self._server.stop()
        self.platform.stop()

    def request(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        json: Any = None,
        form: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Sends one request, without a socket."""
        sent = {
            "accept": "*/*",
            "user-agent": BROWSER,
            **{name.lower(): value for name, value in (headers or {}).items()},
        }
        if key is not None:
            sent["authorization"] = f"Bearer {key}"
        if json is not None:
            sent.setdefault("content-type", "application/json")
            body = json_module.dumps(json).encode()
        elif form is not None:
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
            pairs = list(form.items()) if isinstance(form, Mapping) else list(form)
            body = urlencode(pairs).encode()
        answer = self.platform.http(method, path, sent, body or b"")
        found = {name.lower(): value for name, value in dict(answer.headers).items()}
        return Response(answer.status, found, answer.body)

    def outbox(self) -> list[Message]:
        """Every message so far, oldest first."""
        return [
            Message(
                channel=one.channel,
                to=one.to,
                text=one.text,
                provider_id=one.provider_id,
                subject=one.subject,
                html=one.html,
                headers=one.headers,
                tags=one.tags,
            )
            for one in self.platform.outbox.letters()
        ]

    def settle(self, timeout: float = 180) -> None:
        """Runs the queues until they are empty, skipping what time they would wait."""
        self.platform.settle(timeout)

    def ses_event(self, kind: str, message: Message, **more: Any) -> None:
        """Reports something of a mail as SES would."""
        self.platform.ses_event(event(kind, message, at=self.platform.clock(), **more))

    def text_in(self, sender: str, agency: str, body: str, *, message_id: str = "") -> None:
        """Publishes a text as End User Messaging would."""
        self.platform.text_in(sender, agency, body, message_id=message_id)

    def mail_in(self, sender: str, to: str, *, subject: str = "", text: str = "", **more: Any) -> None:
        """Takes a mail as SES's receipt rule would."""
        self.platform.mail_in(sender, to, subject=subject, text=text, **more)

    def sweep(self) -> None:
        """Runs the sweep now, once."""
        self.platform.fire("sweep")

    def tick(self) -> None:
        """Runs the tick now, once."""
        self.platform.fire("tick")

    def pass_time(self, seconds: float) -> None:
        """Skips time."""
        self.platform.clock.advance(seconds)
