"""The archive's pages and feeds, as anybody gets them."""

import pytest

from chalicelib.campaigns.archive import pages
from tests.campaigns.archive.test_issues import sent
from tests.campaigns.city import Answer, City


def seen(city: City, path: str, **headers: str) -> Answer:
    got = city.platform.http(
        "GET", path, {name.replace("_", "-"): text for name, text in headers.items()}, b""
    )
    told = {name.lower(): value for name, value in dict(got.headers).items()}
    return Answer(got.status, told, got.body.decode())


def test_the_list_leads_to_the_message_and_further(city: City) -> None:
    campaign_id = sent(city)
    for path in ("/archive", "/archive?topic=roads"):
        page = seen(city, path)
        assert page.status == 200
        assert f"/archive/{campaign_id}" in page.text
        assert "Elm Street closes, neighbor" in page.text
    assert "Messages about Road closures" in page.text
    assert "/feeds/roads" in page.text
    assert campaign_id not in seen(city, "/archive?topic=bridges").text


def test_the_list_goes_on(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for _ in range(3):
        ids.append(sent(city))
        city.platform.clock.advance(60)
    monkeypatch.setattr(pages, "PER_PAGE", 2)
    first = seen(city, "/archive?topic=roads")
    assert [one in first.text for one in ids] == [False, True, True]
    older = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = seen(city, older)
    assert [one in second.text for one in ids] == [True, False, False]
    assert "topic=roads" in older


def test_a_message_is_shown_in_the_readers_language(city: City) -> None:
    campaign_id = sent(city)
    page = seen(city, f"/archive/{campaign_id}?lang=es")
    assert "<h1>Elm Street cierra</h1>" in page.text
    page = seen(city, f"/archive/{campaign_id}", accept_language="vi")
    assert '<article lang="en" dir="auto">' in page.text
    assert page.headers["cache-control"] == "public, max-age=300"
    assert page.headers["vary"] == "Accept-Language"


def test_nothing_in_it_is_personal_or_counted(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    page = seen(city, f"/archive/{sent(city)}").text + seen(city, "/feeds/roads").text
    assert "https://city.example/elm" in page
    assert not any(told in page for told in ("Ann", "/t/", "/o/", "/unsubscribe/", "/preferences/"))


def test_the_feed_is_read_again_only_where_it_changed(city: City) -> None:
    sent(city)
    found = seen(city, "/feeds/roads")
    assert found.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert "Elm Street closes, neighbor" in found.text
    tag = found.headers["etag"]
    assert seen(city, "/feeds/roads", if_none_match=tag).status == 304
    city.platform.clock.advance(60)
    sent(city)
    assert seen(city, "/feeds/roads", if_none_match=tag).status == 200


def test_what_is_not_there_is_said(city: City) -> None:
    for path in (
        "/archive/" + "0" * 32,
        "/archive/x",
        "/archive?topic=none",
        "/feeds/none",
        "/feeds/list:press",
    ):
        page = seen(city, path)
        assert page.status == 404, path
        assert "<h1>" in page.text
    assert seen(city, "/archive?cursor=x").status == 400


def test_an_empty_archive_says_so(city: City) -> None:
    assert "Nothing has been sent yet." in seen(city, "/archive").text
