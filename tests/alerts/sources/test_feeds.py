"""Feeds of alerts, read into entries: CAP alone, linked to, or inside."""

import pytest

from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.signature import read_signed, sign, signer_of
from chalicelib.alerts.cap.write import write
from chalicelib.alerts.sources.feeds import MAX_ENTRIES, entries
from chalicelib.core.polling import Failed
from tests.alerts.cap.samples import NOW, WEATHER, message

URL = "https://api.weather.example/alerts/active.atom"
WEATHER_SERVICE = b"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">
  <id>https://api.weather.example/alerts/active.atom</id>
  <generator>NWS CAP Server</generator>
  <updated>2026-11-22T17:55:00+00:00</updated>
  <title>Current watches, warnings and advisories</title>
  <entry>
    <id>https://api.weather.example/alerts/urn:oid:2.49.0.1.840.0.1</id>
    <updated>2026-11-22T12:40:00-05:00</updated>
    <title>Coastal Flood Warning issued November 22 at 12:40PM EST</title>
    <link rel="alternate" href="https://api.weather.example/alerts/urn:oid:2.49.0.1.840.0.1.cap"/>
    <cap:event>Coastal Flood Warning</cap:event>
    <cap:severity>Severe</cap:severity>
  </entry>
  <entry>
    <id>2</id><updated>x</updated>
    <link rel="self" href="https://api.weather.example/2"/>
    <link href="/2.html"/>
    <link type="application/cap+xml" href="/2.cap"/>
  </entry>
  <entry><id>3</id><updated>x</updated><title>Nowhere</title></entry>
</feed>"""
RSS = b"""<rss version="2.0"><channel><title>Alerts</title>
  <item><guid>1</guid><pubDate>x</pubDate><link>https://agency.example/1.cap</link></item>
  <item><guid>2</guid><enclosure type="application/cap+xml" url="2.cap" length="1"/></item>
</channel></rss>"""


def _atom(inside: bytes) -> bytes:
    return (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>'
        b'<content type="application/cap+xml">' + inside.partition(b"?>")[2] + b"</content></entry></feed>"
    )


def test_the_weather_services_feed_links_to_its_messages() -> None:
    found = entries(WEATHER_SERVICE, url=URL)
    assert [one.link for one in found] == [
        "https://api.weather.example/alerts/urn:oid:2.49.0.1.840.0.1.cap",
        "https://api.weather.example/2.cap",
    ]


def test_an_entry_that_was_updated_is_another_one() -> None:
    again = WEATHER_SERVICE.replace(b"12:40:00", b"12:50:00")
    before, after = (entries(feed, url=URL) for feed in (WEATHER_SERVICE, again))
    assert before[0].key != after[0].key
    assert before[1] == after[1]


def test_rss_links_too() -> None:
    found = entries(RSS, url="https://agency.example/feed/")
    assert [one.link for one in found] == [
        "https://agency.example/1.cap",
        "https://agency.example/feed/2.cap",
    ]


def test_a_message_may_stand_alone_or_inside() -> None:
    [alone] = entries(WEATHER, url=URL)
    [inside] = entries(_atom(WEATHER), url=URL)
    assert read(alone.xml) == read(inside.xml) == read(WEATHER)


def test_a_signature_holds_inside_a_feed() -> None:
    ours = signer_of({"seed": "x"}, host="h.example")
    [inside] = entries(_atom(sign(write(message()), ours)), url=URL)
    assert read_signed(inside.xml, [ours.certificate], now=NOW)[0] == message()


def test_each_entry_counts_once_and_not_without_end() -> None:
    same = b"<item><guid>1</guid><link>https://a.example/1</link></item>" * 3
    more = b"".join(b"<item><link>https://a.example/%d</link></item>" % n for n in range(MAX_ENTRIES + 50))
    assert len(entries(b"<rss><channel>" + same + b"</channel></rss>", url=URL)) == 1
    assert len(entries(b"<rss><channel>" + more + b"</channel></rss>", url=URL)) == MAX_ENTRIES


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Down for maintenance</body></html>",
        b'{"type": "FeatureCollection"}',
        b"<!DOCTYPE feed [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><feed>&x;</feed>",
        b"<rss>" * 100_000,
        b"x" * 5_000_001,
        "<rss/>".encode("utf-16-le"),
    ],
)
def test_what_is_no_feed_of_alerts_fails(body: bytes) -> None:
    with pytest.raises(Failed):
        entries(body, url=URL)


def test_an_empty_feed_has_no_alerts() -> None:
    assert entries(b'<feed xmlns="http://www.w3.org/2005/Atom"><title>None</title></feed>', url=URL) == []
