"""Mastodon: its counting against an independent one, and what only Mastodon does."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.channels.base import Retryable, Throttled
from chalicelib.channels.platforms.base import Denied, Gone, Refused
from chalicelib.channels.platforms.mastodon import length
from infra.stand_ins import mastodon_text
from infra.stand_ins.mastodon_documents import Account
from infra.stand_ins.transport import answers
from tests.channels.contract.benches.mastodon import Bench


class Example(NamedTuple):
    name: str
    text: str
    length: int


EXAMPLES = [
    Example("empty", "", 0),
    Example("letters", "Water is off", 12),
    Example("letters with marks", "e\u0301ệñ", 3),
    Example("a family, a flag, a skin", "👩‍👩‍👧‍👦🇺🇸👍🏽", 3),
    Example("Devanagari, as Ruby counts", "क्षि", 2),
    Example("Thai", "กำ", 1),
    Example("a long link", "https://city.example/" + "long/" * 20, 23),
    Example("a short link", "http://a.co", 23),
    Example("a link in a sentence", "(see https://city.example/a).", 5 + 23 + 2),
    Example("a link with brackets", "https://city.example/a_(b)", 23),
    Example("a link with a query", "https://city.example/?a=b&c=d#e!", 23 + 1),
    Example("a link with a port", "https://city.example:8443/a", 23),
    Example("without https it is text", "city.example/a", 14),
    Example("no link without a domain", "https://localhost/a", 19),
    Example("no link behind a letter", "xhttps://city.example", 21),
    Example("a link behind an emoji", "🚰https://city.example/water", 24),
    Example("a mention", "@ada", 4),
    Example("a mention elsewhere", "@ada@social.example", 4),
    Example("a mail address is text", "ada@social.example", 18),
    Example("a mention in a path is text", "/@ada@social.example", 20),
    Example("a hashtag", "#water", 6),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_length(example: Example) -> None:
    assert length(example.text) == example.length
    assert mastodon_text.length(example.text) == example.length


PIECES = st.sampled_from(
    [
        *(
            "https://",
            "HTTP://",
            "city",
            "a",
            "example",
            "xn--p1ai",
            ".",
            "..",
            ":80",
            "/",
            "?",
            "a=b",
            "&",
            "#",
        ),
        *(
            "@",
            "＠",
            "-",
            "_",
            "(",
            ")",
            "<",
            ">",
            "「",
            "」",
            "!",
            ",",
            ";",
            "~",
            "|",
            " ",
            "\n",
            "\u3000",
            "=",
        ),
        *(
            "é",
            "e\u0301",
            "\u0301",
            "क्षि",
            "水",
            "。",
            "שָׁ",
            "مرحبا",
            "\u200f",
            "\u200d",
            "👩‍👩‍👧",
            "🇺🇸",
            "1️⃣",
            "ß",
            "İ",
        ),
        *("https://city.example/water", "@ada@social.example", "https://city.example/a_(b)?c=d"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=60)))
def test_length_agrees_with_an_independent_counting(text: str) -> None:
    assert length(text) == mastodon_text.length(text)
    assert "".join(one.text for one in mastodon_text.pieces(text)) == text


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as bench:
        yield bench


def test_a_post_is_public_unless_its_account_says_otherwise(bench: Bench) -> None:
    seen = [bench.opened(**values).publish(bench.post()) for values in ({}, {"visibility": "unlisted"})]
    assert [bench.stand_in.statuses[one.id].visibility for one in seen] == ["public", "unlisted"]


@pytest.mark.parametrize(
    "server", ["https://mastodon.example/", "mastodon.example", " https://mastodon.example"]
)
def test_the_address_of_the_server_may_be_written_in_any_way(bench: Bench, server: str) -> None:
    assert bench.opened(server=server).standing().name == "@city@mastodon.example"


def test_a_language_is_two_letters(bench: Bench) -> None:
    bench.opened().publish(bench.post(language="zh-Hans"))
    assert bench.shown()[0].language == "zh"


def test_a_picture_that_takes_its_time_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    bench.stand_in.media_waits = 3
    bench.opened().publish(bench.post(images=(bench.picture(),)))
    assert len(bench.shown()[0].images) == 1
    assert len(paused) == 3
    bench.stand_in.media_waits = 99
    with pytest.raises(Retryable):
        bench.opened().publish(bench.post(images=(bench.picture(),)))
    assert len(bench.shown()) == 1


def test_an_upload_may_be_tried_again(bench: Bench) -> None:
    bench.stand_in.faults.add(answers(500, done=True), when=lambda request: request.path == "/api/v2/media")
    with pytest.raises(Retryable):
        bench.opened().publish(bench.post(images=(bench.picture(),)))
    assert bench.shown() == []


def test_what_is_no_picture_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused):
        bench.opened().publish(bench.post(images=(replace(bench.picture(), data=b"GIF"),)))


def test_a_correction_has_its_own_pictures(bench: Bench) -> None:
    post = bench.post(images=(bench.picture("A map"),))
    posted = bench.opened().publish(post)
    bench.opened().edit(posted, replace(post, images=(bench.picture("A better map"),)))
    assert [one.alt for one in bench.shown()[0].images] == ["A better map"]
    bench.opened().edit(posted, replace(post, images=()))
    assert bench.shown()[0].images == ()


def test_a_token_without_the_right_is_denied(bench: Bench) -> None:
    bench.stand_in.city.rights = frozenset({"read"})
    assert bench.opened().standing().name
    with pytest.raises(Denied):
        bench.opened().publish(bench.post())


def test_an_answer_to_what_is_gone_is_told_so(bench: Bench) -> None:
    first = bench.opened().publish(bench.post())
    bench.opened().withdraw(first)
    with pytest.raises(Gone):
        bench.opened().publish(bench.post(after=first, first=first))


def test_the_rate_of_the_server_is_waited_for(bench: Bench) -> None:
    for _ in range(300):
        bench.opened().standing()
    with pytest.raises(Throttled) as caught:
        bench.opened().standing()
    assert caught.value.retry_after_s == pytest.approx(300)
    bench.clock.advance(300)
    assert bench.opened().standing().name


def test_thirty_posts_are_deleted_in_half_an_hour(bench: Bench) -> None:
    posted = [bench.opened().publish(bench.post(f"No. {number}")) for number in range(31)]
    for one in posted[:30]:
        bench.opened().withdraw(one)
    with pytest.raises(Throttled) as caught:
        bench.opened().withdraw(posted[30])
    assert caught.value.retry_after_s == pytest.approx(1_800)


def test_after_an_hour_the_key_is_forgotten_and_the_text_is_found(bench: Bench) -> None:
    post = bench.post()
    posted = bench.opened().publish(post)
    bench.clock.advance(3_601)
    assert bench.opened().find(post) == posted
    assert bench.opened().publish(post) != posted


def test_a_part_of_a_thread_is_found_in_its_place_only(bench: Bench) -> None:
    first = bench.opened().publish(bench.post("One 1/2"))
    second = bench.post("Two 2/2", after=first, first=first)
    bench.opened().publish(bench.post("Two 2/2"))
    assert bench.opened().find(second) is None
    posted = bench.opened().publish(second)
    assert bench.opened().find(second) == posted


def test_only_answers_of_others_count(bench: Bench) -> None:
    start = bench.clock() - timedelta(seconds=1)
    first = bench.opened().publish(bench.post("One 1/2"))
    bench.opened().publish(bench.post("Two 2/2", after=first, first=first))
    reply = bench.stand_in.answered(first.id, Account("2", "ada"), "Is <b>Elm</b> closed?\nAnd Oak & Ash?")
    bench.stand_in.answered(reply.id, Account("3", "bob"), "Yes")
    found = bench.opened().reactions([first], since=start)[first.id]
    assert (found.replies, [(one.author, one.text) for one in found.answers]) == (
        1,
        [("ada", "Is <b>Elm</b> closed?\nAnd Oak & Ash?")],
    )
