"""Old links are known however they are written; new ones lead nowhere but to pages of this site."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app  # noqa: F401 - registers the pages
from chalicelib.core.endpoints import ENDPOINTS
from chalicelib.subscribers.old_links.rules import MAX_LINK, PAGE, PAGES, is_ours, key_of, keys_of

OLD = "/accounts/CITY/subscriber/new?topic_id=CITY_1"
SITE = "https://alerts.city.example"


@pytest.mark.parametrize(
    ("link", "key"),
    [
        (OLD, OLD),
        (f"https://public.govdelivery.com{OLD}", OLD),
        (f"//public.govdelivery.com{OLD}#form", OLD),
        (f"{OLD}&utm_source=mail&utm_medium=x", OLD),
        ("/a/?b=2&a=1", "/a?a=1&b=2"),
        ("/a?b=", "/a?b="),
        ("/", "/"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/caf%C3%A9", "/caf%C3%A9"),
        ("accounts/CITY", None),
        ("", None),
        ("https://public.govdelivery.com", None),
        ("http://[", None),
        ("/" + "x" * MAX_LINK, None),
    ],
)
def test_what_a_link_is_known_by(link: str, key: str | None) -> None:
    assert key_of(link) == key


@given(st.text())
def test_a_key_is_its_own_key(link: str) -> None:
    key = key_of(link)
    assert key is None or key_of(key) == key


def test_without_its_parameters_too() -> None:
    assert keys_of(OLD) == [OLD, "/accounts/CITY/subscriber/new"]
    assert keys_of("/signup") == ["/signup"]
    assert keys_of("nothing") == []


def test_every_page_for_everybody_is_named() -> None:
    pages = {one.path for one in ENDPOINTS if one.access == "page" and one.method == "GET"}
    ours = {path for path in pages if "{token}" not in path and not path.endswith((".js", ".png"))}
    assert sorted(PAGES) == sorted(ours - {PAGE})


@pytest.mark.parametrize(
    "target", ["/", "/subscribe?topic=roads", "/archive", "/archive/01a2", "/feeds/roads"]
)
def test_pages_of_ours(target: str) -> None:
    assert is_ours(target)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "subscribe",
        "https://evil.example/",
        "//evil.example/subscribe",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "/subscribe\r\nX: 1",
        "/subscribe /x",
        "javascript:alert(1)",
        "/moved?from=/a",
        "/nowhere",
        "/v1/topics",
        "/confirm/a-token",
        "/archive/",
        "/archive/../../evil",
        "/subscribe?x=\u00e9",
        "/subscribe?" + "x" * MAX_LINK,
    ],
)
def test_nothing_else(target: str) -> None:
    assert not is_ours(target)


@given(st.one_of(st.text(), st.text(alphabet="/\\.:@?#%ab\t").map("/".__add__)))
def test_a_browser_stays_here(target: str) -> None:
    if is_ours(target):
        assert urlsplit(urljoin(SITE, target)).netloc == urlsplit(SITE).netloc
