"""How a feature test drives Crier: over HTTP in, and out through the outbox, never through a table.

The same tests run on two stacks: in one process on the local platform, and on the package deployed to
MiniStack (`pytest tests/features --stack=deployed`). A test asks for the fixture `driver` and cannot tell
which it has. Tests share the stack, so each makes topics and people of its own, and looks only at messages
that concern them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from infra.answers import HttpAnswer as Response

__all__ = ["Driver", "Message", "Response"]


@dataclass(frozen=True)
class Message:
    """One message that would have left: a mail or an SMS (which has neither subject, HTML nor headers)."""

    channel: str
    to: str
    text: str
    provider_id: str
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


NEWS, ALERTS, DOMAIN = "+16175550100", "+16175550101", "in.city.example"
"""Where people write to: the newsletters' number, the alerts' number, the domain of mail."""

SHARED = {
    "AsksPerMinute": "100000",
    "HaltError": "0.000000001",
    "SmsNumbers": f"{NEWS}=newsletter,{ALERTS}=emergency",
    "VoiceNumbers": f"{NEWS}=newsletter,{ALERTS}=emergency",
    "InboundDomain": DOMAIN,
    "DaylightFrom": "0",
    "DaylightTo": "24",
    "EmbedOrigins": "https://www.city.example",
    "PushApps": "arn:aws:sns:us-east-1:123456789012:app/GCM/city",
}
"""Parameters of a stack that many tests share: they ask from one network, at any hour, and a complaint here
and a bounce there are no reason to hold the account."""


BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
"""What asks, where a test says nothing else."""

MAIL_PROGRAM = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0"


class Driver(Protocol):
    """One running stack."""

    base_url: str
    """What links in messages start with, without a slash at the end."""

    admin_key: str
    """A `live` key of the first admin."""

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
        """Send one request. `path` may be a whole link out of a message; `key` goes as a bearer token.

        At most one of `json` (sent as JSON), `form` (URL-encoded) and `body` (sent as it is; `headers` name
        its type).
        """
        ...

    def outbox(self) -> list[Message]:
        """Every message so far, oldest first."""
        ...

    def settle(self, timeout: float = 180) -> None:
        """Wait until no queue has a message waiting or in flight.

        Raises TimeoutError after `timeout` seconds.
        """
        ...

    def ses_event(self, kind: str, message: Message, **more: Any) -> None:
        """Report something of a mail as SES would, through SNS.

        `kind` is `Send`, `Delivery`, `Bounce`, `Complaint` or `RenderingFailure`; `more` is merged into the
        event's own part, such as `bounceType="Permanent"`.
        """
        ...

    def text_in(self, sender: str, agency: str, body: str, *, message_id: str = "") -> None:
        """Have somebody text one of the agency's numbers, `NEWS` or `ALERTS`; the same id is a repeat."""
        ...

    def mail_in(self, sender: str, to: str, *, subject: str = "", text: str = "", **more: Any) -> None:
        """Have somebody mail the agency. `more`: `message_id`, and what `infra.inbound.mail_event` takes."""
        ...

    def sweep(self) -> None:
        """Let the every-minute function that settles what was left run now, once, and return when it has."""
        ...

    def tick(self) -> None:
        """Let the every-minute function that starts what is due run now, once, and return when it has."""
        ...

    def pass_time(self, seconds: float) -> None:
        """Return when so many seconds have passed: skipped where they can be, else waited for."""
        ...
