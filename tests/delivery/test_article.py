"""A campaign's words as a page for everybody: nothing personal, nothing tracked, nothing loaded."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels.holes import HOLE
from chalicelib.delivery.article import TITLE_MAX, article
from chalicelib.delivery.content import Words


def told(body: str, **more: str) -> str:
    return article(Words(subject="Roads", body=body, **more), language="en").html.strip()


@pytest.mark.parametrize(
    ("body", "html"),
    [
        pytest.param("Dear ((first_name|neighbor)),", "<p>Dear <bdi>neighbor</bdi>,</p>", id="a default"),
        pytest.param("Dear ((first_name)),", "<p>Dear <bdi>resident</bdi>,</p>", id="our own default"),
        pytest.param(
            "[plan](https://e.org/a?b=1)",
            '<p><a href="https://e.org/a?b=1">plan</a></p>',
            id="an untracked link",
        ),
        pytest.param("# Elm Street", "<h2>Elm Street</h2>", id="one heading of the first level: the title"),
        pytest.param("###### Deep", "<h6>Deep</h6>", id="no heading beyond the sixth"),
        pytest.param(
            "![a map](https://e.org/map.png)",
            '<p><a href="https://e.org/map.png">a map</a></p>',
            id="a picture is a link",
        ),
        pytest.param(
            "[![a map](https://e.org/map.png)](https://e.org/)",
            '<p><a href="https://e.org/">a map</a></p>',
            id="a linked picture is its words",
        ),
        pytest.param("{{ 7*7 }} <b>", "<p>{{ 7*7 }} &lt;b&gt;</p>", id="braces and tags as written"),
    ],
)
def test_html(body: str, html: str) -> None:
    assert told(body) == html


def test_without_a_mail_the_text_message_is_told() -> None:
    found = article(Words(sms="*Elm* St closed https://e.org/elm"), language="en")
    assert found.title == "*Elm* St closed https://e.org/elm"
    assert found.html.strip() == '<p>*Elm* St closed <a href="https://e.org/elm">https://e.org/elm</a></p>'


def test_a_long_text_message_is_cut_for_the_title() -> None:
    found = article(Words(sms="closed " * 60), language="en").title
    assert found.endswith("closed …")
    assert len(found) <= TITLE_MAX + 2


def test_a_title_is_plain() -> None:
    words = Words(subject="((first_name|All)): {a} <b>\\", body="x")
    assert article(words, language="en").title == "All: {a} <b>\\"


@given(st.text(alphabet="{}(a|)<>&t_h ", max_size=60))
def test_no_hole_is_left_that_was_not_written(text: str) -> None:
    """Whatever braces and brackets stand there: a hole can be read only where somebody wrote its braces."""
    found = article(Words(subject=text, body=text), language="en")
    for told in (found.title, found.html):
        assert not HOLE.search(told) or HOLE.search(text)


@pytest.mark.parametrize("tag", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
def test_tags_are_text(tag: str) -> None:
    assert told(tag) == f"<p>{escape(tag, quote=False)}</p>"


@pytest.mark.parametrize("channel", ["post", "push", "voice"])
def test_what_is_said_on_another_channel_alone_is_an_article_too(channel: str) -> None:
    found = article(Words(**{channel: "Elm St is *closed*"}), language="en")
    assert (found.title, found.html.strip()) == ("Elm St is *closed*", "<p>Elm St is *closed*</p>")
