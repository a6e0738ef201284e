"""Atom and the banner's news; the pages are tested where they are answered and published."""

import json
from dataclasses import replace
from typing import Any

import feedparser

from chalicelib.alerts.public.documents import atom, banner_news
from chalicelib.core.settings import Settings
from tests.alerts.sample import INFO, MESSAGE, alert

SETTINGS = Settings(base_url="https://alerts.city.example")


def test_the_feed_is_one_that_readers_take() -> None:
    one = alert(message=replace(MESSAGE, infos=(replace(INFO, headline="Water <up> & rising"),)))
    feed: Any = feedparser.parse(atom([one], changed_at="2026-11-22T00:00:00.000Z", settings=SETTINGS))
    assert feed.bozo == 0
    assert feed.feed.updated == "2026-11-22T18:00:00.000Z"
    (entry,) = feed.entries
    assert entry.title == "Water <up> & rising"
    assert "higher ground" in entry.summary
    links = {link.type: link.href for link in entry.links}
    assert links["application/cap+xml"] == f"https://alerts.city.example/alerts/{one.id}.cap"


def test_an_empty_feed_is_a_feed() -> None:
    feed: Any = feedparser.parse(atom([], changed_at="2026-11-22T00:00:00.000Z", settings=SETTINGS))
    assert (feed.bozo, feed.entries) == (0, [])


def test_the_banner_gets_what_it_shows_in_each_language() -> None:
    news = json.loads(banner_news([alert()], SETTINGS))
    assert set(news["languages"]) == set(SETTINGS.languages)
    (shown,) = news["languages"]["es"]["alerts"]
    assert shown["lang"] == "en-US"
    assert shown["page"].startswith("https://alerts.city.example/alerts/")
    assert news["languages"]["es"]["label"] == "Alertas"
