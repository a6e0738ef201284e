"""Atom and the banner's news; the pages are tested where they are answered and published."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser

from chalicelib.alerts.public.documents import atom, banner_news
from chalicelib.core.settings import Settings
from tests.alerts.sample import INFO, MESSAGE, NOW, alert

SETTINGS = Settings(base_url="https://alerts.city.example")


def test_the_feed_is_one_that_readers_take() -> None:
    one = alert(message=replace(MESSAGE, infos=(replace(INFO, headline="Water <up> & rising"),)))
    feed: Any = feedparser.parse(atom([one], [], now=NOW, settings=SETTINGS))
    assert feed.bozo == 0
    assert feed.feed.updated == "2026-11-22T18:00:00.000Z"
    (entry,) = feed.entries
    assert entry.title == "Water <up> & rising"
    assert "higher ground" in entry.summary
    links = {link.type: link.href for link in entry.links}
    assert links["application/cap+xml"] == f"https://alerts.city.example/alerts/{one.id}.cap"


def test_an_empty_feed_is_a_feed() -> None:
    feed: Any = feedparser.parse(atom([], [], now=NOW, settings=SETTINGS))
    assert (feed.bozo, feed.entries) == (0, [])


def test_who_took_up_an_alert_here_learns_here_that_it_is_over() -> None:
    later = replace(MESSAGE, identifier="x2", message_type="Cancel")
    cancel, old = alert(message=later, state="sending"), alert(message=replace(later, identifier="x3"))
    past = [cancel, alert(state="cancelled")]
    feed: Any = feedparser.parse(atom([], past, now=NOW, settings=SETTINGS))
    assert [entry.id.rpartition("/")[2] for entry in feed.entries] == [cancel.id]
    feed = feedparser.parse(atom([], [old], now=NOW + timedelta(days=1), settings=SETTINGS))
    assert feed.entries == []


def test_the_banner_gets_what_it_shows_in_each_language() -> None:
    news = json.loads(banner_news([alert()], SETTINGS))
    assert set(news["languages"]) == set(SETTINGS.languages)
    (shown,) = news["languages"]["es"]["alerts"]
    assert shown["lang"] == "en-US"
    assert shown["page"].startswith("https://alerts.city.example/alerts/")
    assert news["languages"]["es"]["label"] == "Alertas"
