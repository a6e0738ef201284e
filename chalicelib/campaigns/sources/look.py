"""One look at a source: asked for only where it changed, and read into items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from chalicelib.campaigns.sources import feed, identity, page
from chalicelib.campaigns.sources.model import Item, Kind, Source, Watch
from chalicelib.core.web import Answer, Forbidden, TooLarge, TooManyRedirects, Unreachable, Web, WebError

MOST_BYTES = 2_000_000
REDIRECTS = 5
READ_TIMEOUT_S = 10
WANTED = {
    Kind.FEED: "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5",
    Kind.PAGE: "text/html, application/xhtml+xml, */*;q=0.5",
}


@dataclass(frozen=True)
class Seen:
    """What a look saw: a feed's `items`, or a page's `title` and `text`; only `same` where unchanged."""

    same: bool = False
    items: tuple[Item, ...] = ()
    title: str = ""
    text: str = ""
    validators: Mapping[str, str] = field(default_factory=dict)


class Failed(Exception):
    """The look failed; the message says to staff how.

    `after_s`: for how many seconds the server asks us to stay away.
    """

    def __init__(self, problem: str, *, after_s: float = 0) -> None:
        super().__init__(problem)
        self.after_s = after_s


def look(source: Source, watch: Watch, *, web: Web, now: datetime) -> Seen:
    """Looks at a source, as it was when `watch` was written (RFC 9110, 13: conditional). Raises Failed."""
    headers = {"Accept": WANTED[Kind(source.kind)], **watch.validators}
    try:
        answer = web.request(
            "GET",
            source.url,
            headers=headers,
            read_timeout_s=READ_TIMEOUT_S,
            max_bytes=MOST_BYTES,
            redirects=REDIRECTS,
            plain=True,
        )
    except WebError as error:
        raise Failed(_told(error)) from error
    if answer.status == 304 and watch.validators:
        return Seen(same=True, validators=watch.validators)
    if not answer.ok:
        raise Failed(f"The server answers {answer.status}.", after_s=_retry_after(answer, now=now))
    return _read(source, answer)


def _read(source: Source, answer: Answer) -> Seen:
    given = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
    validators = {name: answer.headers[of][:500] for name, of in given.items() if answer.headers.get(of)}
    try:
        if source.kind == Kind.PAGE:
            title, text = page.read(answer.body, source.selector)
            return Seen(title=title, text=text, validators=validators)
        kind = answer.headers.get("content-type", "")
        items = feed.items(answer.body, url=answer.url, content_type=kind)
    except feed.Unreadable as error:
        raise Failed(str(error)) from error
    return Seen(items=tuple(identity.told_apart(items)), validators=validators)


def _told(error: WebError) -> str:
    match error:
        case Forbidden():
            return "The address does not lead to the public internet."
        case Unreachable():
            return "The server cannot be reached."
        case TooLarge():
            return f"The answer has more than {MOST_BYTES:,} bytes."
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
