"""A topic's feed is Atom (RFC 4287) with the messages in it, whole."""

import json
from typing import Any
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.campaigns.archive import feed
from chalicelib.campaigns.archive.issues import Issue
from chalicelib.campaigns.archive.marks import Mark
from chalicelib.core.brands import Brand, own
from chalicelib.core.pictures.medium import Medium
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words

NS = {"a": feed.ATOM}
SETTINGS = Settings(base_url="https://news.city.example", agency_name="City")
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


def of(*issues: Issue, language: str = "en", brand: Brand | None = None) -> feed.Feed:
    return feed.Feed(
        path="/feeds/roads",
        title="Roads – City",
        page="/archive?topic=roads",
        issues=issues,
        language=language,
        since=SINCE,
        brand=brand or own(SETTINGS),
        settings=SETTINGS,
    )


def made(*issues: Issue, language: str = "en") -> Any:
    return fromstring(feed.atom(of(*issues, language=language)))


def parsed(*issues: Issue, language: str = "en") -> Any:
    found = feedparser.parse(feed.atom(of(*issues, language=language)))
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_what_a_feed_must_have() -> None:
    found = made(issue(3), issue(2))
    assert found.findtext("a:id", namespaces=NS) == "https://news.city.example/feeds/roads"
    assert found.findtext("a:title", namespaces=NS) == "Roads – City"
    assert found.findtext("a:updated", namespaces=NS) == "2026-11-03T12:00:00.000Z"
    assert found.findtext("a:author/a:name", namespaces=NS) == "City"
    links = [
        (link.get("rel"), link.get("hreflang"), link.get("href")) for link in found.findall("a:link", NS)
    ]
    own_address = "https://news.city.example/feeds/roads?language="
    assert links == [
        ("self", None, f"{own_address}en"),
        ("alternate", None, "https://news.city.example/archive?topic=roads"),
        ("alternate", None, f"{own_address}en&format=json"),
        *(("alternate", tag, own_address + tag) for tag in ("es", "zh-Hans", "vi")),
    ]
    assert made(language="es").findtext("a:id", namespaces=NS) == f"{own_address}es"


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


ID = "a" * 32
BRIDGE = Medium("image/png", 6, 4, 123, {"en": "A bridge", "es": "Un puente"})
AT = "2026-11-05T09:00:00.000Z"


def test_feedparser_reads_it_without_a_warning() -> None:
    found = parsed(issue(3, pictures={ID: BRIDGE}), issue(2), language="es")
    assert (found.version, found.feed.language, len(found.entries)) == ("atom10", "es", 2)
    entry = found.entries[0]
    (enclosed,) = entry.enclosures
    assert enclosed == {
        "type": "image/png",
        "href": f"https://news.city.example/media/{ID}",
        "length": "123",
        "title": "Un puente",
    }
    assert entry.content[0]["language"] == "es"
    assert parsed().entries == []


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=60)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_no_words_break_it(subject: str, body: str) -> None:
    words = {"en": Words(subject=subject, body=body)}
    assert len(parsed(issue(1, content=words)).entries) == 1
    document = json.loads(feed.as_json(of(issue(1, content=words))))
    assert document["items"][0]["content_html"] == issue(1, content=words).article("en").html


def test_what_was_corrected_comes_anew_and_says_so() -> None:
    (entry,) = parsed(issue(3, mark=Mark("corrected", AT))).entries
    assert (entry.title, entry.published, entry.updated) == ("Corrected: Elm & Oak", issue(3).sent_at, AT)
    assert entry.content[0]["value"].startswith("<p><strong>This message was corrected on November 5, 2026.")
    assert found_changed(issue(3, mark=Mark("corrected", AT)), issue(4)) == AT


def found_changed(*issues: Issue) -> str:
    return str(parsed(*issues).feed.updated)


def test_of_what_was_withdrawn_no_words_are_left() -> None:
    (entry,) = parsed(issue(3, content={}, mark=Mark("withdrawn", AT))).entries
    assert entry.title == "Message withdrawn"
    assert entry.content[0]["value"] == "<p>This message was withdrawn on November 5, 2026.</p>"


def test_what_was_added_stands_above_the_message() -> None:
    added = {"en": Words(subject="Still closed", body="Until Friday")}
    (entry,) = parsed(issue(3, mark=Mark("added", AT), added=added)).entries
    told = entry.content[0]["value"]
    assert told.index("Still closed") < told.index("Until Friday") < told.index("Closed &lt;b&gt;")


def test_the_same_as_json() -> None:
    document = json.loads(feed.as_json(of(issue(3, pictures={ID: BRIDGE}))))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == "https://news.city.example/feeds/roads?language=en&format=json"
    (item,) = document["items"]
    assert item["attachments"] == [
        {"url": f"https://news.city.example/media/{ID}", "mime_type": "image/png", "size_in_bytes": 123}
    ]
    assert (item["title"], item["date_modified"]) == ("Elm & Oak", issue(3).sent_at)
