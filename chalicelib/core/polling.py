"""Asking another's server again and again: for what changed, and ever more rarely while it is in trouble."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from chalicelib.core.web import Answer, Forbidden, TooLarge, TooManyRedirects, Unreachable, Web, WebError

REDIRECTS = 5
READ_TIMEOUT_S = 10
LONGEST_ASKED = timedelta(days=1)
"""A server that asks us to stay away longer is asked again all the same."""

VALIDATORS = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}


class Failed(Exception):
    """Asking failed; the message says to staff how.

    `after_s`: for how many seconds the server asks us to stay away.
    """

    def __init__(self, problem: str, *, after_s: float = 0) -> None:
        super().__init__(problem)
        self.after_s = after_s


@dataclass(frozen=True)
class Fetched:
    """What was answered; no `answer` where nothing changed. `validators`: the headers to ask with again."""

    answer: Answer | None = None
    validators: Mapping[str, str] = field(default_factory=dict)


def fetch(
    url: str,
    *,
    accept: str,
    validators: Mapping[str, str] = {},
    max_bytes: int,
    plain: bool,
    web: Web,
    now: datetime,
) -> Fetched:
    """Asks for an address, on condition of what was answered before (RFC 9110, 13). Raises Failed.

    `plain`: whether `http://` may be asked.
    """
    try:
        answer = web.request(
            "GET",
            url,
            headers={"Accept": accept, **validators},
            read_timeout_s=READ_TIMEOUT_S,
            max_bytes=max_bytes,
            redirects=REDIRECTS,
            plain=plain,
        )
    except WebError as error:
        raise Failed(_told(error, max_bytes)) from error
    if answer.status == 304 and validators:
        return Fetched(None, validators)
    if not answer.ok:
        raise Failed(f"The server answers {answer.status}.", after_s=_retry_after(answer, now=now))
    given = {name: answer.headers[of][:500] for name, of in VALIDATORS.items() if answer.headers.get(of)}
    return Fetched(answer, given)


def pause(usual: timedelta, *, failures: int, furthest: timedelta, after_s: float) -> timedelta:
    """How long to wait after a failure that `failures` others came before: ever longer, up to `furthest`.

    As long as the server asks, within reason.
    """
    longer: timedelta = min(usual * 2 ** min(failures, 10), max(furthest, usual))
    asked = min(timedelta(seconds=after_s), LONGEST_ASKED)
    return max(longer, asked)


def _told(error: WebError, max_bytes: int) -> str:
    match error:
        case Forbidden():
            return "The address does not lead to the public internet."
        case Unreachable():
            return "The server cannot be reached."
        case TooLarge():
            return f"The answer has more than {max_bytes:,} bytes."
        case TooManyRedirects():
            return "The address sends on and on."
    return "The server began to answer and did not finish in time."


def _retry_after(answer: Answer, *, now: datetime) -> float:
    """Seconds by `Retry-After` (RFC 9110, 10.2.3): a number, or a date."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0.0
