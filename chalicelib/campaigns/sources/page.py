"""Page watch: what a part of a web page says, and what was added to it. Pure."""

from hashlib import sha256
from typing import Any

from chalicelib.campaigns.sources import clean
from chalicelib.campaigns.sources.feed import SUMMARY, TEXT, TITLE, Unreadable
from chalicelib.campaigns.sources.model import Item

MOST_PARTS = 200
MOST_TEXT = 30_000


def is_selector(selector: str) -> bool:
    """Whether this is a CSS selector."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p>").css(selector)
    except (SelectolaxError, ValueError):
        return False
    return bool(selector.strip())


def read(body: bytes, selector: str) -> tuple[str, str]:
    """A page's title, and the text of the parts that a CSS selector finds: line by line, none of them empty.

    Raises Unreadable where it finds none, or nothing to read in them: that is no change, but another page.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(body)
    parts = tree.css(selector)[:MOST_PARTS]
    found = {part.mem_id for part in parts}
    texts = [
        clean.from_html(part.html or "", most=MOST_TEXT).plain
        for part in parts
        if not _is_within(part, found)
    ]
    text = "\n".join(text for text in texts if text)[:MOST_TEXT]
    if not text:
        raise Unreadable("The selector finds nothing to read on this page.")
    title = tree.css_first("title")
    return clean.line(title.text() if title else "", html=False, most=TITLE), text


def _is_within(part: Any, found: set[int]) -> bool:
    while part := part.parent:
        if part.mem_id in found:
            return True
    return False


def added(before: str, after: str) -> list[str]:
    """The lines that a text has and its former state had not, in order; one that was moved is not added."""
    held = set(before.splitlines())
    return [line for line in after.splitlines() if line not in held]


def news(before: str, after: str, *, since: str, title: str) -> Item | None:
    """What was added to a page, as an item; None where nothing was. `since`: when it began to be as before.

    A page that says again what it once said has news again. It has no link of its own: by that and its title
    it would be known again.
    """
    lines = added(before, after)
    if not lines:
        return None
    told = "\n".join(lines)
    return Item(
        guid=sha256(f"{since}\n{after}".encode()).hexdigest(),
        title=title,
        summary=clean.from_plain(told, most=SUMMARY),
        text=clean.from_plain(told, most=TEXT),
    )
