"""One look at a source: asked for only where it changed, and read into items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.campaigns.sources import feed, identity, page
from chalicelib.campaigns.sources.model import Item, Kind, Source, Watch
from chalicelib.core.polling import Failed, Fetched, fetch
from chalicelib.core.web import Web

MOST_BYTES = 2_000_000
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


def look(source: Source, watch: Watch, *, web: Web, now: datetime) -> Seen:
    """Looks at a source, as it was when `watch` was written. Raises Failed."""
    found = fetch(
        source.url,
        accept=WANTED[Kind(source.kind)],
        validators=watch.validators,
        max_bytes=MOST_BYTES,
        plain=True,
        web=web,
        now=now,
    )
    return _read(source, found)


def _read(source: Source, found: Fetched) -> Seen:
    answer, validators = found.answer, found.validators
    if answer is None:
        return Seen(same=True, validators=validators)
    try:
        if source.kind == Kind.PAGE:
            title, text = page.read(answer.body, source.selector)
            return Seen(title=title, text=text, validators=validators)
        kind = answer.headers.get("content-type", "")
        items = feed.items(answer.body, url=answer.url, content_type=kind)
    except feed.Unreadable as error:
        raise Failed(str(error)) from error
    return Seen(items=tuple(identity.told_apart(items)), validators=validators)
