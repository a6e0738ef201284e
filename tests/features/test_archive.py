"""What was sent, for everybody to read, and to follow without giving any address."""

import feedparser

from tests.features import acting
from tests.features.driver import Driver


def test_what_was_sent_can_be_read_and_followed_by_all(driver: Driver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads], name="Wilhelmina")
    campaign = acting.send(driver, [roads])
    listed = driver.request("GET", f"/archive?topic={roads}&lang=es")
    assert f"/archive/{campaign}" in listed.text
    assert "Cierra la calle Main" in listed.text
    shown = driver.request("GET", f"/archive/{campaign}?lang=es")
    feed = driver.request("GET", f"/feeds/{roads}")
    for answer in (listed, shown, feed):
        assert answer.status == 200
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert not any(told in answer.text for told in ("Wilhelmina", "/t/", "/o/", "/unsubscribe/"))
    assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert f"/archive/{campaign}</id>" in feed.text
    again = driver.request("GET", f"/feeds/{roads}", headers={"If-None-Match": feed.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_feeds_are_of_all_of_a_department_and_of_a_topic_in_any_language(driver: Driver) -> None:
    department = acting.slug("parks")
    acting.api(driver, "PUT", f"/v1/departments/{department}", {"name": "Parks"})
    trees = acting.topic(driver, department=department)
    acting.sign_up(driver, [trees])
    campaign = acting.send(driver, [trees], department=department)
    for path in ("/feeds", f"/feeds/departments/{department}", f"/feeds/{trees}"):
        feed = driver.request("GET", f"{path}?language=es")
        read = feedparser.parse(feed.body)
        assert not read.bozo, path
        assert (read.feed.language, read.entries[0].title) == ("es", "Cierra la calle Main")
        assert f"/archive/{campaign}" in read.entries[0].link
        had = {"If-Modified-Since": feed.headers["last-modified"]}
        assert driver.request("GET", f"{path}?language=es", headers=had).status == 304
        told = driver.request("GET", f"{path}?language=es&format=json")
        assert told.headers["content-type"] == "application/feed+json; charset=utf-8"
        assert told.json()["items"][0]["title"] == "Cierra la calle Main"
    assert driver.request("GET", "/feeds/departments/nowhere").status == 404


def test_what_is_not_for_everybody_is_not_there(driver: Driver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    campaign = acting.draft(driver, [roads])
    kept = acting.draft(driver, [roads])
    acting.api(driver, "PATCH", f"/v1/campaigns/{kept}", {"version": 1, "archived": False})
    acting.api(driver, "POST", f"/v1/campaigns/{kept}/launch")
    driver.settle()
    for hidden in (campaign, kept):
        assert driver.request("GET", f"/archive/{hidden}").status == 404
    assert "/archive/" not in driver.request("GET", f"/feeds/{roads}").text
