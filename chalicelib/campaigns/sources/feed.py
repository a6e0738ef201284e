"""RSS, Atom and JSON Feed, read into items, in the order in which the publisher lists them. Pure."""

import calendar
import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from chalicelib.campaigns.sources import clean
from chalicelib.campaigns.sources.model import Item, Text
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery import foreign

MOST_ITEMS = 200
"""So many are looked at; feeds hold tens."""

TITLE, SUMMARY, TEXT = 150, 600, 10_000
"""Characters that are kept of each."""


class Unreadable(Exception):
    """This is no feed, or the page has nothing where we look; the message says so to staff."""


def items(body: bytes, *, url: str, content_type: str = "") -> list[Item]:
    """The items of a feed that was read from an address, in its order. Raises Unreadable."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _json_items(body)
    import feedparser

    headers = {"content-location": url, "content-type": content_type}
    # As a stream: what is given as text may be taken for an address, and fetched.
    found = feedparser.parse(
        BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=True
    )
    if not found.get("version"):
        raise Unreadable("This is not a feed: neither RSS nor Atom nor JSON Feed.")
    return [_item(entry) for entry in found.entries[:MOST_ITEMS]]


def _item(entry: Any) -> Item:
    summary = _text(entry.get("summary_detail") or {}, most=SUMMARY)
    content = (entry.get("content") or [{}])[0]
    text = _text(content, most=TEXT) if content else _text(entry.get("summary_detail") or {}, most=TEXT)
    title = entry.get("title_detail") or {}
    stamp = entry.get("published_parsed") or entry.get("updated_parsed")
    return Item(
        guid=str(entry.get("id") or "")[:2000],
        title=clean.line(title.get("value") or "", html=title.get("type") != "text/plain", most=TITLE),
        link=foreign.link(entry.get("link") or ""),
        published=_moment(stamp),
        summary=summary if summary.plain else _text(content, most=SUMMARY),
        text=text,
    )


def _text(detail: Any, *, most: int) -> Text:
    value = detail.get("value") or ""
    if detail.get("type") == "text/plain":
        return clean.from_plain(value, most=most)
    return clean.from_html(value, most=most)


def _moment(stamp: Any) -> str:
    if not stamp:
        return ""
    try:
        return rfc3339(datetime.fromtimestamp(calendar.timegm(stamp), UTC))
    except (ValueError, OverflowError, OSError):
        return ""


def _json_items(body: bytes) -> list[Item]:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    try:
        document = json.loads(body)
        if not str(document["version"]).startswith("https://jsonfeed.org/version/"):
            raise ValueError("another kind of JSON")
        listed = document.get("items") or []
        return [_json_item(one) for one in listed[:MOST_ITEMS] if isinstance(one, dict)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreadable("This is JSON, but no JSON Feed.") from None


def _json_item(one: dict[str, Any]) -> Item:
    def given(name: str) -> str:
        value = one.get(name)
        return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""

    def text(most: int) -> Text:
        html, plain = given("content_html"), given("content_text")
        return clean.from_html(html, most=most) if html else clean.from_plain(plain, most=most)

    try:
        published = rfc3339(parse_rfc3339(given("date_published")))
    except (ValueError, OverflowError):
        published = ""
    summary = clean.from_plain(given("summary"), most=SUMMARY)
    return Item(
        guid=given("id")[:2000],
        title=clean.line(given("title"), html=False, most=TITLE),
        link=foreign.link(given("url") or given("external_url")),
        published=published,
        summary=summary if summary.plain else text(SUMMARY),
        text=text(TEXT),
    )
