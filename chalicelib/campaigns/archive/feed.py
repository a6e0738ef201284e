"""Feeds of what was sent: to follow it without giving an address. As Atom (RFC 4287) and JSON Feed. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from chalicelib.campaigns.archive.issues import Issue
from chalicelib.campaigns.archive.marks import marked
from chalicelib.core.brands import Brand
from chalicelib.core.pictures.medium import Medium, path
from chalicelib.core.settings import Settings
from chalicelib.delivery.article import Article

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE, JSON_TYPE = "application/atom+xml", "application/feed+json"
JSON_VERSION = "https://jsonfeed.org/version/1.1"
WHOLE_BYTES = 1_000_000
"""How much of content a feed carries: what is beyond it can be read where its link leads."""


@dataclass(frozen=True)
class Feed:
    """A feed in one language: its path, its title, its page (a path) and the newest issues, the newest first.

    `brand` is its department's, or the deployment's own; `since` (RFC 3339) stands for the time of change
    where nothing was sent yet.
    """

    path: str
    title: str
    page: str
    issues: Sequence[Issue]
    language: str
    since: str
    brand: Brand
    settings: Settings

    @property
    def changed_at(self) -> str:
        """When anything in it was last changed."""
        return max((one.changed_at for one in self.issues), default=self.since)

    def address(self, *, language: str = "", **query: str) -> str:
        """Where it is, in its own language or in another."""
        return self.settings.url(f"{self.path}?{urlencode({'language': language or self.language, **query})}")

    @property
    def id(self) -> str:
        """What names it for ever; in the deployment's first language without the language."""
        first = self.language == self.settings.default_language
        return self.settings.url(self.path) if first else self.address()

    def articles(self) -> Iterator[tuple[Issue, Article, bool]]:
        """The issues with what they say, the title marked, and whether there is room for all of it."""
        left = WHOLE_BYTES
        for one in self.issues:
            told = one.article(self.language, address=self.settings.url)
            if above := one.notice(told.language) if one.content else "":
                told = Article(
                    told.language, told.title, f"<p><strong>{escape(above)}</strong></p>{told.html}"
                )
            left -= len(told.html.encode())
            title = marked(told.title, one.mark, told.language)
            yield one, Article(told.language, title, told.html), left >= 0

    def link(self, one: Issue) -> str:
        """Where an issue can be read, which also names it."""
        return self.settings.url(f"/archive/{one.campaign_id}")


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _tell(root, "id", feed.id)
    _tell(root, "title", feed.title)
    _tell(root, "updated", feed.changed_at)
    _tell(SubElement(root, "author"), "name", feed.brand.agency)
    _link(root, "self", feed.address(), ATOM_TYPE)
    _link(root, "alternate", feed.settings.url(feed.page), "text/html")
    _link(root, "alternate", feed.address(format="json"), JSON_TYPE)
    for tag in feed.settings.languages:
        if tag != feed.language:
            _link(root, "alternate", feed.address(language=tag), ATOM_TYPE, hreflang=tag)
    for one, told, whole in feed.articles():
        _entry(SubElement(root, "entry", {"xml:lang": told.language}), feed, one, told, whole=whole)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entry(entry: Element, feed: Feed, one: Issue, told: Article, *, whole: bool) -> None:
    _tell(entry, "id", feed.link(one))
    _tell(entry, "title", told.title)
    _tell(entry, "published", one.sent_at)
    _tell(entry, "updated", one.changed_at)
    _link(entry, "alternate", feed.link(one), "text/html")
    for address, medium in _pictures(feed, one):
        described = medium.described(told.language)
        _link(entry, "enclosure", address, medium.mime, length=str(medium.size), title=described)
    for topic in one.topics:
        SubElement(entry, "category", {"term": topic})
    if whole:
        SubElement(entry, "content", {"type": "html"}).text = told.html


def as_json(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    document = {
        "version": JSON_VERSION,
        "title": feed.title,
        "home_page_url": feed.settings.url(feed.page),
        "feed_url": feed.address(format="json"),
        "language": feed.language,
        "authors": [{"name": feed.brand.agency}],
        "items": [_item(feed, one, told, whole=whole) for one, told, whole in feed.articles()],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _item(feed: Feed, one: Issue, told: Article, *, whole: bool) -> dict[str, Any]:
    found = [
        {"url": address, "mime_type": medium.mime, "size_in_bytes": medium.size}
        for address, medium in _pictures(feed, one)
    ]
    return {
        "id": feed.link(one),
        "url": feed.link(one),
        "title": told.title,
        "language": told.language,
        "date_published": one.sent_at,
        "date_modified": one.changed_at,
        "tags": list(one.topics),
        **({"attachments": found} if found else {}),
        "content_html": told.html if whole else f'<a href="{feed.link(one)}">{escape(told.title)}</a>',
    }


def _pictures(feed: Feed, one: Issue) -> Iterator[tuple[str, Medium]]:
    for media_id, medium in one.pictures.items():
        yield feed.settings.url(path(media_id)), medium


def _tell(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _link(parent: Element, rel: str, href: str, kind: str, **more: str) -> None:
    SubElement(parent, "link", {"rel": rel, "type": kind, "href": href, **more})
