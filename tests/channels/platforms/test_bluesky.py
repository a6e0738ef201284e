"""Bluesky: facets in bytes, sessions, record keys, and what only Bluesky does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from chalicelib.channels.base import Throttled
from chalicelib.channels.bluesky_text import facets, length, shown
from chalicelib.channels.platforms.base import Denied, Refused
from chalicelib.channels.platforms.bluesky import record_key
from infra.stand_ins import bluesky as server
from infra.stand_ins.bluesky_record import check
from infra.stand_ins.transport import answers, unreachable
from tests.channels.contract.benches.bluesky import Bench

ADA = "did:plc:ada"


def resolved(handle: str) -> str | None:
    return ADA if handle == "ada.bsky.social" else None


class Example(NamedTuple):
    name: str
    text: str
    shown: str
    features: list[tuple[str, str]]


EXAMPLES = [
    Example("plain", "Water is off.", "Water is off.", []),
    Example(
        "a link", "See https://city.example.", "See city.example.", [("city.example", "https://city.example")]
    ),
    Example(
        "a long link",
        "(https://city.example/water/elm-street?a=b#c)",
        "(city.example/water/elm-st…)",
        [("city.example/water/elm-st…", "https://city.example/water/elm-street?a=b#c")],
    ),
    Example(
        "a query",
        "https://city.example?q=1",
        "city.example?q=1",
        [("city.example?q=1", "https://city.example?q=1")],
    ),
    Example(
        "behind an emoji", "🚰🇺🇸 https://a.example", "🚰🇺🇸 a.example", [("a.example", "https://a.example")]
    ),
    Example("a mention", "Hi, @ada.bsky.social!", "Hi, @ada.bsky.social!", [("@ada.bsky.social", ADA)]),
    Example("capitals in a handle", "@Ada.Bsky.Social", "@Ada.Bsky.Social", [("@Ada.Bsky.Social", ADA)]),
    Example("a mention of nobody", "@bob.bsky.social", "@bob.bsky.social", []),
    Example("a mail address", "ada@ada.bsky.social", "ada@ada.bsky.social", []),
    Example("hashtags", "#water #水, #1.", "#water #水, #1.", [("#water", "water"), ("#水", "水")]),
    Example("a hashtag with a number", "#2nd", "#2nd", [("#2nd", "2nd")]),
    Example("right to left", "مرحبا #ماء", "مرحبا #ماء", [("#ماء", "ماء")]),
]


def named(text: str) -> list[tuple[str, str]]:
    posted = shown(text).encode()
    return [
        (
            posted[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(),
            next(value for name, value in one["features"][0].items() if name != "$type"),
        )
        for one in facets(text, resolved=resolved)
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_what_is_shown(example: Example) -> None:
    assert shown(example.text) == example.shown
    assert named(example.text) == example.features
    assert length(example.text) == sum(1 for _ in iter_graphemes(example.shown))


def test_bytes_count_where_they_are_more() -> None:
    family = "👩‍👩‍👧‍👦"
    assert length(family * 100) == 250
    assert length(family * 121) == 303


PIECES = st.sampled_from(
    [
        *(
            "a",
            " ",
            " ",
            "\n",
            "é",
            "e\u0301",
            "क्षि",
            "שָׁ",
            "مرحبا",
            "\u200f",
            "\u200d",
            "\ufe0f",
            "水",
            "。",
            "👩‍👩‍👧",
            "🇺🇸",
            "1️⃣",
        ),
        *(
            "#",
            "＃",
            "@",
            ".",
            "!",
            "(",
            ")",
            "-",
            "#water",
            "#水 ",
            "@ada.bsky.social",
            " @bob.example ",
            "https://",
        ),
        *(
            "https://city.example",
            " https://city.example/a?b=c#d ",
            "HTTP://city.example/long/way/to/水",
            "//",
            "?",
        ),
    ]
)


TEXTS = st.one_of(st.lists(PIECES, max_size=10).map("".join), st.text(max_size=40))
NAMED = {
    "https://city.example/water": ("city.example/water", "https://city.example/water"),
    "@ada.bsky.social": ("@ada.bsky.social", ADA),
    "#water": ("#water", "water"),
}


@settings(max_examples=300, deadline=None)
@given(before=TEXTS, feature=st.sampled_from(sorted(NAMED)), after=TEXTS)
def test_facets_hold_wherever_they_stand(before: str, feature: str, after: str) -> None:
    """None cuts a character, overlaps or misses, by the server's own check; none is missing."""
    text = f"{before} {feature} {after}"
    record = {
        "text": shown(text),
        "createdAt": "2026-11-22T12:00:00Z",
        "facets": facets(text, resolved=resolved),
    }
    check(record, {}, identities={ADA})
    assert NAMED[feature] in named(text)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as bench:
        yield bench


def logins(bench: Bench) -> int:
    return sum(1 for one in bench.stand_in.requests if one.path.endswith("createSession"))


def test_readers_see_links_mentions_and_hashtags(bench: Bench) -> None:
    bench.opened().publish(bench.post("🚰 https://city.example/water & @ada.bsky.social #water <b>"))
    assert bench.shown()[0].html == (
        '🚰 <a href="https://city.example/water">city.example/water</a> &amp; '
        f'<a href="https://bsky.app/profile/{bench.stand_in.ada.did}">@ada.bsky.social</a> '
        '<a href="https://bsky.app/hashtag/water">#water</a> &lt;b&gt;'
    )


def test_one_session_serves_many_posts_of_a_process(bench: Bench) -> None:
    platform = bench.opened()
    for _ in range(3):
        platform.publish(bench.post())
    assert logins(bench) == 1


@pytest.mark.parametrize(("kinds", "expected"), [(["access"], 1), (["access", "refresh"], 2)])
def test_a_session_that_ran_out_is_renewed(bench: Bench, kinds: list[str], expected: int) -> None:
    platform = bench.opened()
    platform.standing()
    for kind in kinds:
        bench.stand_in.expire(kind)
    post = bench.post()
    assert platform.publish(post).id == bench.shown()[0].id
    assert logins(bench) == expected


def test_a_server_that_fails_to_renew_ends_nothing(bench: Bench) -> None:
    platform = bench.opened()
    platform.standing()
    bench.stand_in.expire("access")
    bench.stand_in.faults.add(unreachable(), when=lambda request: request.path.endswith("refreshSession"))
    with pytest.raises(Exception, match="Unreachable"):
        platform.publish(bench.post())
    platform.publish(bench.post())
    assert len(bench.shown()) == 1


def test_a_wrong_password_is_denied(bench: Bench) -> None:
    with pytest.raises(Denied):
        bench.opened(app_password="wrong").standing()


def test_too_many_logins_wait(bench: Bench) -> None:
    for _ in range(30):
        bench.opened().standing()
    with pytest.raises(Throttled) as caught:
        bench.opened().standing()
    assert 0 < caught.value.retry_after_s <= 300


def test_the_handle_and_the_server_may_be_written_in_any_way(bench: Bench) -> None:
    platform = bench.opened(handle=" @city.bsky.social", server="pds.example/")
    assert platform.standing().name == "@city.bsky.social"
    assert {one.host for one in bench.stand_in.requests} == {"pds.example"}


def test_a_record_key_is_a_tid_of_the_second(bench: Bench) -> None:
    posts = [bench.post() for _ in range(200)]
    keys = {record_key(one) for one in posts}
    assert len(keys) == 200
    assert all(server.TID.fullmatch(one) for one in keys)
    later = replace(posts[0], made_at=posts[0].made_at.replace(second=1))
    assert record_key(later) > max(keys)


def test_the_same_post_is_found_though_a_mention_became_another(bench: Bench) -> None:
    post = bench.post("Thanks, @ada.bsky.social")
    posted = bench.opened().publish(post)
    bench.stand_in.faults.add(answers(400), when=lambda request: request.path.endswith("resolveHandle"))
    assert bench.opened().publish(post) == posted
    assert len(bench.shown()) == 1


def test_another_text_under_the_same_key_is_refused(bench: Bench) -> None:
    post = bench.post("One.")
    bench.opened().publish(post)
    with pytest.raises(Refused):
        bench.opened().publish(replace(post, text="Two."))
    assert [one.text for one in bench.shown()] == ["One."]


def test_pictures_keep_their_shape_and_a_card_gives_way(bench: Bench) -> None:
    picture = replace(bench.picture(), width=1200, height=630)
    posted = bench.opened().publish(bench.post(images=(picture,), card=bench.card()))
    embed = bench.stand_in.records[posted.id].value["embed"]
    assert embed["images"][0]["aspectRatio"] == {"width": 1200, "height": 630}
    assert bench.shown()[0].card is None


def test_a_card_has_its_picture_unless_it_is_too_large(bench: Bench) -> None:
    picture = bench.picture()
    large = replace(picture, data=picture.data + bytes(1_000_000))
    for image in (picture, large):
        bench.opened().publish(bench.post(card=replace(bench.card(), image=image)))
    cards = [one.card for one in bench.shown()]
    assert [card.image is not None for card in cards if card] == [True, False]


@pytest.mark.parametrize("data", [b"%PDF-1.7", bytes(2_000_001)], ids=["no picture", "too large"])
def test_a_blob_that_does_not_fit_is_refused(bench: Bench, data: bytes) -> None:
    image = replace(bench.picture(), data=data, mime="application/pdf" if data[0] else "image/png")
    with pytest.raises(Refused):
        bench.opened().publish(bench.post(images=(image,)))
    assert bench.shown() == []


def test_shares_are_reposts_and_quotes_and_own_answers_do_not_count(bench: Bench) -> None:
    first = bench.opened().publish(bench.post("One 1/2"))
    bench.opened().publish(bench.post("Two 2/2", after=first, first=first))
    bench.react(first)
    found = bench.opened().reactions([first], since=first_moment(bench))[first.id]
    assert (found.likes, found.shares, found.replies) == (1, 1, 1)
    assert [(one.author, one.text) for one in found.answers] == [("ada.bsky.social", "Thanks")]


def first_moment(bench: Bench) -> Any:
    return bench.clock().replace(year=2020)


def test_the_rate_of_writing_is_waited_for(bench: Bench) -> None:
    platform = bench.opened()
    bench.stand_in._points = [(bench.clock(), 4_998)]
    with pytest.raises(Throttled) as caught:
        platform.publish(bench.post())
    assert caught.value.retry_after_s == pytest.approx(3_600, abs=2)
    bench.clock.advance(3_601)
    assert platform.publish(bench.post()).id
