"""A feed of alerts read into entries: a CAP message alone, or Atom or RSS with CAP inside or linked to. Pure.

The national weather service links (`<link rel="alternate" href="https://api.weather.gov/alerts/….cap"/>`);
others set the message into an entry's content.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

from chalicelib.alerts.cap.elements import NAMESPACE, OLDER
from chalicelib.alerts.cap.safe_xml import parsed
from chalicelib.alerts.sources.model import Entry
from chalicelib.core.errors import CrierError
from chalicelib.core.polling import Failed

MAX_BYTES = 5_000_000
MAX_ELEMENTS = 200_000
MAX_ENTRIES = 500
"""So many are looked at, the first ones: feeds list what is in force, the newest first."""

ATOM = "{http://www.w3.org/2005/Atom}"
CAP_TYPE = "application/cap+xml"
ALERTS = {f"{{{namespace}}}alert" for namespace in (NAMESPACE, *OLDER)}


def entries(body: bytes, *, url: str) -> list[Entry]:
    """The entries of a feed that was read from an address, in its order, each once.

    Raises Failed for what is no such feed.
    """
    try:
        root = parsed(body, max_bytes=MAX_BYTES, max_elements=MAX_ELEMENTS)
    except CrierError as error:
        raise Failed(error.detail) from None
    if root.tag in ALERTS:
        return [Entry(_digest(body), xml=body)]
    found = _atom(root, url) if root.tag == f"{ATOM}feed" else _rss(root, url) if root.tag == "rss" else None
    if found is None:
        raise Failed("This is no feed of alerts: neither CAP nor Atom nor RSS.")
    unique: dict[str, Entry] = {}
    for entry in found:
        unique.setdefault(entry.key, entry)
        if len(unique) == MAX_ENTRIES:
            break
    return list(unique.values())


def _atom(feed: Any, url: str) -> Iterator[Entry]:
    for entry in feed.iterfind(f"{ATOM}entry"):
        told = "".join(entry.findtext(f"{ATOM}{name}") or "" for name in ("id", "updated"))
        if (inside := _inside(entry)) is not None:
            yield Entry(_digest(inside), xml=inside)
        elif link := _atom_link(entry):
            yield Entry(_digest(f"{told} {link}".encode()), link=urljoin(url, link))


def _atom_link(entry: Any) -> str:
    """Where the message stands: the link of CAP's type, else the alternate one, which is the default."""
    links = [one for one in entry.iterfind(f"{ATOM}link") if one.get("href")]
    typed = [one for one in links if one.get("type") == CAP_TYPE]
    plain = [one for one in links if one.get("rel", "alternate") == "alternate"]
    return next((str(one.get("href")).strip() for one in (*typed, *plain)), "")


def _rss(rss: Any, url: str) -> Iterator[Entry]:
    for item in rss.iterfind("channel/item"):
        told = "".join(item.findtext(name) or "" for name in ("guid", "pubDate"))
        enclosure = item.find(f"enclosure[@type='{CAP_TYPE}']")
        link = (enclosure.get("url") if enclosure is not None else item.findtext("link")) or ""
        if (inside := _inside(item)) is not None:
            yield Entry(_digest(inside), xml=inside)
        elif link.strip():
            yield Entry(_digest(f"{told} {link}".encode()), link=urljoin(url, link.strip()))


def _inside(entry: Any) -> bytes | None:
    """The message that stands in an entry, as bytes that keep an exclusively canonicalized signature."""
    from lxml import etree

    for alert in entry.iter(*ALERTS):
        return bytes(etree.tostring(alert, encoding="UTF-8", with_tail=False))
    return None


def _digest(text: bytes) -> str:
    return sha256(text).hexdigest()
