"""Templates filled with foreign text: it stays text, whatever it is, and an item stays one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.campaigns.sources import clean, feed, identity, page, words
from chalicelib.campaigns.sources.model import Item
from chalicelib.delivery import fields, foreign, markdown
from chalicelib.delivery.content import Words, check

ODD = st.text(alphabet=st.sampled_from("()|ab_ first_name*[]<>{}%#\\`~!-.\n&;:/é🚒العربية"), max_size=60)
TEMPLATE = {
    "en": Words(
        subject="((title)) (((title)))",
        preheader="(((summary))",
        body="((first_name))\n\n(((text))) ((summary)) [More](((link)))",
        sms="((title))) ((link))",
    )
}


def item(title: str, text: str, link: str = "https://x.example/a") -> Item:
    return Item(
        title=clean.line(title, html=False, most=150),
        link=foreign.link(link),
        summary=clean.from_plain(text, most=600),
        text=clean.from_html(text, most=10_000),
    )


@settings(deadline=None)
@given(ODD, ODD)
def test_no_item_brings_a_field_or_markup(title: str, text: str) -> None:
    made = words.filled(TEMPLATE, item(title, text), seen_at="2026-01-01T00:00:00Z", time_zone="UTC")["en"]
    used = fields.uses(made.subject, made.preheader, made.body, made.sms)
    assert [use.written for use in used] == ["((first_name))"]
    assert check(made, pointer="") == []


@settings(deadline=None)
@given(st.text(max_size=80))
def test_foreign_words_are_read_as_they_were_written(text: str) -> None:
    found = clean.from_plain(text, most=1000)
    tokens = markdown.parse(found.markdown)
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "link_open", "link_close", "softbreak"}
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}


def test_html_becomes_lines_with_links() -> None:
    link = "<a href='https://x.example/a(b)'>plan [2]</a>"
    html = f"<h2>Elm</h2><ul><li>One {link}, two</li></ul><style>p</style>"
    found = clean.from_html(html, most=100)
    assert found.plain == "Elm\n• One plan [2], two"
    assert found.markdown == "Elm\n\n• One [plan \\[2\\]](https://x.example/a%28b%29)\\, two"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "https://", "x"])
def test_only_web_addresses_are_links(url: str) -> None:
    assert foreign.link(url) == ""
    assert "](" not in clean.from_html(f"<a href='{url}'>x</a>", most=100).markdown


@given(st.text(max_size=300), st.integers(2, 50))
def test_what_is_long_is_cut(text: str, most: int) -> None:
    assert len(foreign.cut(text, most)) <= most


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>f</id>
<entry><id>tag:1</id><title type="text">A &lt; B</title><link href="/one"/>
<updated>2026-01-02T10:00:00+01:00</updated><summary>short</summary>
<content type="html">&lt;p&gt;long &lt;a href="/two"&gt;x&lt;/a&gt;&lt;/p&gt;</content></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [
{"id": 7, "url": "https://x.example/one", "title": "A < B", "content_html": "<p>long</p>", "summary": "short",
"date_published": "2026-01-02T10:00:00+01:00"}]}"""


@pytest.mark.parametrize(("body", "guid"), [(ATOM, "tag:1"), (JSON, "7")])
def test_every_kind_of_feed_is_read(body: str, guid: str) -> None:
    (found,) = feed.items(body.encode(), url="https://x.example/feed", content_type="application/xml")
    assert (found.guid, found.title, found.link) == (guid, "A < B", "https://x.example/one")
    assert found.published == "2026-01-02T09:00:00.000Z"
    assert (found.summary.plain, found.text.plain[:4]) == ("short", "long")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[", b"http://127.0.0.1/", b"/etc/hosts", b"<html><p>x", b"{" * 9999]
)
def test_what_is_no_feed_is_said_so_and_nothing_is_fetched(body: bytes) -> None:
    with pytest.raises(feed.Unreadable):
        feed.items(body, url="https://x.example/")


def test_entities_do_not_explode_and_reach_no_file() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9)
    )
    bomb += '<!ENTITY f SYSTEM "file:///etc/hosts">]>'
    rss = "<rss version='2.0'><channel><item><title>&a8;&f;x</title></item></channel></rss>"
    found = feed.items((bomb + rss).encode(), url="https://x.example/")
    assert all(len(one.title) <= 150 and "localhost" not in one.title for one in found)


@given(st.lists(st.sampled_from(["a", "b", "c", "d"])), st.lists(st.sampled_from(["a", "b", "c", "e"])))
def test_only_lines_that_were_not_there_are_added(before: list[str], after: list[str]) -> None:
    told = page.added("\n".join(before), "\n".join(after))
    assert told == [line for line in after if line not in before]


def test_items_that_share_a_link_are_told_apart() -> None:
    one, two = (Item(guid=str(n), title=f"Status {n}", link="https://x.example/status") for n in range(2))
    assert not set(identity.keys(one)) & set(identity.keys(two))
    again = Item(guid="other", title="Status 0", link="https://x.example/status")
    assert set(identity.keys(one)) & set(identity.keys(again))
    assert identity.told_apart([one, two, one, Item()]) == [one, two]
