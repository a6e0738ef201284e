"""The feed of a topic, as Atom (RFC 4287): to follow it without giving an address. Pure."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from chalicelib.campaigns.archive.issues import Issue
from chalicelib.core.brands import Brand
from chalicelib.core.settings import Settings
from chalicelib.delivery.article import Article

ATOM = "http://www.w3.org/2005/Atom"
WHOLE_BYTES = 1_000_000
"""How much of content a feed carries: what is beyond it can be read where its link leads."""


def atom(
    name: str,
    topic: str,
    issues: Sequence[Issue],
    *,
    language: str,
    since: str,
    brand: Brand,
    settings: Settings,
) -> bytes:
    """The feed: the newest issues with their content, in the reader's language where they have it.

    `name` is the topic's name, `brand` its department's; `since` (RFC 3339) stands for the time of change
    where nothing was sent yet.
    """
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": language})
    own = settings.url(f"/feeds/{topic}")
    _tell(feed, "id", own)
    _tell(feed, "title", f"{name} – {brand.agency}")
    _tell(feed, "updated", max(one.sent_at for one in issues) if issues else since)
    _tell(SubElement(feed, "author"), "name", brand.agency)
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    page = settings.url(f"/archive?topic={topic}")
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    left = WHOLE_BYTES
    for one in issues:
        told = one.article(language, address=settings.url)
        left -= len(told.html.encode())
        _entry(feed, one, told, whole=left >= 0, settings=settings)
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _entry(feed: Element, one: Issue, told: Article, *, whole: bool, settings: Settings) -> None:
    entry = SubElement(feed, "entry", {"xml:lang": told.language})
    address = settings.url(f"/archive/{one.campaign_id}")
    _tell(entry, "id", address)
    _tell(entry, "title", told.title)
    _tell(entry, "published", one.sent_at)
    _tell(entry, "updated", one.sent_at)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    for topic in one.topics:
        SubElement(entry, "category", {"term": topic})
    if whole:
        SubElement(entry, "content", {"type": "html"}).text = told.html


def _tell(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
