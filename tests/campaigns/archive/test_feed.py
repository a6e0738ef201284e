"""A topic's feed is Atom (RFC 4287) with the messages in it, whole."""

from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from chalicelib.campaigns.archive import feed
from chalicelib.campaigns.archive.issues import Issue
from chalicelib.core.brands import own
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words

NS = {"a": feed.ATOM}
SINCE = "2026-11-01T00:00:00.000Z"
WORDS = {
    "en": Words(subject="Elm & Oak", body="Closed <b> & ((first_name|all))"),
    "es": Words(subject="Olmo", body="Cerrado"),
}


def issue(number: int, **more: Any) -> Issue:
    values: dict[str, Any] = {
        "campaign_id": f"{number:032x}",
        "sent_at": f"2026-11-{number:02d}T12:00:00.000Z",
        "default_language": "en",
        "department": "works",
        "topics": ("roads", "parks"),
        "content": WORDS,
    }
    return Issue(**{**values, **more})


def made(*issues: Issue, language: str = "en") -> Any:
    settings = Settings(base_url="https://news.city.example", agency_name="City")
    document = feed.atom(
        "Roads", "roads", issues, language=language, since=SINCE, brand=own(settings), settings=settings
    )
    return fromstring(document)


def test_what_a_feed_must_have() -> None:
    found = made(issue(3), issue(2))
    assert found.findtext("a:id", namespaces=NS) == "https://news.city.example/feeds/roads"
    assert found.findtext("a:title", namespaces=NS) == "Roads – City"
    assert found.findtext("a:updated", namespaces=NS) == "2026-11-03T12:00:00.000Z"
    assert found.findtext("a:author/a:name", namespaces=NS) == "City"
    links = {link.get("rel"): link.get("href") for link in found.findall("a:link", NS)}
    assert links == {
        "self": "https://news.city.example/feeds/roads",
        "alternate": "https://news.city.example/archive?topic=roads",
    }


def test_entries_hold_the_whole_message() -> None:
    entry, _ = made(issue(3), issue(2)).findall("a:entry", NS)
    assert entry.findtext("a:id", namespaces=NS) == f"https://news.city.example/archive/{3:032x}"
    assert entry.findtext("a:title", namespaces=NS) == "Elm & Oak"
    assert entry.findtext("a:published", namespaces=NS) == "2026-11-03T12:00:00.000Z"
    content = entry.find("a:content", NS)
    assert content.get("type") == "html"
    assert content.text.strip() == "<p>Closed &lt;b&gt; &amp; <bdi>all</bdi></p>"
    assert [one.get("term") for one in entry.findall("a:category", NS)] == ["roads", "parks"]


def test_entries_come_in_the_readers_language_where_they_can() -> None:
    found = made(issue(3), issue(2, content={"en": WORDS["en"]}), language="es")
    told = [entry.findtext("a:title", namespaces=NS) for entry in found.findall("a:entry", NS)]
    tongues = [
        entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in found.findall("a:entry", NS)
    ]
    assert (told, tongues) == (["Olmo", "Elm & Oak"], ["es", "en"])


def test_a_feed_without_messages_is_one() -> None:
    assert made().findtext("a:updated", namespaces=NS) == SINCE


def test_a_feed_does_not_grow_without_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WHOLE_BYTES", 100)
    found = made(issue(3), issue(2), issue(1)).findall("a:entry", NS)
    assert [entry.find("a:content", NS) is not None for entry in found] == [True, True, False]
